"""What a naive reader holds to be true of monitoring: every stretch, and who would have begun it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from uuid import UUID

# The record that begins a stretch, or nobody's: by hand.
Cause = UUID | None


@dataclass
class Stretch:
    """One student under one category; `also` would have begun it while a practice entry had."""

    student: UUID
    category: UUID
    cause: Cause
    is_practice: bool
    also: list[Cause] = field(default_factory=list)
    is_ended: bool = False
    is_removed: bool = False

    @property
    def is_on(self) -> bool:
        return not (self.is_ended or self.is_removed)


class Monitored:
    """Every stretch there ever was."""

    def __init__(self) -> None:
        self.stretches: list[Stretch] = []

    def on(self, student: UUID) -> dict[UUID, Stretch]:
        """What the student is monitored under now."""
        return {one.category: one for one in self.stretches if one.student == student and one.is_on}

    def begin(
        self, student: UUID, categories: Iterable[UUID], cause: Cause = None, *, is_practice: bool = False
    ) -> bool:
        """Whether anything began: what is on goes on, and a practice one knows who else wants it."""
        wanted, on = set(categories), self.on(student)
        for category in wanted & on.keys():
            stretch = on[category]
            if stretch.is_practice and (cause is None or cause != stretch.cause):
                stretch.also.append(cause)
        new = wanted - on.keys()
        self.stretches += [Stretch(student, category, cause, is_practice) for category in new]
        return bool(new)

    def end(self, student: UUID, categories: Iterable[UUID]) -> bool:
        """Whether anything ended."""
        ending = [self.on(student)[one] for one in set(categories) & self.on(student).keys()]
        for stretch in ending:
            stretch.is_ended = True
        return bool(ending)

    def undo(self, student: UUID, causes: set[UUID], goes_on: Callable[[UUID], Cause]) -> bool:
        """Named by mistake: what these began ends, unless another record asks for it. Whether any ended."""
        is_ended = False
        for category, stretch in self.on(student).items():
            if stretch.cause in causes:
                if (other := goes_on(category)) is None:
                    stretch.is_ended = is_ended = True
                else:
                    stretch.cause = other
        return is_ended

    def settle(self, gone: set[UUID], kept: set[UUID]) -> None:
        """Training mode ends: a stretch goes with its record, unless one that stays wants it as well."""
        for stretch in self.stretches:
            if not stretch.is_practice or stretch.is_removed:
                continue
            if stretch.cause in gone:
                stays = [cause for cause in stretch.also if cause not in gone]
                if stays:
                    stretch.cause, stretch.is_practice = stays[0], False
                else:
                    stretch.is_removed = True
                stretch.also = []
            elif stretch.cause in kept:
                stretch.is_practice, stretch.also = False, []

    def bring_back(self, records: set[UUID]) -> None:
        """What went with these comes back where it is not on again by now."""
        for stretch in self.stretches:
            is_on_again = not stretch.is_ended and stretch.category in self.on(stretch.student)
            if stretch.is_removed and stretch.cause in records and not is_on_again:
                stretch.is_removed = stretch.is_practice = False
