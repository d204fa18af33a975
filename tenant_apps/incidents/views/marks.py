"""The "Maps" of a form: the pictures with what is marked on them so far, and the list of the marks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from tenant_apps.incidents.forms.marks import value_of
from tenant_apps.incidents.selectors.marks import Marked, MarkedMap, drawn, marked_map, near
from tenant_apps.maps.selectors import MapView, enabled_maps, maps_by_ids


@dataclass(frozen=True)
class FormMark:
    """A mark in the list: `value` says where, `kept` is the number that it was stored with, or empty."""

    value: str
    number: int
    kept: int | None
    text: str
    title: str
    where: str


@dataclass(frozen=True)
class FormPlace:
    """A place to choose from the list."""

    value: str
    name: str


@dataclass(frozen=True)
class Marking:
    """What "Maps" shows. `highest` is the highest number that any mark of the incident had so far."""

    maps: list[MarkedMap]
    marks: list[FormMark]
    places: list[tuple[str, list[FormPlace]]]
    highest: int


def marking(marks: Sequence[Marked], *, stored: Collection[int] = (), highest: int = 0) -> Marking:
    """The maps that are offered, and those that are marked already; new marks count on from `highest`."""
    maps = {shown.id: shown for shown in enabled_maps()}
    maps |= maps_by_ids({one.map_id for one in marks} - set(maps))
    numbered, number = [], highest
    for one in marks:
        if one.map_id not in maps:
            continue
        if one.number in stored:
            numbered.append((one, one.number))
            continue
        number += 1
        numbered.append((replace(one, number=number), None))
    on = {shown.id: shown for shown in drawn([one for one, _ in numbered], maps, str)}
    return Marking(
        maps=[on.get(pk) or marked_map(shown, []) for pk, shown in maps.items()],
        marks=[_line(one, kept, maps[one.map_id]) for one, kept in numbered],
        places=[(shown.title, _places(shown)) for shown in maps.values() if shown.is_enabled],
        highest=highest,
    )


def _line(one: Marked, kept: int | None, on: MapView) -> FormMark:
    return FormMark(
        value=value_of(replace(one, number=kept)),
        number=one.number or 0,
        kept=kept,
        text=one.text,
        title=on.title,
        where=near(one, on),
    )


def _places(on: MapView) -> list[FormPlace]:
    return [FormPlace(value_of(Marked(on.id, place.x, place.y)), place.name) for place in on.places]
