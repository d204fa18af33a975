"""What was made while training mode was on, for the administrator who ends it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from core.access import Access
from shared_apps.people.selectors import names_of
from tenant_apps.categories.selectors import category_map
from tenant_apps.incidents.enums import Part, TrainingMark
from tenant_apps.incidents.models import Action, Incident, IncidentCategory, IncidentStudent
from tenant_apps.incidents.permissions import listed_for, sees_deleted, unblocked
from tenant_apps.incidents.selectors.category_names import CategoryLine, CategoryNames
from tenant_apps.students.selectors import StudentName, students_by_ids


@dataclass(frozen=True)
class TrainingEntry:
    """An incident or action made in training mode, as its administrator may know it.

    Student, categories and `url` are there only for somebody who may see the incident listed; everybody else
    learns that there is an entry, who wrote it and when. `holds_real`: what is real stands beneath it,
    deleted or not.
    """

    id: UUID
    incident_id: UUID
    kind: str
    number: int | None
    is_practice: bool
    recorded_at: datetime
    author: str
    is_deleted: bool
    holds_real: bool = False
    student: StudentName | None = None
    categories: tuple[CategoryLine, ...] = ()
    url: str = ""


@dataclass(frozen=True)
class HiddenPractice:
    """What goes without being listed, and the incidents that stay for what is real beneath them."""

    goes: frozenset[UUID]
    stays: frozenset[UUID]


def training_entries(access: Access, *, since: datetime) -> list[TrainingEntry]:
    """Practice that stands, and what was marked as Real from `since` on, in the order of writing.

    What a block keeps from the person is not in it; what was deleted is there for editors only. An incident
    that was merged stands there as the action it is now, and an action taken out as its incident. A fixed
    number of queries.
    """
    made = Q(training=TrainingMark.PRACTICE) | Q(training=TrainingMark.REAL, recorded_at__gte=since)
    shown = Q() if sees_deleted(access) else Q(deleted_at__isnull=True)
    open_to = Incident.objects.filter(unblocked(access), shown, merged_into__isnull=True)
    incidents = list(open_to.filter(made))
    below = Action.objects.filter(made, shown, incident__in=open_to.values("pk"), split_into__isnull=True)
    actions = list(below.select_related("incident"))
    about = {incident.pk: incident for incident in [*incidents, *(action.incident for action in actions)]}
    known = _Known(access, about)
    lines = [known.line(incident, incident, "Incident") for incident in incidents]
    lines += [known.line(action, action.incident, "Action") for action in actions]
    return sorted(lines, key=lambda line: (line.recorded_at, line.id))


def hidden_practice(access: Access) -> HiddenPractice:
    """Practice that was deleted, so that this person does not see it; not what a block keeps from them."""
    if sees_deleted(access):
        return HiddenPractice(frozenset(), frozenset())
    open_to = Incident.objects.filter(unblocked(access), merged_into__isnull=True)
    gone = Q(training=TrainingMark.PRACTICE, deleted_at__isnull=False)
    incidents = frozenset(open_to.filter(gone).values_list("pk", flat=True))
    stays = frozenset(incidents_holding_real(incidents))
    hidden = Q(deleted_at__isnull=False) | Q(incident__deleted_at__isnull=False)
    below = Action.objects.filter(hidden, training=TrainingMark.PRACTICE, split_into__isnull=True)
    actions = frozenset(below.filter(incident__in=open_to.values("pk")).values_list("pk", flat=True))
    return HiddenPractice(goes=incidents - stays | actions, stays=stays)


def incidents_holding_real(incident_ids: Iterable[UUID]) -> set[UUID]:
    """Of these incidents those with an action beneath them that is not practice, deleted or not."""
    below = Action.objects.filter(incident__in=list(incident_ids), split_into__isnull=True)
    return set(below.exclude(training=TrainingMark.PRACTICE).values_list("incident", flat=True))


class _Known:
    """What the person may know of these incidents."""

    def __init__(self, access: Access, incidents: Iterable[UUID]) -> None:
        ids = list(incidents)
        self.listed = set(
            Incident.objects.filter(listed_for(access), pk__in=ids).values_list("pk", flat=True)
        )
        self.main = dict(
            IncidentStudent.objects.filter(incident__in=self.listed, part=Part.MAIN).values_list(
                "incident", "student"
            )
        )
        self.students = students_by_ids(set(self.main.values()))
        self.holding_real = incidents_holding_real(ids)
        self.carried: dict[UUID, list[UUID]] = defaultdict(list)
        for incident, category in IncidentCategory.objects.filter(incident__in=self.listed).values_list(
            "incident", "category"
        ):
            self.carried[incident].append(category)
        self.names = CategoryNames(access, category_map(), opened_by_alert=False)
        authors = Incident.objects.filter(pk__in=ids).values_list("author", flat=True)
        below = Action.objects.filter(incident__in=ids).values_list("author", flat=True)
        self.people = names_of({*authors, *below} - {None})

    def line(self, written: Incident | Action, incident: Incident, kind: str) -> TrainingEntry:
        is_listed = incident.pk in self.listed
        student = self.main.get(incident.pk)
        return TrainingEntry(
            id=written.pk,
            incident_id=incident.pk,
            kind=kind,
            number=incident.number,
            is_practice=written.training == TrainingMark.PRACTICE,
            recorded_at=written.recorded_at,
            author=self.people[written.author_id].formal if written.author_id else written.source,
            is_deleted=written.deleted_at is not None or incident.deleted_at is not None,
            holds_real=written.pk in self.holding_real,
            student=self.students.get(student) if student else None,
            categories=tuple(self.names.lines(self.carried[incident.pk])) if is_listed else (),
            url=reverse("incidents:entry", args=[incident.pk]) if is_listed else "",
        )
