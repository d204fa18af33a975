"""Random deeds of several people on one school's records: nothing acknowledged is lost, every log is right.

Each run draws sequences of adding, acting, editing, deleting, restoring, pinning, merging, splitting and
moving, by people with different permissions. After every deed each log, as each of two people sees it, is
compared with a naive ledger; at the end every text, version, file and audit event that was ever acknowledged
is looked for.
`STATEFUL_RUNS` says how many sequences (a few in CI; `ops/oracle --stateful N` runs the long draw).
"""

import os
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.db.clock import now
from core.db.keys import uuid7
from tests.oracle.world import Category, World
from tests.stateful.ledger import FULL, NUMBER, Ledger, Record, Step

RUNS = int(os.environ.get("STATEFUL_RUNS", "3"))
STEPS = int(os.environ.get("STATEFUL_STEPS", "20"))
CATEGORIES = ("Behaviour", "Bullying", "Attendance", "Child Protection", "Neglect")

places = st.integers(min_value=0, max_value=10_000)


class School(RuleBasedStateMachine):
    """One school, rolled back at the end of its sequence."""

    people: Any
    students: Any

    def __init__(self) -> None:
        super().__init__()
        self._transaction = transaction.atomic()
        self._transaction.__enter__()
        self.marks = 0
        self.versions: set[UUID] = set()
        self.begun = now() - timedelta(days=20)

    def teardown(self) -> None:
        try:
            self.look_for_everything()
        finally:
            transaction.set_rollback(True)
            self._transaction.__exit__(None, None, None)

    # --- who and what ---------------------------------------------------------------------------

    @initialize()
    def look_around(self) -> None:
        from tenant_apps.categories.selectors import all_categories

        world = World()
        for one in all_categories():
            world.categories[one.id] = Category(
                one.id, one.name, one.parent_id, one.is_restricting, one.is_enabled
            )
        self.ledger = Ledger(world)
        names = {one.name: one.id for one in world.categories.values()}
        self.categories = [names[name] for name in CATEGORIES]
        self.pupils = [student.pk for student in self.students[:4]]
        self.lead, self.teacher = self.people.lead.access, self.people.teacher.access
        self.editors = [self.lead, self.people.head.access]

    def mark(self) -> str:
        """A text that no other is part of."""
        self.marks += 1
        return f"mark{self.marks}x"

    def moment(self) -> Any:
        return self.begun + timedelta(minutes=self.marks)

    def standing(self, place: int, by: Any) -> Record | None:
        """One of the incidents that this person may read."""
        found = [one for one in self.ledger.incidents.values() if self.ledger.reads(by.view_incidents, one)]
        return found[place % len(found)] if found else None

    def step(self, place: int, *, deleted: bool = False) -> Step | None:
        """One of the actions, under an incident that stands."""
        found = [
            one
            for one in self.ledger.actions.values()
            if one.is_deleted == deleted and not one.is_split and self.ledger.incidents[one.incident].stands
        ]
        return found[place % len(found)] if found else None

    def keep(self, event: str, record: UUID, text: str = "") -> None:
        self.ledger.deeds[event, record] += 1
        if text:
            self.ledger.texts.add(text)

    # --- deeds ----------------------------------------------------------------------------------

    @rule(
        who=places,
        pupil=places,
        others=st.lists(st.tuples(places, st.booleans()), max_size=2),
        chosen=places,
        with_file=st.booleans(),
    )
    def add(self, who, pupil, others, chosen, with_file):
        from tenant_apps.documents.services import receive
        from tenant_apps.incidents.services import LinkedStudent, add_incident, claim_draft

        by = [self.lead, self.teacher, self.people.deputy.access][who % 3]
        offered = [one for one in self.categories if one in by.add_incidents]
        category, main, key, text = (
            offered[chosen % len(offered)],
            self.pupils[pupil % 4],
            uuid7(),
            self.mark(),
        )
        linked = {self.pupils[one % 4]: full for one, full in others if self.pupils[one % 4] != main}
        if with_file and by is not self.teacher:
            claim_draft(by, key)
            content = b"%PDF-1.4 " + text.encode()
            document = receive(iter([content]), name="note.pdf", owner=("draft", key), by=by)
            self.ledger.files[document.pk] = content
        add_incident(
            incident_id=key,
            student_id=main,
            text=text,
            category_ids=[category],
            linked=[LinkedStudent(one, "sibling", shows_full=full) for one, full in linked.items()],
            happened_at=self.moment(),
            by=by,
        )
        stands = {one: FULL if full else NUMBER for one, full in linked.items()}
        self.ledger.incidents[key] = Record(key, main, stands, {category}, text)
        self.keep("incident.added", key, text)

    @rule(who=places, place=places, copies=st.booleans())
    def act(self, who, place, copies):
        from tenant_apps.incidents.services import add_action

        by = [self.lead, self.teacher][who % 2]
        if (record := self.standing(place, by)) is None:
            return
        key, text = uuid7(), self.mark()
        add_action(
            action_id=key,
            incident_id=record.key,
            text=text,
            happened_at=self.moment(),
            copies_to_linked=copies,
            by=by,
        )
        linked = {one for one, stands in record.linked.items() if stands == FULL} if copies else set()
        self.ledger.actions[key] = Step(key, record.key, text, linked)
        self.keep("action.added", key, text)

    @rule(who=places, place=places, chosen=places, is_late=st.booleans())
    def edit(self, who, place, chosen, is_late):
        from tenant_apps.incidents.models import Incident
        from tenant_apps.incidents.selectors import latest_version
        from tenant_apps.incidents.services import ChangedMeanwhileError, edit_incident

        by = self.editors[who % 2]
        if (record := self.standing(place, by)) is None:
            return
        incident, text = Incident.objects.get(pk=record.id), self.mark()
        category = self.categories[chosen % len(self.categories)]
        given = {
            "incident_id": record.id,
            "text": text,
            "happened_at": incident.happened_at,
            "category_ids": [category],
            "by": by,
        }
        if is_late:
            with pytest.raises(ChangedMeanwhileError), transaction.atomic():
                edit_incident(seen=uuid7(), **given)
            return
        edit_incident(seen=latest_version(incident), **given)
        record.text, record.chosen = text, {category}
        self.keep("incident.edited", record.id, text)

    @rule(place=places)
    def edit_a_step(self, place):
        from tenant_apps.incidents.models import Action
        from tenant_apps.incidents.selectors import latest_version
        from tenant_apps.incidents.services import edit_action

        if (step := self.step(place)) is None:
            return
        action, text = Action.objects.get(pk=step.id), self.mark()
        edit_action(
            action_id=step.id,
            seen=latest_version(action),
            text=text,
            happened_at=action.happened_at,
            by=self.lead,
        )
        step.text = text
        self.keep("action.edited", step.id, text)

    @rule(who=places, place=places)
    def delete(self, who, place):
        from tenant_apps.incidents.services import delete_incident

        by = self.editors[who % 2]
        if record := self.standing(place, by):
            delete_incident(incident_id=record.id, reason="wrong", by=by)
            record.is_deleted = True
            self.keep("incident.deleted", record.id)

    @rule(place=places)
    def restore(self, place):
        from tenant_apps.incidents.services import restore_incident

        gone = [one for one in self.ledger.incidents.values() if one.is_deleted]
        if gone:
            record = gone[place % len(gone)]
            restore_incident(incident_id=record.id, by=self.lead)
            record.is_deleted = False
            self.keep("incident.restored", record.id)

    @rule(place=places)
    def delete_a_step(self, place):
        from tenant_apps.incidents.services import delete_action

        if step := self.step(place):
            delete_action(action_id=step.id, reason="wrong", by=self.lead)
            step.is_deleted = True
            self.keep("action.deleted", step.id)

    @rule(place=places)
    def restore_a_step(self, place):
        from tenant_apps.incidents.services import restore_action

        if step := self.step(place, deleted=True):
            restore_action(action_id=step.id, by=self.lead)
            step.is_deleted = False
            self.keep("action.restored", step.id)

    @rule(place=places, is_off=st.booleans())
    def pin(self, place, is_off):
        from tenant_apps.incidents.services import pin_incident, unpin_incident

        if (record := self.standing(place, self.lead)) is None:
            return
        change = unpin_incident if is_off else pin_incident
        change(incident_id=record.id, student_id=record.main, by=self.lead)
        if is_off == (record.main in record.pins):
            self.keep("incident.unpinned" if is_off else "incident.pinned", record.id)
            record.pins = [one for one in record.pins if one != record.main] + (
                [] if is_off else [record.main]
            )

    @rule(place=places, other=places)
    def merge(self, place, other):
        from tenant_apps.incidents.models import Action
        from tenant_apps.incidents.services import merge_incidents

        if (surplus := self.standing(place, self.lead)) is None:
            return
        same = [
            one
            for one in self.ledger.incidents.values()
            if one.stands and one.main == surplus.main and one is not surplus
        ]
        if not same:
            return
        main = same[other % len(same)]
        merge_incidents(surplus_id=surplus.id, main_id=main.id, by=self.lead)
        self.ledger.merge(surplus, main, Action.objects.get(merged_from=surplus.id, split_into=None).pk)
        self.keep("incident.merged", main.id)

    @rule(place=places)
    def split(self, place):
        from tenant_apps.incidents.services import split_action

        if step := self.step(place):
            chosen = self.ledger.incidents[step.incident].chosen
            incident = split_action(action_id=step.id, category_ids=chosen, by=self.lead)
            self.ledger.split(step, incident.pk, chosen)
            self.keep("incident.split", incident.pk)

    @rule(place=places, pupil=places)
    def move(self, place, pupil):
        from tenant_apps.incidents.services import move_incident

        record, student = self.standing(place, self.lead), self.pupils[pupil % 4]
        if record is not None and record.main != student:
            move_incident(incident_id=record.id, student_id=student, reason="wrong child", by=self.lead)
            self.ledger.move(record, student)
            self.keep("incident.moved", record.id)

    @precondition(lambda self: self.marks)
    @rule(place=places, pupil=places)
    def search(self, place, pupil):
        """Any text that ever stood: found exactly where it stands in this log now."""
        from tenant_apps.incidents.selectors import Search, chronology_page

        words, student = f"mark{1 + place % self.marks}x", self.pupils[pupil % 4]
        for by in (self.lead, self.teacher):
            page = chronology_page(by, student, search=Search(words=(words,)))
            log = self.ledger.log(by.view_incidents, student)
            assert self.shown(page.shown) == {one for one in log if words == one[0] or words in one[1]}

    # --- what always holds ----------------------------------------------------------------------

    @invariant()
    def every_log_is_the_ledgers(self) -> None:
        from tenant_apps.incidents.selectors import chronology_page, whole_chronology

        for student in self.pupils:
            whole = list(whole_chronology(self.lead, student))
            assert self.shown(whole) == self.ledger.log(self.lead.view_incidents, student)
            page = chronology_page(self.teacher, student)
            assert self.shown(page.shown) == self.ledger.log(self.teacher.view_incidents, student)
            assert {entry.id for entry in page.pinned} == {
                one.id
                for one in self.ledger.incidents.values()
                if student in one.pins and self.ledger.reads(self.teacher.view_incidents, one)
            }

    @staticmethod
    def shown(entries: Any) -> set[tuple[str, frozenset[str]]]:
        return {
            (entry.text, frozenset(one.text for one in entry.actions if not one.removed)) for entry in entries
        }

    @invariant()
    def no_version_goes(self) -> None:
        from tenant_apps.incidents.models import ActionVersion, IncidentVersion

        there = {
            *IncidentVersion.objects.values_list("pk", flat=True),
            *ActionVersion.objects.values_list("pk", flat=True),
        }
        assert self.versions <= there
        self.versions = there

    def look_for_everything(self) -> None:
        """Every text in a version, every file with its bytes, every deed in the audit."""
        from core.audit.models import AuditEvent
        from tenant_apps.documents.services import read_document
        from tenant_apps.incidents.models import ActionVersion, IncidentVersion

        kept = {
            *IncidentVersion.objects.values_list("snapshot__text", flat=True),
            *ActionVersion.objects.values_list("snapshot__text", flat=True),
        }
        assert self.ledger.texts <= kept
        for document, content in self.ledger.files.items():
            assert b"".join(read_document(document)) == content
        for (event, record), many in self.ledger.deeds.items():
            assert AuditEvent.objects.filter(event=event, record_id=record).count() == many, event


@pytest.mark.spec("EDT-08", "EDT-09", "EDT-10", "EDT-15", "INC-47")
def test_nothing_acknowledged_is_lost_and_every_log_is_right(in_a, cast, students_a):
    machine = type("Ashgrove", (School,), {"people": cast, "students": students_a})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize="STATEFUL_RUNS" not in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )
