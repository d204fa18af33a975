"""Lays the state at the moment of an alert over an entry, for somebody whom nothing but the alert let in."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime

from core.access import Access
from shared_apps.people.selectors import names_of
from tenant_apps.agencies.selectors import agency_names
from tenant_apps.categories.selectors import category_map
from tenant_apps.incidents.enums import CategoryState, LinkRole, Part, Status
from tenant_apps.incidents.models import Action, ActionCategory, Incident
from tenant_apps.incidents.selectors.answers import read_as
from tenant_apps.incidents.selectors.category_names import CategoryNames
from tenant_apps.incidents.selectors.entries import entries_of, recorded_later
from tenant_apps.incidents.selectors.entry_values import ActionLine, Entry, StudentPart
from tenant_apps.incidents.selectors.finding import is_listed
from tenant_apps.incidents.selectors.marks import drawn, maps_of, marks_in
from tenant_apps.incidents.selectors.standing import (
    Stood,
    actions_as_of,
    actions_shown,
    by_alert_alone,
    came_by_merge,
    incidents_as_of,
)
from tenant_apps.incidents.selectors.unlisted import whom_of
from tenant_apps.students.selectors import StudentName, hide_names, students_blocked_among, students_by_ids


def entry_for(access: Access, incident: Incident, *, with_deleted: bool = False) -> Entry:
    """One incident that the caller has found readable, with the categories this person may know by name."""
    if is_listed(access, incident.pk):
        return entries_of(access, [incident], with_deleted=with_deleted)[0]
    moments = by_alert_alone(access, [incident.pk])
    is_alone = incident.pk in moments
    entry = entries_of(access, [incident], opened_by_alert=True, with_deleted=with_deleted and not is_alone)[
        0
    ]
    if is_alone:
        _lay_over(access, incident, entry, moments[incident.pk])
    return entry


def as_written(access: Access, incident: Incident, action: Action | None = None) -> Entry:
    """An entry of the author's own as they wrote it, of an action with that alone and no words but its own.

    What came since, and what others wrote, is not in it: no status, no files, nobody who was told.
    """
    entry = entries_of(access, [incident], opened_by_alert=True)[0]
    written_at = action.recorded_at if action else incident.recorded_at
    stood = incidents_as_of({incident.pk: written_at}).get(incident.pk)
    states = actions_as_of({action.pk: action.recorded_at}) if action else {}
    words = _Words(access, [*states.values(), *([stood] if stood else [])], entry.student_ids, incident)
    if stood:
        words.lay_over_incident(entry, stood, incident)
    entry.actions = [line for line in entry.actions if action and line.id == action.pk]
    for line in entry.actions:
        line.files, line.told, line.waiting_categories, line.not_copied_to = [], [], [], []
        if line.id in states and action:
            words.lay_over_action(line, states[line.id], action)
    if action:
        entry.text, entry.maps, entry.answers = "", [], []
    entry.files, entry.told, entry.status, entry.assignee, entry.assignee_id = [], [], "", "", None
    entry.edited_at, entry.has_unread_alert = None, False
    return entry


def _lay_over(access: Access, incident: Incident, entry: Entry, moment: datetime) -> None:
    actions = {
        action.pk: action for action in Action.objects.filter(pk__in=[one.id for one in entry.actions])
    }
    shown = actions_shown(access, actions.values())
    entry.actions = [line for line in entry.actions if line.id in shown]
    # What one wrote after the alert one knows as it was then.
    written = {pk: max(moment, actions[pk].recorded_at) for pk in shown}
    stood = incidents_as_of({incident.pk: moment}).get(incident.pk)
    states = actions_as_of(written)
    words = _Words(access, [*states.values(), *([stood] if stood else [])], entry.student_ids, incident)
    entry.as_of = moment
    entry.told = [one for one in entry.told if one.created_at <= moment]
    if stood:
        words.lay_over_incident(entry, stood, incident)
    if came_by_merge(access, [incident.pk]):
        entry.is_part_alone, entry.text, entry.maps, entry.status, entry.assignee = True, "", [], "", ""
        entry.author, entry.recorded_at, entry.edited_at, entry.answers = "", None, None, []
        entry.linked, entry.categories, entry.agencies, entry.files, entry.told = [], [], [], [], []
    in_force = _added_by_then(written)
    for line in entry.actions:
        line.waiting_categories, line.not_copied_to = [], []
        line.told = [one for one in line.told if one.created_at <= written[line.id]]
        line.categories = words.categories.lines(in_force.get(line.id, []))
        if line.id in states:
            words.lay_over_action(line, states[line.id], actions[line.id])


def _added_by_then(moments: Mapping[UUID, datetime]) -> dict[UUID, list[UUID]]:
    """The categories that actions had added to their incident at these moments, proposals not counted."""
    rows = ActionCategory.objects.filter(action__in=moments, state=CategoryState.IN_FORCE)
    found: dict[UUID, list[UUID]] = {}
    for action, category, decided_at in rows.values_list("action", "category", "decided_at"):
        if decided_at is None or decided_at <= moments[action]:
            found.setdefault(action, []).append(category)
    return found


class _Words:
    """What stands in states, in words; read in a fixed number of queries."""

    def __init__(
        self, access: Access, states: Sequence[Stood], pupils: Iterable[UUID], incident: Incident
    ) -> None:
        students = {
            UUID(one if isinstance(one, str) else one["student"])
            for state in states
            for one in state.snapshot.get("students", [])
        }
        assignees = {UUID(one) for state in states if (one := state.snapshot.get("assignee"))}
        self.students = students_by_ids(students - students_blocked_among(access, students))
        self.pupils = [*dict.fromkeys([*pupils, *students])]
        self.typed = incident.unlisted_name
        self.people = names_of(assignees)
        self.maps = maps_of(*(marks_in(state.snapshot) for state in states))
        self.agencies = agency_names({one for state in states for one in state.ids("agencies")})
        # A version also names what was merged since.
        self.categories = CategoryNames(access, category_map(with_merged=True), opened_by_alert=True)

    def lay_over_incident(self, entry: Entry, stood: Stood, incident: Incident) -> None:
        shot = stood.snapshot
        self._lay_over(entry, stood, incident)
        parts = [
            StudentPart(
                self.students[UUID(one["student"])],
                one["part"] == Part.MAIN,
                LinkRole(one["role"]).label if one["role"] else "",
                one["shows_full"],
            )
            for one in shot["students"]
            if UUID(one["student"]) in self.students
        ]
        entry.main = next((part for part in parts if part.is_main), None)
        entry.linked = [part for part in parts if not part.is_main]
        entry.whom, entry.tray = whom_of(shot), shot.get("tray", "")
        entry.categories = self.categories.lines(stood.ids("categories"))
        entry.status = Status(shot["status"]).label
        entry.assignee_id = UUID(shot["assignee"]) if shot["assignee"] else None
        entry.assignee = self.people[entry.assignee_id].formal if entry.assignee_id else ""

    def lay_over_action(self, line: ActionLine, stood: Stood, action: Action) -> None:
        self._lay_over(line, stood, action)
        copies = (self.students.get(UUID(one)) for one in stood.snapshot["students"])
        line.copied_to = [one.name for one in copies if isinstance(one, StudentName)]

    def _hidden(self, words: str) -> str:
        return hide_names(words, about=self.pupils, typed=self.typed)

    def _lay_over(self, shown: Entry | ActionLine, stood: Stood, written: Incident | Action) -> None:
        shown.text = self._hidden(stood.snapshot["text"])
        shown.answers = read_as(stood.snapshot.get("answers", []), self._hidden)
        shown.maps = drawn(marks_in(stood.snapshot), self.maps, self._hidden)
        shown.happened_at = _moment(stood.snapshot, written)
        shown.recorded_at = recorded_later(written.recorded_at, shown.happened_at)
        if written.edited_at and written.edited_at > stood.made_at:
            shown.edited_at = None if stood.is_first else stood.made_at
        shown.agencies = sorted(
            (self.agencies[one] for one in stood.ids("agencies") if one in self.agencies), key=str.casefold
        )
        there = set(stood.ids("files"))
        shown.files = [file for file in shown.files if file.id in there]


def _moment(shot: Mapping[str, Any], written: Incident | Action) -> datetime:
    return parse_datetime(shot["happened_at"]) or written.happened_at
