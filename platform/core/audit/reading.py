"""Whose records an event may name: apps say which of their records a person may read.

The audit holds ids of everything. An event is shown to an administrator, who may read less than was done;
so each kind of record that somebody may be kept from is answered for by its app, registered in
`AppConfig.ready`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from uuid import UUID

from core.access.access import Access

# Of these records, those this person may read, each with its page and what it is called there.
Readable = Callable[[Access, Collection[UUID]], Mapping[UUID, tuple[str, str]]]

_readers: dict[str, Readable] = {}


def register_reader(kind: str, readable: Readable) -> None:
    """Answer for the records of a kind. A second registration of a kind raises ValueError."""
    if kind in _readers:
        raise ValueError(f"Somebody answers for {kind!r} already.")
    _readers[kind] = readable


def is_guarded(kind: str) -> bool:
    """Whether an app answers for who may read the records of a kind."""
    return kind in _readers


def guarded_kinds() -> frozenset[str]:
    """The kinds of record that somebody may be kept from."""
    return frozenset(_readers)


def readable_records(
    access: Access, records: Iterable[tuple[str, UUID]]
) -> Mapping[tuple[str, UUID], tuple[str, str]]:
    """Of these (kind, id), those that this person may read, with (address, name). Asks each app once."""
    by_kind: dict[str, set[UUID]] = defaultdict(set)
    for kind, record_id in records:
        by_kind[kind].add(record_id)
    return {
        (kind, record_id): shown
        for kind, ids in by_kind.items()
        if kind in _readers
        for record_id, shown in _readers[kind](access, ids).items()
    }
