"""Reads of imports, for administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import Http404

from core.access import Access
from shared_apps.people.selectors import names_of
from tenant_apps.imports.enums import ExtractKind, ImportSource, ImportState
from tenant_apps.imports.models import Import
from tenant_apps.imports.permissions import can_import

FILES = (
    "pupils.csv",
    "staff.csv",
    "groups.csv",
    "memberships.csv",
    "contacts.csv",
    "links.csv",
    "attendance.csv",
)
WORDS = ("read", "added", "changed", "ended", "archived", "returned", "disabled")
HISTORY = 25


@dataclass(frozen=True, slots=True)
class FaultLine:
    """Why an extract was refused, in one place of it."""

    file: str
    line: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class CountLine:
    """What became of one file."""

    file: str
    numbers: list[tuple[str, int]]

    @property
    def cells(self) -> list[str]:
        """The numbers under the columns WORDS; empty where a word does not apply."""
        known = dict(self.numbers)
        return [f"{known[word]:,}" if word in known else "" for word in WORDS]


@dataclass(frozen=True, slots=True)
class ImportView:
    """One import as its page and the history show it."""

    id: UUID
    file_name: str
    kind: str
    mis_name: str
    source: str
    state: ImportState
    generated_at: datetime | None
    uploaded_at: datetime
    uploaded_by: str
    started_at: datetime | None
    finished_at: datetime | None
    rows_total: int
    counts: list[CountLine]
    faults: list[FaultLine]
    faults_total: int
    warnings: list[str]

    @property
    def rows_told(self) -> str:
        return f"{self.rows_total:,}"

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None


def get_import(access: Access, import_id: UUID) -> ImportView:
    """One import; Http404 for everyone but administrators."""
    if not can_import(access):
        raise Http404
    entry = Import.objects.filter(pk=import_id).first()
    if entry is None:
        raise Http404
    return _views([entry])[0]


def recent_imports(access: Access, *, before: UUID | None = None) -> tuple[list[ImportView], UUID | None]:
    """A page of imports, newest first; the second value continues it as `before`, None at its end."""
    if not can_import(access):
        return [], None
    entries = Import.objects.order_by("-id").defer("faults")
    if before is not None:
        entries = entries.filter(pk__lt=before)
    found = list(entries[: HISTORY + 1])
    page = found[:HISTORY]
    return _views(page, with_faults=False), page[-1].pk if len(found) > HISTORY else None


def last_applied(access: Access) -> ImportView | None:
    """The import that the school's data stand on."""
    if not can_import(access):
        return None
    entry = Import.objects.filter(state=ImportState.APPLIED).defer("faults").order_by("-id").first()
    return _views([entry], with_faults=False)[0] if entry else None


def _views(entries: list[Import], *, with_faults: bool = True) -> list[ImportView]:
    names = names_of({entry.uploaded_by_id for entry in entries if entry.uploaded_by_id})
    return [
        ImportView(
            id=entry.pk,
            file_name=entry.file_name,
            kind=ExtractKind(entry.kind).label if entry.kind else "",
            mis_name=entry.mis_name,
            source=ImportSource(entry.source).label,
            state=ImportState(entry.state),
            generated_at=entry.generated_at,
            uploaded_at=entry.uploaded_at,
            uploaded_by=names[entry.uploaded_by_id].formal if entry.uploaded_by_id in names else "",
            started_at=entry.started_at,
            finished_at=entry.finished_at,
            rows_total=entry.rows_total,
            counts=[
                CountLine(
                    file, [(word, entry.counts[file][word]) for word in WORDS if word in entry.counts[file]]
                )
                for file in FILES
                if file in entry.counts
            ],
            faults=[FaultLine(**fault) for fault in entry.faults] if with_faults else [],
            faults_total=entry.faults_total,
            warnings=entry.warnings,
        )
        for entry in entries
    ]
