"""How far an import is. It is told through Valkey, since the import itself is one transaction."""

from __future__ import annotations

import time
from dataclasses import dataclass
from uuid import UUID

from django.core.cache import cache

KEPT_SECONDS = 3600
SECONDS_BETWEEN = 0.5


@dataclass(frozen=True, slots=True)
class Progress:
    """Rows done of rows in all."""

    done: int
    total: int

    @property
    def percentage(self) -> int:
        return min(100, 100 * self.done // self.total) if self.total else 0


class Teller:
    """Tells the progress of one import, at most twice a second."""

    def __init__(self, import_id: UUID, total: int) -> None:
        self._key, self._total = _key(import_id), total
        self._told, self._before = 0.0, 0
        self.tell(0)

    def begin(self, before: int) -> None:
        """A file begins after so many rows of others."""
        self._before = before

    def tell(self, done: int) -> None:
        """So many rows of this file are done."""
        moment = time.monotonic()
        if moment - self._told >= SECONDS_BETWEEN:
            self._told = moment
            cache.set(self._key, [self._before + done, self._total], KEPT_SECONDS)


def progress_of(import_id: UUID) -> Progress | None:
    """The progress of an import under way; None when none is known (Valkey may have been lost)."""
    told = cache.get(_key(import_id))
    return Progress(*told) if told else None


def forget_progress(import_id: UUID) -> None:
    cache.delete(_key(import_id))


def _key(import_id: UUID) -> str:
    return f"imports:progress:{import_id}"
