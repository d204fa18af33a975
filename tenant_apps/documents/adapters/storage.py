"""The store: where sealed documents lie. A folder on this machine, or S3.

A store never sees content or names. An object is `<school uuid>/<document uuid>`, written once and never
changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID


class StoreUnavailable(Exception):  # noqa: N818 -- named for what is so
    """The store does not answer, or has no room: nothing was stored, nothing can be said of what is."""


class ObjectMissing(Exception):  # noqa: N818 -- named for what is so
    """The store answers and has no such object."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object of a school."""

    document_id: UUID
    modified_at: datetime


class Writer(Protocol):
    """An object on its way into the store. Nothing can be read of it before `commit` returned."""

    def write(self, sealed: bytes) -> None: ...

    def commit(self) -> None: ...

    def abort(self) -> None:
        """Drop what is unfinished, as far as the store can be reached; never raises StoreUnavailable.

        A committed object stays: whether its row was committed may not be known, and the sweep finds out.
        """
        ...


class Store(Protocol):
    """All methods raise StoreUnavailable when the store is."""

    def writer(self, school_id: UUID, document_id: UUID) -> Writer: ...

    def read(self, school_id: UUID, document_id: UUID) -> Iterator[bytes]:
        """The sealed bytes; raises ObjectMissing before the first piece."""
        ...

    def delete(self, school_id: UUID, document_id: UUID) -> None:
        """Afterwards the object is not there, whether or not it was."""
        ...

    def objects(self, school_id: UUID) -> Iterator[StoredObject]: ...

    def sweep_unfinished(self, school_id: UUID, before: datetime) -> int:
        """Drop what a killed writer left half-way before this time; returns how many."""
        ...
