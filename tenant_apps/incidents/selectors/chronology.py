"""A student's chronology: newest on top, by keyset so that page 200 costs what page 1 does.

What was pinned stands above the first page, the latest pin first, and in no page by date.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.dateparse import parse_datetime

from core.access import Access
from tenant_apps.incidents.models import Incident
from tenant_apps.incidents.permissions import kept_for, listed_for
from tenant_apps.incidents.selectors.entries import entries_of
from tenant_apps.incidents.selectors.entry_values import Entry
from tenant_apps.incidents.selectors.log import PAGE, Log
from tenant_apps.incidents.selectors.searching import EVERYTHING, Search

# Not str.isdigit, which takes a raised 2 for a digit; int does not.
NUMBER = re.compile("[0-9]{1,9}")


@dataclass(frozen=True)
class Cursor:
    """The place of one entry in the order: its time, then its number. In addresses `time~number`."""

    happened_at: datetime
    number: int

    def __str__(self) -> str:
        return f"{self.happened_at.isoformat()}~{self.number}"

    @classmethod
    def read(cls, text: str | None) -> "Cursor | None":
        """The cursor in an address; None for a missing or spoilt one, which shows the first page."""
        time, _, number = (text or "").partition("~")
        try:
            happened_at = parse_datetime(time.replace(" ", "+"))
        except ValueError:
            return None
        if happened_at is None or happened_at.tzinfo is None or not NUMBER.fullmatch(number):
            return None
        return cls(happened_at, int(number))

    @classmethod
    def of(cls, incident: Incident) -> "Cursor":
        return cls(incident.happened_at, incident.number or 0)


@dataclass(frozen=True)
class ChronologyPage:
    """Up to 25 entries by date, with the places where the pages beside them begin; on the first also pins."""

    entries: list[Entry]
    newer: Cursor | None
    older: Cursor | None
    highlighted: UUID | None
    pinned: list[Entry] = field(default_factory=list)

    @property
    def shown(self) -> list[Entry]:
        """Everything on the page, from the top."""
        return [*self.pinned, *self.entries]


def chronology_page(
    access: Access,
    student_id: UUID,
    *,
    highlighted: UUID | None = None,
    older_than: Cursor | None = None,
    newer_than: Cursor | None = None,
    search: Search = EVERYTHING,
) -> ChronologyPage:
    """One page of the incidents that this person may see listed; the one with `highlighted` if given.

    With a `search` the pages are those of what it finds.
    """
    log = Log(access, student_id, reach=kept_for, search=search)
    if highlighted and not older_than and not newer_than:
        asked = log.incidents.filter(pk=highlighted).first()
        found, newer, older = _around(log, asked) if asked else _page(log, None, None)
        highlighted = asked.pk if asked and asked.deleted_at is None else None
    else:
        found, newer, older = _page(log, older_than, newer_than)
    pins = [] if newer else log.pinned
    entries = entries_of(access, [*pins, *found], for_student=student_id, with_deleted=True)
    # Where a pupil stands by reference only, nothing is said of why it was deleted either.
    shown = [entry for entry in entries if not (entry.removed and entry.is_reference)]
    return ChronologyPage(
        [entry for entry in shown if not entry.is_pinned],
        newer,
        older,
        highlighted,
        [entry for entry in shown if entry.is_pinned],
    )


def chronology_rows(access: Access, student_id: UUID, *, search: Search) -> list[Incident]:
    """The incidents of the first page by date of what a search finds, before anything is drawn of them."""
    return _page(Log(access, student_id, reach=listed_for, search=search), None, None)[0]


def whole_chronology(access: Access, student_id: UUID, *, search: Search = EVERYTHING) -> Iterator[Entry]:
    """Every entry of the student that this person may see listed: pins, then the newest first.

    With a `search` every one that it finds. Read a hundred at a time.
    """
    log = Log(access, student_id, reach=listed_for, search=search)
    yield from entries_of(access, log.pinned, for_student=student_id)
    incidents = log.by_date
    cursor: Cursor | None = None
    while True:
        rows = list((incidents.filter(_older(cursor)) if cursor else incidents)[:100])
        yield from entries_of(access, rows, for_student=student_id)
        if len(rows) < 100:
            return
        cursor = Cursor.of(rows[-1])


def _page(
    log: Log, older_than: Cursor | None, newer_than: Cursor | None
) -> tuple[list[Incident], Cursor | None, Cursor | None]:
    if newer_than:
        rows = list(log.by_date.filter(_newer(newer_than)).order_by("happened_at", "number")[: PAGE + 1])
        found = list(reversed(rows[:PAGE]))
        has_newer, has_older = len(rows) > PAGE, bool(found)
    else:
        rows = list(log.by_date.filter(_older(older_than))[: PAGE + 1]) if older_than else log.newest
        found = rows[:PAGE]
        has_newer, has_older = older_than is not None, len(rows) > PAGE
    return (
        found,
        Cursor.of(found[0]) if found and has_newer else None,
        Cursor.of(found[-1]) if found and has_older else None,
    )


def _around(log: Log, asked: Incident) -> tuple[list[Incident], Cursor | None, Cursor | None]:
    """The first page if it holds the entry asked for; else the page with twelve newer entries above it."""
    first, newer, older = _page(log, None, None)
    incidents = log.by_date
    if asked in first or not incidents.filter(pk=asked.pk).exists():
        return first, newer, older
    place = Cursor.of(asked)
    above = list(incidents.filter(_newer(place)).order_by("happened_at", "number")[:13])
    rows = list(incidents.filter(_older(place))[: PAGE - 12])
    found = [*reversed(above[:12]), asked, *rows[: PAGE - 13]]
    return (
        found,
        Cursor.of(found[0]) if len(above) > 12 else None,
        Cursor.of(found[-1]) if len(rows) > PAGE - 13 else None,
    )


def _older(than: Cursor) -> Q:
    return Q(happened_at__lt=than.happened_at) | Q(happened_at=than.happened_at, number__lt=than.number)


def _newer(than: Cursor) -> Q:
    return Q(happened_at__gt=than.happened_at) | Q(happened_at=than.happened_at, number__gt=than.number)
