"""Marks on maps: as they are stored, as a version kept them, and as a page draws them."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from core.db.among import among
from core.db.prepared import PreparedQuery
from tenant_apps.incidents.models import Incident, Mark
from tenant_apps.maps.selectors import MapView, maps_by_ids

Marks = Mapping[UUID, list["Marked"]]


@dataclass(frozen=True, slots=True)
class Marked:
    """A mark as it is given and as it is stored: on which map, where, and its words.

    `x` and `y` are fractions of the picture. `number` is empty until it is stored, and never changes after.
    """

    map_id: UUID
    x: float
    y: float
    text: str = ""
    number: int | None = None


@dataclass(frozen=True, slots=True)
class MarkLine:
    """A mark as a page draws it, at `x` and `y` of the drawing; `place` says where that is, or nothing."""

    number: int
    x: float
    y: float
    text: str
    place: str


@dataclass(slots=True)
class MarkedMap:
    """A map with marks as a page draws it, `width` by `height`; `url` leads to its picture."""

    id: UUID
    title: str
    url: str
    document_id: UUID | None
    position: int
    width: int
    height: int
    marks: list[MarkLine]


def marks_under(incident_ids: Collection[UUID]) -> dict[UUID, list[Marked]]:
    """The marks of these incidents and of the actions beneath them, by the id of what they belong to."""
    found: defaultdict[UUID, list[Marked]] = defaultdict(list)
    for owner, *mark in MARKS.rows(incidents=list(incident_ids)):
        found[owner].append(Marked(*mark))
    return dict(found)


def _marks(incidents: UUID) -> QuerySet[Any, Any]:
    under = Mark.objects.filter(among("incident", [incidents])).order_by("number")
    return under.values_list(Coalesce("action", "incident"), "map", "x", "y", "text", "number")


# Every page of a log asks it.
MARKS = PreparedQuery(_marks, "incidents", is_planned_once=True)


def marks_in(snapshot: Mapping[str, Any]) -> list[Marked]:
    """The marks that a version kept; one from before there were maps kept none."""
    return [
        Marked(UUID(one["map"]), one["x"], one["y"], one["text"], one["number"])
        for one in snapshot.get("marks", [])
    ]


def kept_in_snapshot(marks: Iterable[Marked]) -> list[dict[str, Any]]:
    """Marks as a version keeps them."""
    return [
        {"map": str(one.map_id), "number": one.number, "x": one.x, "y": one.y, "text": one.text}
        for one in marks
    ]


def highest_number(incident: Incident) -> int:
    """The highest number that any mark of this incident has, or had in one of its versions; 0 for none."""
    shots = incident.versions.values_list("snapshot__marks", flat=True)
    had = [one["number"] for shot in shots for one in shot or []]
    return max([*had, *incident.marks.filter(action=None).values_list("number", flat=True)], default=0)


def maps_of(*several: Iterable[Marked]) -> dict[UUID, MapView]:
    """The maps that these are marked on, in the school's order; at most one query."""
    return maps_by_ids(one.map_id for marks in several for one in marks)


def drawn(
    marks: Iterable[Marked], maps: Mapping[UUID, MapView], hidden: Callable[[str], str]
) -> list[MarkedMap]:
    """The maps with these marks on them; `hidden` puts stars for names where the session hides them."""
    on: defaultdict[UUID, list[Marked]] = defaultdict(list)
    for one in marks:
        on[one.map_id].append(one)
    return [
        marked_map(shown, [_line(one, shown, hidden) for one in on[shown.id]])
        for shown in maps.values()
        if shown.id in on
    ]


def marked_map(shown: MapView, marks: list[MarkLine]) -> MarkedMap:
    """The map with these marks on it."""
    return MarkedMap(
        id=shown.id,
        title=shown.title,
        url=shown.url,
        document_id=shown.document_id,
        position=shown.position,
        width=shown.width,
        height=shown.height,
        marks=marks,
    )


def in_words(marks: Iterable[Marked], maps: Mapping[UUID, MapView], hidden: Callable[[str], str]) -> str:
    """Marks as a sentence for each: number, map, where, and their words. `hidden` as in `drawn`."""
    lines = []
    for one in marks:
        where = ", ".join(filter(None, (maps[one.map_id].title, near(one, maps[one.map_id]))))
        lines.append(f"{one.number} ({where})" + (f": {hidden(one.text)}" if one.text else ""))
    return "; ".join(lines)


def near(one: Marked, on: MapView) -> str:
    """Where the mark is, in words, or nothing."""
    place = on.near(one.x, one.y)
    return f"near {place}" if place and on.document_id is None else place


def _line(one: Marked, on: MapView, hidden: Callable[[str], str]) -> MarkLine:
    return MarkLine(
        number=one.number or 0,
        x=round(one.x * on.width, 1),
        y=round(one.y * on.height, 1),
        text=hidden(one.text) if one.text else "",
        place=near(one, on),
    )
