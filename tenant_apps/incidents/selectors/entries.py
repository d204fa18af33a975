"""Turns incidents into what a page shows of them: a fixed number of queries however many incidents."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from core.access import Access
from shared_apps.people.selectors import names_of
from tenant_apps.agencies.selectors import agency_names
from tenant_apps.alerts.selectors import AlertStatus, recipients_of
from tenant_apps.categories.selectors import category_map
from tenant_apps.documents.selectors import documents_of
from tenant_apps.incidents.enums import CategoryState, LinkRole, Part, Status, TrainingMark
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
from tenant_apps.incidents.permissions import sees_deleted
from tenant_apps.incidents.selectors.answers import AnswerLine, answers_of, read_as
from tenant_apps.incidents.selectors.category_names import CategoryNames
from tenant_apps.incidents.selectors.entries_in_log import in_log_of, mark_open_logs
from tenant_apps.incidents.selectors.entry_values import (
    ActionLine,
    Entry,
    FileLine,
    StudentPart,
    WaitingCategory,
)
from tenant_apps.incidents.selectors.marks import MarkedMap, drawn, maps_of, marks_under
from tenant_apps.incidents.selectors.unlisted import whom
from tenant_apps.staff.permissions import can_use_files
from tenant_apps.students.selectors import StudentName, hide_names, students_by_ids

# Below this, "recorded" says nothing that "happened" has not said.
RECORDED_LATER = timedelta(hours=1)


def entries_of(
    access: Access,
    incidents: Sequence[Incident],
    *,
    for_student: UUID | None = None,
    opened_by_alert: bool = False,
    with_deleted: bool = False,
) -> list[Entry]:
    """Entries for incidents that the caller has already found readable for this person.

    `for_student` is the student whose chronology is shown. One who is linked has only the actions that were
    copied and the files that were shared; one who is linked by reference gets the number and no text.
    `opened_by_alert` names the categories that the person's mail named. `with_deleted` puts a marker, without
    a word of the record, where an editor may see that something was deleted.
    """
    if not incidents:
        return []
    rows = _Rows(access, incidents, opened_by_alert, with_deleted and sees_deleted(access))
    entries = [rows.entry(incident) for incident in incidents]
    if for_student is None:
        return entries
    entries = [
        in_log_of(for_student, entry, parts=rows.parts[entry.id], copies=rows.copies) for entry in entries
    ]
    mark_open_logs(access, entries)
    return entries


class _Rows:
    """Everything that belongs to some incidents, read in a fixed number of queries."""

    def __init__(
        self, access: Access, incidents: Sequence[Incident], opened_by_alert: bool, with_deleted: bool
    ) -> None:
        ids = [incident.pk for incident in incidents]
        kept = Action.objects.filter(incident__in=ids, split_into__isnull=True)
        if not with_deleted:
            kept = kept.filter(deleted_at=None)
        actions = list(kept.order_by("happened_at", "recorded_at", "id"))
        action_ids = [action.pk for action in actions]
        self.access = access
        self.typed = {incident.pk: incident.unlisted_name for incident in incidents}
        self.actions = _grouped(actions, "incident_id")
        self.parts = _grouped(IncidentStudent.objects.filter(incident__in=ids).order_by("id"), "incident_id")
        self.carried = _grouped(IncidentCategory.objects.filter(incident__in=ids), "incident_id")
        of_actions = {"action__in": [action.pk for action in actions]}
        self.copies = _grouped(ActionStudent.objects.filter(**of_actions).order_by("id"), "action_id")
        self.added = _grouped(ActionCategory.objects.filter(**of_actions).order_by("id"), "action_id")
        self.answers = answers_of(ids, action_ids)
        self.agencies = _agency_names(ids, action_ids)
        self.documents = documents_of("incident", ids) | documents_of("action", action_ids)
        self.marks = marks_under(ids)
        self.maps = maps_of(*self.marks.values())
        self.told = recipients_of([*ids, *action_ids])
        self.people = names_of(
            {incident.author_id for incident in incidents}
            | {incident.assignee_id for incident in incidents}
            | {action.author_id for action in actions}
            | {written.deleted_by_id for written in [*incidents, *actions]}
        )
        self.students = students_by_ids(
            {part.student_id for group in [*self.parts.values(), *self.copies.values()] for part in group}
        )
        self.categories = CategoryNames(access, category_map(), opened_by_alert)

    def entry(self, incident: Incident) -> Entry:
        """The incident with its actions, in full."""
        parts = self.parts[incident.pk]
        people = [_part(part, self.students) for part in parts]
        carried = [row.category_id for row in self.carried[incident.pk]]
        entry = Entry(
            id=incident.pk,
            number=incident.number,
            text=self._hidden(incident.text, incident.pk),
            author=self._author(incident),
            happened_at=incident.happened_at,
            recorded_at=recorded_later(incident.recorded_at, incident.happened_at),
            edited_at=incident.edited_at,
            status=Status(incident.status).label,
            assignee_id=incident.assignee_id,
            assignee=self.people[incident.assignee_id].formal if incident.assignee_id else "",
            main=next((part for part in people if part.is_main), None),
            linked=[part for part in people if not part.is_main],
            categories=self.categories.lines(carried),
            agencies=self.agencies.get(incident.pk, []),
            files=self._files(incident),
            maps=self._maps(incident.pk, incident.pk),
            told=self._told(incident),
            actions=[self._action(action) for action in self.actions[incident.pk]],
            has_unread_alert=self._has_unread_alert(incident),
            carried_ids=frozenset(carried),
            student_ids=[part.student_id for part in parts],
            whom=whom(incident),
            tray=incident.tray,
            is_practice=incident.training == TrainingMark.PRACTICE,
            answers=self._answers(incident),
        )
        if incident.deleted_at is not None:
            entry.removed = self._removed(incident, incident.pk)
            entry.text, entry.files, entry.maps, entry.told, entry.actions = "", [], [], [], []
            entry.answers = []
        return entry

    def _removed(self, written: Incident | Action, incident_id: UUID) -> dict[str, Any]:
        by = written.deleted_by_id
        return {
            "by": self.people[by].formal if by else "",
            "at": written.deleted_at,
            "reason": self._hidden(written.deletion_reason, incident_id),
        }

    def _hidden(self, words: str, incident_id: UUID) -> str:
        pupils = [part.student_id for part in self.parts[incident_id]]
        return hide_names(words, about=pupils, typed=self.typed[incident_id])

    def _action(self, action: Action) -> ActionLine:
        added = self.added[action.pk]
        waiting = [row for row in added if row.state == CategoryState.WAITING and self.access.is_elevated]
        line = ActionLine(
            id=action.pk,
            text=self._hidden(action.text, action.incident_id),
            author=self._author(action),
            happened_at=action.happened_at,
            recorded_at=recorded_later(action.recorded_at, action.happened_at),
            edited_at=action.edited_at,
            agencies=self.agencies.get(action.pk, []),
            files=self._files(action),
            categories=self.categories.lines(
                row.category_id for row in added if row.state == CategoryState.IN_FORCE
            ),
            waiting_categories=[
                WaitingCategory(row.pk, line.name)
                for row in waiting
                for line in self.categories.lines([row.category_id])
            ],
            copied_to=[self.students[copy.student_id].name for copy in self.copies[action.pk]],
            told=self._told(action),
            not_copied_to=self._not_copied_to(action),
            maps=self._maps(action.pk, action.incident_id),
            is_practice=action.training == TrainingMark.PRACTICE,
            answers=self._answers(action),
        )
        if action.deleted_at is not None:
            line.removed = self._removed(action, action.incident_id)
            line.text, line.files, line.maps, line.told, line.not_copied_to = "", [], [], [], []
            line.answers = []
        return line

    def _not_copied_to(self, action: Action) -> list[StudentName]:
        have = {copy.student_id for copy in self.copies[action.pk]}
        return [
            self.students[part.student_id]
            for part in self.parts[action.incident_id]
            if part.part == Part.LINKED and part.shows_full and part.student_id not in have
        ]

    def _author(self, written: Incident | Action) -> str:
        return self.people[written.author_id].formal if written.author_id else written.source

    def _answers(self, written: Incident | Action) -> list[AnswerLine]:
        incident_id = written.pk if isinstance(written, Incident) else written.incident_id
        return read_as(self.answers.get(written.pk, []), lambda words: self._hidden(words, incident_id))

    def _files(self, written: Incident | Action) -> list[FileLine]:
        opens = can_use_files(self.access)
        documents = self.documents.get(written.pk, [])
        incident_id = written.pk if isinstance(written, Incident) else written.incident_id
        return [
            FileLine(document.id, self._hidden(document.name, incident_id), document.url if opens else "")
            for document in documents
        ]

    def _maps(self, owner: UUID, incident_id: UUID) -> list[MarkedMap]:
        return drawn(self.marks.get(owner, []), self.maps, lambda words: self._hidden(words, incident_id))

    def _has_unread_alert(self, incident: Incident) -> bool:
        """Whether the reader has an open alert to it or to an action under it."""
        standing = [action.pk for action in self.actions[incident.pk] if action.deleted_at is None]
        return any(
            one.is_open and one.recipient_id == self.access.user_id
            for record_id in (incident.pk, *standing)
            for one in self.told.get(record_id, ())
        )

    def _told(self, written: Incident | Action) -> list[AlertStatus]:
        """Who was told is for key users, and for the author of the entry."""
        if not self.access.is_elevated and written.author_id != self.access.user_id:
            return []
        return self.told.get(written.pk, [])


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


def _grouped(rows: Iterable[Any], key: str) -> dict[UUID, list[Any]]:
    grouped: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        grouped[getattr(row, key)].append(row)
    return grouped


def _part(part: IncidentStudent, students: Mapping[UUID, StudentName]) -> StudentPart:
    role = LinkRole(part.link_role).label if part.link_role else ""
    return StudentPart(students[part.student_id], part.part == Part.MAIN, role, part.shows_full)


def recorded_later(recorded_at: datetime, happened_at: datetime) -> datetime | None:
    """The moment of recording, where it says more than that of the event."""
    return recorded_at if abs(recorded_at - happened_at) > RECORDED_LATER else None
