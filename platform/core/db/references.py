"""Whose rows name a record of a lower floor.

Categories and agencies know nothing of incidents or monitoring, and still may be deleted only while nobody
names them, and merged only with everything that names them. Apps above register here, in `AppConfig.ready`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from core.access.access import Access


class Refile(Protocol):
    """Brings an app's rows in step with a changed tree; answers how many records it changed."""

    def __call__(
        self, *, touching: Collection[UUID], moves: Mapping[UUID, UUID], by: Access, at: datetime | None
    ) -> int:
        """`touching` are the categories whose records to look at, `moves` those that became others."""


class Forget(Protocol):
    """Takes away an app's rows that hang on a record and are no use of it."""

    def __call__(self, record_id: UUID, *, by: Access, at: datetime | None) -> None:
        """Called before the record is deleted, and after it was merged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Referrer:
    """One app's answers about its rows.

    `used_among` is asked for lists and must be quick; `was_named` is asked once, before something is deleted
    for good, and looks at past states too. `forget` takes away rows that are no use of it, such as its
    permissions.
    """

    name: str
    used_among: Callable[[Collection[UUID]], AbstractSet[UUID]] | None = None
    was_named: Callable[[UUID], bool] | None = None
    forget: Forget | None = None
    refile: Refile | None = None


_referrers: dict[str, list[Referrer]] = {}


def register_referrer(kind: str, referrer: Referrer) -> None:
    """Let an app answer for records of a kind ("category", "agency"). Twice is ValueError."""
    known = _referrers.setdefault(kind, [])
    if any(other.name == referrer.name for other in known):
        raise ValueError(f"{referrer.name!r} answers for {kind!r} already.")
    known.append(referrer)


def used_among(kind: str, ids: Iterable[UUID]) -> set[UUID]:
    """Which of these records some app's rows name now. One query or two for each app, however many ids."""
    wanted = set(ids)
    found: set[UUID] = set()
    for referrer in _referrers.get(kind, []):
        if referrer.used_among is not None and wanted:
            found |= referrer.used_among(wanted)
    return found


def was_ever_named(kind: str, record_id: UUID) -> bool:
    """Whether some app's rows name the record, or did in a state that is kept."""
    return bool(used_among(kind, [record_id])) or any(
        referrer.was_named is not None and referrer.was_named(record_id)
        for referrer in _referrers.get(kind, [])
    )


def forget(kind: str, record_id: UUID, *, by: Access, at: datetime | None = None) -> None:
    """Take away what hangs on the record and is no use of it, before it is deleted or once it was merged."""
    for referrer in _referrers.get(kind, []):
        if referrer.forget is not None:
            referrer.forget(record_id, by=by, at=at)


def refile(
    kind: str,
    *,
    touching: Collection[UUID],
    moves: Mapping[UUID, UUID],
    by: Access,
    at: datetime | None = None,
) -> dict[str, int]:
    """Bring every app's rows in step with a tree that was changed in this transaction; records by app."""
    return {
        referrer.name: referrer.refile(touching=touching, moves=moves, by=by, at=at)
        for referrer in _referrers.get(kind, [])
        if referrer.refile is not None
    }
