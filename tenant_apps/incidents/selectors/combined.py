""" "Combined maps": all marks of one student's incidents, map by map."""

from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.http import Http404

from core.access import Access
from tenant_apps.incidents.models import Incident, Mark
from tenant_apps.incidents.permissions import listed_for
from tenant_apps.incidents.selectors.entries import entries_of
from tenant_apps.incidents.selectors.entry_values import Entry
from tenant_apps.incidents.selectors.marks import MarkedMap, MarkLine


@dataclass(frozen=True, slots=True)
class MarkedEntry:
    """An incident and its marks on one map, with those of the actions beneath it."""

    entry: Entry
    marks: list[MarkLine]


@dataclass(frozen=True, slots=True)
class CombinedMap:
    """One map, and the incidents that are marked on it, the newest first."""

    map: MarkedMap
    entries: list[MarkedEntry]

    @property
    def count(self) -> int:
        """How many marks there are."""
        return sum(len(one.marks) for one in self.entries)


def combined_maps(access: Access, student_id: UUID) -> list[CombinedMap]:
    """The maps with marks of this student's incidents, as far as this person sees them in the student's log.

    The caller has found the student visible. One query where nothing is marked.
    """
    incidents = Incident.objects.filter(
        listed_for(access),
        Exists(Mark.objects.filter(incident=OuterRef("pk"))),
        participants__student=student_id,
        number__isnull=False,
    )
    rows = list(incidents.order_by("-happened_at", "-number"))
    maps: dict[UUID, MarkedMap] = {}
    on: defaultdict[UUID, list[MarkedEntry]] = defaultdict(list)
    for entry in entries_of(access, rows, for_student=student_id):
        marks: defaultdict[UUID, list[MarkLine]] = defaultdict(list)
        for shown in entry.every_map:
            maps[shown.id] = shown
            marks[shown.id] += shown.marks
        for map_id, lines in marks.items():
            on[map_id].append(MarkedEntry(entry, lines))
    ordered = sorted(maps.values(), key=lambda one: (one.position, one.id))
    return [CombinedMap(one, on[one.id]) for one in ordered]


def combined_map(access: Access, student_id: UUID, map_id: UUID) -> CombinedMap:
    """One of them; Http404 for a map on which this person sees no mark."""
    for one in combined_maps(access, student_id):
        if one.map.id == map_id:
            return one
    raise Http404("no such map")
