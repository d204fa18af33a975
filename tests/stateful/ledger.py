"""What a naive reader holds to be true of a school's records: plain values, changed by each deed.

Nothing here asks the product. `Record` and `Step` are an incident and an action; every word ever taken stays
in `Ledger.texts`, every file in `files`, every deed in `deeds`.
"""

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from core.access import Access
from tests.oracle.naive import closed, group_reads
from tests.oracle.world import World
from tests.stateful.monitored import Monitored

FULL, NUMBER, OWN_PART = "full", "number", "own part"
PRACTICE, REAL = "practice", "real"


@dataclass
class Record:
    """An incident; `linked` says how it stands in the log of each linked student.

    `leads_to` is where the words of one that was merged stand now.
    """

    id: UUID
    main: UUID
    linked: dict[UUID, str]
    chosen: set[UUID]
    text: str
    is_deleted: bool = False
    is_merged: bool = False
    is_removed: bool = False
    mark: str = ""
    leads_to: UUID | None = None
    pins: list[UUID] = field(default_factory=list)
    blocked: set[UUID] = field(default_factory=set)

    @property
    def stands(self) -> bool:
        return not (self.is_deleted or self.is_merged or self.is_removed)


@dataclass
class Step:
    """An action, and the linked students who have a copy of it."""

    id: UUID
    incident: UUID
    text: str
    copies: set[UUID]
    is_deleted: bool = False
    is_split: bool = False
    is_removed: bool = False
    mark: str = ""
    merged_from: UUID | None = None
    became: UUID | None = None

    @property
    def stands(self) -> bool:
        return not (self.is_deleted or self.is_split or self.is_removed)


@dataclass
class Ledger:
    """Everything that was acknowledged."""

    world: World
    incidents: dict[UUID, Record] = field(default_factory=dict)
    actions: dict[UUID, Step] = field(default_factory=dict)
    texts: set[str] = field(default_factory=set)
    files: dict[UUID, bytes] = field(default_factory=dict)
    deeds: Counter[tuple[str, UUID | None]] = field(default_factory=Counter)
    monitored: Monitored = field(default_factory=Monitored)
    in_training: bool = False

    def reads(self, by: Access, record: Record) -> bool:
        """By categories and blocks; everybody here has all classes."""
        lets = group_reads(self.world, set(by.view_incidents), self.carried(record))
        return record.stands and by.user_id not in record.blocked and lets

    def carried(self, record: Record) -> set[UUID]:
        """The chosen categories with their parents."""
        return closed(self.world, record.chosen)

    def log(self, by: Access, student: UUID) -> set[tuple[str, frozenset[str]]]:
        """A student's log as somebody sees it: the text of each incident with those of its actions."""
        found = set()
        for record in self.incidents.values():
            if not self.reads(by, record):
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

    def markers(self, viewable: frozenset[UUID], student: UUID) -> set[UUID]:
        """The incidents of which an editor with these categories sees that they were deleted."""
        return {
            one.id
            for one in self.incidents.values()
            if one.is_deleted
            and not (one.is_merged or one.is_removed)
            and (student == one.main or one.linked.get(student) == FULL)
            and group_reads(self.world, viewable, closed(self.world, one.chosen))
        }

    def merge(self, surplus: Record, main: Record, action: UUID) -> None:
        """The surplus incident becomes an action; its linked students have only their own part."""
        copies = {student for student, stands in surplus.linked.items() if stands == FULL}
        self.actions[action] = Step(
            action, main.id, surplus.text, copies, mark=surplus.mark, merged_from=surplus.id
        )
        for student, stands in surplus.linked.items():
            has_part = stands in {FULL, OWN_PART}
            there = main.linked.get(student)
            if there is None or (there == NUMBER and has_part):
                main.linked[student] = OWN_PART if has_part else NUMBER
        for step in self.actions.values():
            if step.incident == surplus.id:
                step.incident = main.id
        main.chosen |= surplus.chosen
        main.blocked |= surplus.blocked
        surplus.is_merged = True
        for one in self.incidents.values():
            if one is surplus or one.leads_to == surplus.id:
                one.leads_to = main.id

    def split(self, step: Step, incident: UUID, chosen: set[UUID]) -> None:
        """The action becomes an incident of the same student, with those it was copied to."""
        source = self.incidents[step.incident]
        linked = {
            student: FULL if stands in {FULL, OWN_PART} else NUMBER
            for student, stands in source.linked.items()
            if student in step.copies
        }
        self.incidents[incident] = Record(
            incident, source.main, linked, set(chosen), step.text, mark=step.mark, blocked={*source.blocked}
        )
        step.is_split, step.became = True, incident
        if step.merged_from:
            self.incidents[step.merged_from].leads_to = incident

    def move(self, record: Record, student: UUID) -> bool:
        """It is about somebody else; one who was linked is so no more, and the former one has left it.

        Whether monitoring of the former one ended: what no other record of theirs asks for.
        """
        former = record.main
        record.pins = [one for one in record.pins if one not in {former, student}]
        record.linked.pop(student, None)
        record.main = student
        for step in self.actions.values():
            if step.incident == record.id:
                step.copies.discard(student)
        began = self.with_former({record.id, *(one.id for one in self.beneath(record))})

        def asked_by(category: UUID) -> UUID | None:
            theirs = [one for one in self.incidents.values() if one.stands and one.main == former]
            return next((one.id for one in theirs if category in self.carried(one)), None)

        return self.monitored.undo(former, began, asked_by)

    # --- training mode --------------------------------------------------------------------------

    def mark_of_new(self, is_practice: bool) -> str:
        if not self.in_training:
            return ""
        return PRACTICE if is_practice else REAL

    def all_practice(self) -> list[Record | Step]:
        """What stands by itself: what became something else goes or stays as that."""
        incidents = [one for one in self.incidents.values() if not one.is_merged]
        actions = [one for one in self.actions.values() if not one.is_split]
        return [one for one in [*incidents, *actions] if one.mark == PRACTICE and not one.is_removed]

    def is_hidden(self, one: Record | Step) -> bool:
        """Deleted, itself or what it stands under: for editors alone."""
        above = isinstance(one, Step) and self.incidents[one.incident].is_deleted
        return one.is_deleted or above

    def in_training_list(self, is_editor: bool) -> list[Record | Step]:
        return [one for one in self.all_practice() if is_editor or not self.is_hidden(one)]

    def hidden_from(self, is_editor: bool) -> set[UUID]:
        """Practice that goes without being listed."""
        hidden = [] if is_editor else [one for one in self.all_practice() if self.is_hidden(one)]
        return {one.id for one in hidden if self.may_go(one)}

    def may_go(self, one: Record | Step) -> bool:
        """Nothing beneath it is real."""
        return all(step.mark == PRACTICE for step in self.beneath(one))

    def takes_along(self, ticked: set[UUID]) -> set[UUID]:
        """The ticked incidents with something beneath them that would stay."""
        hidden = {one.id for one in self.all_practice() if self.is_hidden(one)}
        return {
            one.id
            for one in self.incidents.values()
            if one.id in ticked and any(step.id not in ticked | hidden for step in self.beneath(one))
        }

    def beneath(self, one: Record | Step) -> list[Step]:
        if isinstance(one, Step):
            return []
        return [
            step
            for step in self.actions.values()
            if step.incident == one.id and not step.is_split and not step.is_removed
        ]

    def with_former(self, records: set[UUID]) -> set[UUID]:
        """With what became these: incidents that were merged, and actions that were taken out.

        What was merged is an action now, or an incident again that this action became.
        """
        found = set(records)
        for step in self.actions.values():
            if step.merged_from and (step.became or step.id) in records:
                found.add(step.merged_from)
            if step.became in records:
                found.add(step.id)
        return found if found == records else self.with_former(found)

    def went_with(self, asked: Record) -> list[Record | Step]:
        """What the end of training mode took of an incident, found by its number."""
        about = self.incidents[asked.leads_to] if asked.leads_to else asked
        below = [one for one in self.actions.values() if one.incident == about.id and not one.is_split]
        return [one for one in [about, *below] if one.is_removed]
