"""One school of which a naive ledger is kept: who acts there, and what always holds."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from inspect import signature
from random import Random
from typing import Any
from uuid import UUID

from django.db import transaction

from core.access import Access
from core.db.clock import now
from tests.oracle.world import Category, World
from tests.stateful.ledger import Ledger, Record, Step

CATEGORIES = ("Behaviour", "Bullying", "Attendance", "Child Protection", "Neglect")


def _place(random: Random) -> int:
    return random.randrange(10_000)


def _toss(random: Random) -> bool:
    return random.random() < 0.5


def _seldom(random: Random) -> bool:
    return random.random() < 0.2


def _mostly(random: Random) -> bool:
    return random.random() < 0.7


def _others(random: Random) -> list[tuple[int, bool]]:
    return [(_place(random), _toss(random)) for _ in range(random.choice((0, 1, 2)))]


def _unticked(random: Random) -> list[int]:
    return [_place(random) for _ in range(random.choice((0, 0, 1, 2)))]


# What a deed asks for by the name of its parameter.
GIVEN: dict[str, Callable[[Random], Any]] = {
    **dict.fromkeys(("who", "place", "other", "pupil", "chosen"), _place),
    **dict.fromkeys(("with_file", "copies", "is_off"), _toss),
    "is_practice": _mostly,
    **dict.fromkeys(("is_late", "is_old"), _seldom),
    "others": _others,
    "unticked": _unticked,
}


def deed(weight: int) -> Callable[[Any], Any]:
    """A deed, which is drawn as often as its weight says beside the others."""

    def mark(method: Any) -> Any:
        method.weight = weight
        return method

    return mark


class School:
    """One school, rolled back at the end of its sequence."""

    def __init__(self, people: Any, students: Any, seed: int) -> None:
        self.people, self.students, self.seed = people, students, seed
        self.random = Random(seed)
        self.marks = self.asked = 0
        self.versions: set[UUID] = set()
        self.begun = now() - timedelta(days=20)

    def play(self, steps: int) -> Counter[tuple[str, UUID | None]]:
        """So many deeds, rolled back at the end; what was acknowledged. A failure says all that was done."""
        done = []
        with transaction.atomic():
            self.look_around()
            names = [name for name in dir(self) if hasattr(getattr(self, name), "weight")]
            weights = [getattr(self, name).weight for name in names]
            try:
                for name in self.random.choices(names, weights, k=steps):
                    act = getattr(self, name)
                    given = {one: GIVEN[one](self.random) for one in signature(act).parameters}
                    done.append((name, given))
                    act(**given)
                    some = self.random.sample(self.pupils, 2)
                    self.what_always_holds(self.lead if len(done) % 2 else self.teacher, some)
                    self.no_version_goes()
                for by in (self.lead, self.teacher):
                    self.what_always_holds(by, self.pupils)
                self.look_for_everything()
            except BaseException as fault:
                fault.add_note("\n".join([f"seed {self.seed}", *(f"{name} {given}" for name, given in done)]))
                raise
            transaction.set_rollback(True)
        return self.ledger.deeds

    # --- who and what ---------------------------------------------------------------------------

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
        self.administrators = [self.people.head.access, self.people.data.access]

    def mark(self) -> str:
        """A text that no other is part of."""
        self.marks += 1
        return f"mark{self.marks}x"

    def moment(self) -> Any:
        return self.begun + timedelta(minutes=self.marks)

    def standing(self, place: int, by: Any) -> Record | None:
        """One of the incidents that this person may read."""
        found = [one for one in self.ledger.incidents.values() if self.ledger.reads(by, one)]
        return found[place % len(found)] if found else None

    def step(self, place: int, *, deleted: bool = False) -> Step | None:
        """One of the actions, under an incident that stands."""
        found = [
            one
            for one in self.ledger.actions.values()
            if one.is_deleted == deleted
            and not (one.is_split or one.is_removed)
            and self.ledger.incidents[one.incident].stands
        ]
        return found[place % len(found)] if found else None

    def keep(self, event: str, record: UUID | None, text: str = "") -> None:
        self.ledger.deeds[event, record] += 1
        if text:
            self.ledger.texts.add(text)

    # --- what always holds ----------------------------------------------------------------------

    def what_always_holds(self, by: Access, students: Iterable[UUID]) -> None:
        self.logs_are_the_ledgers(by, students)

    def logs_are_the_ledgers(self, by: Access, students: Iterable[UUID]) -> None:
        """On paper for the lead, on the screen for the teacher."""
        from tenant_apps.incidents.selectors import chronology_page, whole_chronology

        for student in students:
            log = self.ledger.log(by, student)
            if by is self.lead:
                assert self.shown(whole_chronology(by, student)) == log
                continue
            page = chronology_page(by, student)
            assert self.shown(page.shown) == log
            assert {entry.id for entry in page.pinned} == {
                one.id
                for one in self.ledger.incidents.values()
                if student in one.pins and self.ledger.reads(by, one)
            }

    @staticmethod
    def shown(entries: Any) -> set[tuple[str, frozenset[str]]]:
        return {
            (entry.text, frozenset(one.text for one in entry.actions if not one.removed)) for entry in entries
        }

    def no_version_goes(self) -> None:
        from tenant_apps.incidents.models import ActionVersion, IncidentVersion

        there = {
            *IncidentVersion.objects.values_list("pk", flat=True),
            *ActionVersion.objects.values_list("pk", flat=True),
        }
        assert self.versions <= there
        self.versions = there

    def every_marker_is_the_ledgers(self) -> None:
        """An editor sees where something was deleted, and of what went with training mode not even that."""
        from tenant_apps.incidents.selectors import chronology_page

        for student in self.pupils:
            page = chronology_page(self.lead, student)
            assert {entry.id for entry in page.shown if entry.removed} == self.ledger.markers(
                self.lead.view_incidents, student
            )

    def look_for_everything(self) -> None:
        """Every text in a version, every file with its bytes, every deed in the audit."""
        from core.audit.models import AuditEvent
        from tenant_apps.documents.services import read_document
        from tenant_apps.incidents.models import ActionVersion, IncidentVersion

        self.every_marker_is_the_ledgers()
        kept = {
            *IncidentVersion.objects.values_list("snapshot__text", flat=True),
            *ActionVersion.objects.values_list("snapshot__text", flat=True),
        }
        assert self.ledger.texts <= kept
        for document, content in self.ledger.files.items():
            assert b"".join(read_document(document)) == content
        for (event, record), many in self.ledger.deeds.items():
            assert AuditEvent.objects.filter(event=event, record_id=record).count() == many, event
