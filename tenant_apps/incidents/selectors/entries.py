"""Turns incidents into what a page shows of them: a fixed number of queries however many incidents."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.access import Access

from shared_apps.people.selectors import PersonName, names_of
from tenant_apps.agencies.selectors import agency_names
from tenant_apps.alerts.selectors import AlertStatus, recipients_of, unread_roots
from tenant_apps.categories.selectors import CategoryView, category_map
from tenant_apps.documents.selectors import documents_of
from tenant_apps.incidents.enums import CategoryState, LinkRole, Part, Status
from tenant_apps.incidents.models import (
    Action,
    ActionAgency,
    ActionCategory,
    ActionStudent,
    Incident,
    IncidentAgency,
    IncidentCategory,
    IncidentStudent,
)
from tenant_apps.incidents.permissions import named_categories
from tenant_apps.students.selectors import StudentName, students_by_ids

# Below this, "recorded" says nothing that "happened" has not said.
RECORDED_LATER = timedelta(hours=1)


@dataclass(frozen=True)
class StudentPart:
    """A student's part in an incident as a page names it."""

    student: StudentName
    is_main: bool
    role: str
    shows_full: bool


@dataclass(frozen=True)
class CategoryLine:
    """A category on an entry; `is_parent` ones show only with "Toggle parent categories"."""

    id: UUID
    name: str
    colour: str
    is_parent: bool


@dataclass
class ActionLine:
    """An action as a page shows it."""

    id: UUID
    text: str
    author: str
    happened_at: datetime
    recorded_at: datetime
    is_recorded_later: bool
    edited_at: datetime | None
    agencies: list[str]
    documents: list[Any]
    added_categories: list[CategoryLine]
    waiting_categories: list[tuple[UUID, CategoryLine]]
    copied_to: list[StudentName]
    alerted: list[AlertStatus]


@dataclass
class Entry:
    """An incident as a page shows it to one person: only what that person may see."""

    id: UUID
    number: int | None
    text: str
    author: str
    happened_at: datetime
    recorded_at: datetime
    is_recorded_later: bool
    edited_at: datetime | None
    status: str
    status_label: str
    is_active: bool
    assignee_id: UUID | None
    assignee: str
    main: StudentPart | None
    linked: list[StudentPart]
    categories: list[CategoryLine]
    agencies: list[str]
    documents: list[Any]
    alerted: list[AlertStatus]
    actions: list[ActionLine] = field(default_factory=list)
    has_unread_alert: bool = False
    is_reference: bool = False

    @property
    def colour(self) -> str:
        """The palette class of the first category named, for the square beside the date."""
        return self.categories[0].colour if self.categories else "k12"


def entries_of(
    access: Access,
    incidents: Sequence[Incident],
    *,
    for_student: UUID | None = None,
    opened_by_alert: bool = False,
) -> list[Entry]:
    """Entries for incidents that the caller has already found readable for this person.

    `for_student` is the student whose chronology is shown: one who is linked by reference only gets the number
    and no text. `opened_by_alert` names the categories that the person's mail named.
    """
    if not incidents:
        return []
    ids = [incident.pk for incident in incidents]
    parts = _grouped(IncidentStudent.objects.filter(incident__in=ids).order_by("id"), "incident_id")
    carried = _grouped(IncidentCategory.objects.filter(incident__in=ids), "incident_id")
    actions = list(
        Action.objects.filter(incident__in=ids, deleted_at=None).order_by("happened_at", "recorded_at", "id")
    )
    action_ids = [action.pk for action in actions]
    copies = _grouped(ActionStudent.objects.filter(action__in=action_ids).order_by("id"), "action_id")
    added = _grouped(ActionCategory.objects.filter(action__in=action_ids).order_by("id"), "action_id")
    agencies = _agency_names(ids, action_ids)
    documents = documents_of("incident", ids) | documents_of("action", action_ids)
    alerted = recipients_of([*ids, *action_ids])
    unread = unread_roots(access, ids)
    people = names_of(
        {person for entry in [*incidents, *actions] for person in (entry.author_id, _assignee(entry)) if person}
    )
    students = students_by_ids(
        {part.student_id for group in [*parts.values(), *copies.values()] for part in group}
    )
    shown = _Shown(access, category_map(), opened_by_alert)
    lines: dict[UUID, list[ActionLine]] = defaultdict(list)
    for action in actions:
        lines[action.incident_id].append(
            ActionLine(
                id=action.pk,
                text=action.text,
                author=_author(action, people),
                happened_at=action.happened_at,
                recorded_at=action.recorded_at,
                is_recorded_later=_is_later(action),
                edited_at=action.edited_at,
                agencies=agencies.get(action.pk, []),
                documents=documents.get(action.pk, []),
                added_categories=shown.lines(
                    row.category_id for row in added.get(action.pk, []) if row.state == CategoryState.IN_FORCE
                ),
                waiting_categories=[
                    (row.pk, line)
                    for row in added.get(action.pk, [])
                    if row.state == CategoryState.WAITING and access.is_elevated
                    for line in shown.lines([row.category_id])
                ],
                copied_to=[students[copy.student_id] for copy in copies.get(action.pk, [])],
                alerted=_visible_statuses(access, action.author_id, alerted.get(action.pk, [])),
            )
        )
    entries = []
    for incident in incidents:
        people_in = [_part(part, students) for part in parts.get(incident.pk, [])]
        entry = Entry(
            id=incident.pk,
            number=incident.number,
            text=incident.text,
            author=_author(incident, people),
            happened_at=incident.happened_at,
            recorded_at=incident.recorded_at,
            is_recorded_later=_is_later(incident),
            edited_at=incident.edited_at,
            status=incident.status,
            status_label=Status(incident.status).label,
            is_active=incident.status == Status.ACTIVE,
            assignee_id=incident.assignee_id,
            assignee=people[incident.assignee_id].formal if incident.assignee_id else "",
            main=next((part for part in people_in if part.is_main), None),
            linked=[part for part in people_in if not part.is_main],
            categories=shown.lines(
                (row.category_id for row in carried.get(incident.pk, [])),
                parents={row.category_id for row in carried.get(incident.pk, []) if not row.is_leaf},
            ),
            agencies=agencies.get(incident.pk, []),
            documents=documents.get(incident.pk, []),
            alerted=_visible_statuses(access, incident.author_id, alerted.get(incident.pk, [])),
            actions=lines.get(incident.pk, []),
            has_unread_alert=incident.pk in unread,
        )
        entries.append(_as_reference(entry) if _is_reference(entry, for_student) else entry)
    return entries


def _is_reference(entry: Entry, for_student: UUID | None) -> bool:
    return any(part.student.id == for_student and not part.shows_full for part in entry.linked)


def _as_reference(entry: Entry) -> Entry:
    """The linked student's log says only that there is such an incident; what it says stands elsewhere."""
    entry.is_reference = True
    entry.text, entry.author, entry.assignee = "", "", ""
    entry.main, entry.linked = None, []
    entry.agencies, entry.documents, entry.alerted, entry.actions = [], [], [], []
    return entry


class _Shown:
    """Names those categories that the person may see, sub-categories first."""

    def __init__(self, access: Access, categories: Mapping[UUID, CategoryView], opened_by_alert: bool) -> None:
        self._access = access
        self._categories = categories
        self._opened_by_alert = opened_by_alert

    def lines(self, carried: Iterable[UUID], parents: Iterable[UUID] = ()) -> list[CategoryLine]:
        named = named_categories(self._access, carried, opened_by_alert=self._opened_by_alert)
        above = frozenset(parents)
        rows = [
            CategoryLine(pk, self._categories[pk].name, self._categories[pk].colour, pk in above) for pk in named
        ]
        if rows and all(row.is_parent for row in rows):
            # The sub-category is not open to this person, so what stands above it is the most they may know.
            rows = [CategoryLine(row.id, row.name, row.colour, False) for row in rows]
        return sorted(rows, key=lambda row: (row.is_parent, row.name.casefold()))


def _agency_names(incident_ids: list[UUID], action_ids: list[UUID]) -> dict[UUID, list[str]]:
    rows = [
        *IncidentAgency.objects.filter(incident__in=incident_ids).values_list("incident", "agency"),
        *ActionAgency.objects.filter(action__in=action_ids).values_list("action", "agency"),
    ]
    names = agency_names({agency for _, agency in rows})
    grouped: dict[UUID, list[str]] = defaultdict(list)
    for owner, agency in rows:
        grouped[owner].append(names[agency])
    return {owner: sorted(found, key=str.casefold) for owner, found in grouped.items()}


def _visible_statuses(
    access: Access, author_id: UUID | None, statuses: list[AlertStatus]
) -> list[AlertStatus]:
    """Who was told is for key users, and for the author of the entry."""
    return statuses if access.is_elevated or author_id == access.user_id else []


def _grouped(rows: Iterable[Any], key: str) -> dict[UUID, list[Any]]:
    grouped: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[getattr(row, key)].append(row)
    return grouped


def _part(part: IncidentStudent, students: Mapping[UUID, StudentName]) -> StudentPart:
    role = LinkRole(part.link_role).label if part.link_role else ""
    return StudentPart(students[part.student_id], part.part == Part.MAIN, role, part.shows_full)


def _assignee(entry: Incident | Action) -> UUID | None:
    return getattr(entry, "assignee_id", None)


def _author(entry: Incident | Action, people: Mapping[UUID, PersonName]) -> str:
    return people[entry.author_id].formal if entry.author_id else entry.source


def _is_later(entry: Incident | Action) -> bool:
    return abs(entry.recorded_at - entry.happened_at) > RECORDED_LATER
