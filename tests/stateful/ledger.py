"""What a naive reader holds to be true of a school's records: plain values, changed by each deed.

Nothing here asks the product. `Record` and `Step` are an incident and an action; every word ever taken stays
in `Ledger.texts`, every file in `files`, every deed in `deeds`.
"""

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from tests.oracle.naive import closed, group_reads
from tests.oracle.world import World

FULL, NUMBER, OWN_PART = "full", "number", "own part"


@dataclass
class Record:
    """An incident; `linked` says how it stands in the log of each linked student."""

    id: UUID
    main: UUID
    linked: dict[UUID, str]
    chosen: set[UUID]
    text: str
    is_deleted: bool = False
    is_merged: bool = False
    pins: list[UUID] = field(default_factory=list)

    @property
    def stands(self) -> bool:
        return not (self.is_deleted or self.is_merged)


@dataclass
class Step:
    """An action, and the linked students who have a copy of it."""

    id: UUID
    incident: UUID
    text: str
    copies: set[UUID]
    is_deleted: bool = False
    is_split: bool = False

    @property
    def stands(self) -> bool:
        return not (self.is_deleted or self.is_split)


@dataclass
class Ledger:
    """Everything that was acknowledged."""

    world: World
    incidents: dict[UUID, Record] = field(default_factory=dict)
    actions: dict[UUID, Step] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)
    files: dict[UUID, bytes] = field(default_factory=dict)
    deeds: Counter[tuple[str, UUID]] = field(default_factory=Counter)

    def reads(self, viewable: frozenset[UUID], record: Record) -> bool:
        """Lists show it to somebody with these categories; everybody here has all classes."""
        return record.stands and group_reads(self.world, viewable, closed(self.world, record.chosen))

    def log(self, viewable: frozenset[UUID], student: UUID) -> set[tuple[str, frozenset[str]]]:
        """A student's log as somebody sees it: the text of each incident with those of its actions."""
        found = set()
        for record in self.incidents.values():
            if not self.reads(viewable, record):
                continue
            steps = [one for one in self.actions.values() if one.incident == record.id and one.stands]
            copied = frozenset(one.text for one in steps if student in one.copies)
            if student == record.main:
                found.add((record.text, frozenset(one.text for one in steps)))
            elif student in record.linked:
                stands = record.linked[student]
                found.add(
                    (record.text if stands == FULL else "", frozenset() if stands == NUMBER else copied)
                )
        return found

    def merge(self, surplus: Record, main: Record, action: UUID) -> None:
        """The surplus incident becomes an action; its linked students have only their own part."""
        copies = {student for student, stands in surplus.linked.items() if stands == FULL}
        self.actions[action] = Step(action, main.id, surplus.text, copies)
        for student, stands in surplus.linked.items():
            has_part = stands in {FULL, OWN_PART}
            there = main.linked.get(student)
            if there is None or (there == NUMBER and has_part):
                main.linked[student] = OWN_PART if has_part else NUMBER
        for step in self.actions.values():
            if step.incident == surplus.id:
                step.incident = main.id
        main.chosen |= surplus.chosen
        surplus.is_merged = True

    def split(self, step: Step, incident: UUID, chosen: set[UUID]) -> None:
        """The action becomes an incident of the same student, with those it was copied to."""
        source = self.incidents[step.incident]
        linked = {
            student: FULL if stands in {FULL, OWN_PART} else NUMBER
            for student, stands in source.linked.items()
            if student in step.copies
        }
        self.incidents[incident] = Record(incident, source.main, linked, set(chosen), step.text)
        step.is_split = True

    def move(self, record: Record, student: UUID) -> None:
        """It is about somebody else; one who was linked is so no more, and the former one has left it."""
        record.pins = [one for one in record.pins if one not in {record.main, student}]
        record.linked.pop(student, None)
        record.main = student
        for step in self.actions.values():
            if step.incident == record.id:
                step.copies.discard(student)
