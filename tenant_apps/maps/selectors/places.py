"""Places on a map by name: for whoever sets a mark from a list, and to say where a mark is."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

OUTLINE = "Body Map"
# Of static/img/body_map.svg: the middle lines of its two figures, in units of its width and height.
OUTLINE_SIZE = (400, 335)
FRONT, BACK = 100, 300
# Further from every named place than this, in those units, a mark is not said to be near one.
NEAR = 20

# From the middle line to the child's left, and down. What has two sides is mirrored.
MIDDLE_FRONT = {
    "forehead": 16,
    "nose": 31,
    "mouth": 40,
    "chin": 47,
    "neck": 56,
    "chest": 88,
    "stomach": 125,
    "lower stomach": 155,
    "groin": 180,
}
SIDES_FRONT = {
    "side of forehead": (9, 17),
    "eye": (6, 26),
    "ear": (16, 29),
    "cheek": (10, 36),
    "shoulder": (31, 74),
    "side of chest": (16, 96),
    "upper arm": (36, 100),
    "elbow": (41, 124),
    "forearm": (45, 145),
    "wrist": (50, 165),
    "hand": (53, 180),
    "side of stomach": (17, 138),
    "hip": (24, 160),
    "thigh": (16, 206),
    "knee": (15, 238),
    "shin": (15, 266),
    "ankle": (14, 292),
    "foot": (17, 304),
}
MIDDLE_BACK = {
    "back of head": 24,
    "back of neck": 54,
    "upper back": 80,
    "middle of back": 115,
    "lower back": 148,
}
SIDES_BACK = {
    "ear": (16, 29),
    "back of shoulder": (31, 74),
    "shoulder blade": (15, 86),
    "side of back": (19, 125),
    "back of upper arm": (36, 100),
    "back of elbow": (41, 124),
    "back of forearm": (45, 145),
    "back of wrist": (50, 165),
    "back of hand": (53, 180),
    "buttock": (14, 172),
    "back of thigh": (16, 206),
    "back of knee": (15, 238),
    "calf": (15, 264),
    "back of ankle": (14, 292),
    "heel": (17, 304),
}
ROWS, COLUMNS = ("top", "", "bottom"), ("left", "", "right")


@dataclass(frozen=True, slots=True)
class Place:
    """A named place; `x` and `y` are fractions of the picture from its left and its top."""

    name: str
    x: float
    y: float


@cache
def body_places() -> tuple[Place, ...]:
    """The places of the outline, from head to foot, the front first."""
    # Whoever faces us has the left at our right.
    return (
        *_figure("front", FRONT, 1, MIDDLE_FRONT, SIDES_FRONT),
        *_figure("back", BACK, -1, MIDDLE_BACK, SIDES_BACK),
    )


@cache
def ninths() -> tuple[Place, ...]:
    """The places of every other picture: its nine parts."""
    return tuple(
        Place(
            " ".join(filter(None, (row, column))) or "middle",
            round((2 * across + 1) / 6, 4),
            round((2 * down + 1) / 6, 4),
        )
        for down, row in enumerate(ROWS)
        for across, column in enumerate(COLUMNS)
    )


def near_on_body(x: float, y: float) -> str:
    """The named place of the outline nearest to this one, or nothing where none is near."""
    place, distance = _nearest(body_places(), x, y, OUTLINE_SIZE)
    return place.name if distance <= NEAR else ""


def part_of(x: float, y: float) -> str:
    """Which ninth of a picture this is."""
    return _nearest(ninths(), x, y, (1, 1))[0].name


def _nearest(places: Iterable[Place], x: float, y: float, size: tuple[int, int]) -> tuple[Place, float]:
    width, height = size

    def distance(place: Place) -> float:
        return float(((place.x - x) * width) ** 2 + ((place.y - y) * height) ** 2) ** 0.5

    found = min(places, key=distance)
    return found, distance(found)


def _figure(
    side: str, middle: int, left: int, single: dict[str, int], double: dict[str, tuple[int, int]]
) -> list[Place]:
    width, height = OUTLINE_SIZE
    points = [(name, 0, down) for name, down in single.items()]
    for name, (across, down) in double.items():
        points += [(f"left {name}", left * across, down), (f"right {name}", -left * across, down)]
    points.sort(key=lambda point: point[2])
    return [
        Place(f"{name}, {side}", round((middle + across) / width, 4), round(down / height, 4))
        for name, across, down in points
    ]
