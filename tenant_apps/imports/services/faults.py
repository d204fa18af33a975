"""What can be wrong with an extract, and how it is told."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

# An administrator mends the MIS, not single rows: more would not help and might be a million.
SHOWN_FAULTS = 200
SHOWN_VALUE = 200


def storable(text: str) -> str:
    """Text from outside as the database takes it: without null bytes and halves of characters."""
    return text.replace("\0", "␀").encode("utf-8", "replace").decode()


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason why an extract is refused, as exactly as it can be placed; line 0 is the whole file."""

    file: str
    line: int
    column: str
    value: str
    reason: str


@dataclass(slots=True)
class Faults:
    """The first 200 faults and the number of all."""

    shown: list[Fault] = field(default_factory=list)
    total: int = 0

    def add(self, file: str, reason: str, *, line: int = 0, column: str = "", value: str = "") -> None:
        self.total += 1
        if len(self.shown) < SHOWN_FAULTS:
            self.shown.append(Fault(file, line, column, storable(value[:SHOWN_VALUE]), reason))

    def as_json(self) -> list[dict[str, str | int]]:
        return [asdict(fault) for fault in self.shown]

    def refuse_if_any(self) -> None:
        if self.total:
            raise ExtractRefusedError(self)


class ExtractRefusedError(Exception):
    """The extract changes nothing; `faults` say why."""

    def __init__(self, faults: Faults) -> None:
        super().__init__(f"{faults.total} faults")
        self.faults = faults


class ExtractHeldError(Exception):
    """The extract is sound but would do more than anyone would expect of one night; it waits for a person.

    `counts` and `differences` tell what it would do.
    """

    def __init__(
        self,
        reasons: Iterable[str],
        *,
        counts: Mapping[str, Mapping[str, int]],
        differences: Mapping[str, Any],
    ) -> None:
        super().__init__("held")
        self.reasons = list(reasons)
        self.counts = {file: dict(numbers) for file, numbers in counts.items()}
        self.differences = dict(differences)


def refuse(
    file: str, reason: str, *, line: int = 0, column: str = "", value: str = ""
) -> ExtractRefusedError:
    """A refusal for a single fault, for raising."""
    faults = Faults()
    faults.add(file, reason, line=line, column=column, value=value)
    return ExtractRefusedError(faults)
