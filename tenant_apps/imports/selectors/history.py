"""Reads of imports, for administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import Http404

from core.access import Access
from shared_apps.people.selectors import names_of
from tenant_apps.imports.enums import (
    Decision,
    ExtractKind,
    ImportForm,
    ImportSource,
    ImportState,
)
from tenant_apps.imports.models import ExtractToken, Import
from tenant_apps.imports.permissions import can_import, may_name_pupils
from tenant_apps.students.selectors import StudentListItem, students_to_check

FILES = (
    "pupils.csv",
    "staff.csv",
    "groups.csv",
    "memberships.csv",
    "contacts.csv",
    "links.csv",
    "attendance.csv",
    "school history",
    "attendance elsewhere",
)
WORDS = ("read", "added", "changed", "ended", "archived", "returned", "disabled", "photos")
HISTORY = 25
ODD_SHOWN = 50
FROM_A_MIS = {ImportForm.EXTRACT, ImportForm.CTF}


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
    form: ImportForm
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
    decision: str
    decided_at: datetime | None
    decided_by: str
    extract_removed_at: datetime | None

    @property
    def rows_told(self) -> str:
        return f"{self.rows_total:,}"

    @property
    def told(self) -> str:
        """What it did, or while it is held would do, all files together: "2 added, 1 archived"."""
        numbers = [pair for line in self.counts for pair in line.numbers]
        totals = {word: sum(number for one, number in numbers if one == word) for word in WORDS[1:]}
        return (
            ", ".join(f"{total:,} {word}" for word, total in totals.items() if total) or "nothing to change"
        )

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
    entries = Import.objects.order_by("-id").defer("faults", "differences")
    if before is not None:
        entries = entries.filter(pk__lt=before)
    found = list(entries[: HISTORY + 1])
    page = found[:HISTORY]
    return _views(page, with_faults=False), page[-1].pk if len(found) > HISTORY else None


def last_applied(access: Access) -> ImportView | None:
    """The import that the school's data stand on."""
    if not can_import(access):
        return None
    entry = (
        Import.objects.filter(state=ImportState.APPLIED, form=ImportForm.EXTRACT)
        .defer("faults", "differences")
        .order_by("-generated_at", "-id")
        .first()
    )
    return _views([entry], with_faults=False)[0] if entry else None


def odd_students(access: Access) -> tuple[list[StudentListItem], int]:
    """Students in whose data imports found something odd: the first of those whom this administrator may see,
    and how many they are."""
    if not (can_import(access) and may_name_pupils(access)):
        return [], 0
    return students_to_check(access, limit=ODD_SHOWN)


def is_overtaken(generated_at: datetime | None) -> bool:
    """Whether an extract newer than one made at this moment was applied."""
    newer = Import.objects.filter(state=ImportState.APPLIED)
    return generated_at is not None and newer.filter(generated_at__gt=generated_at).exists()


@dataclass(frozen=True, slots=True)
class TokenView:
    """The token in force, as far as anybody sees it again."""

    ending: str
    created_at: datetime
    created_by: str
    last_used_at: datetime | None


def token_in_force(access: Access) -> TokenView | None:
    """What is known of the school's token; for administrators, and None when there is none."""
    if not can_import(access):
        return None
    token = ExtractToken.objects.filter(ended_at=None).order_by("-id").first()
    if token is None:
        return None
    makers = names_of([token.created_by_id])
    return TokenView(
        ending=token.ending,
        created_at=token.created_at,
        created_by=makers[token.created_by_id].formal if token.created_by_id in makers else "",
        last_used_at=token.last_used_at,
    )


def _views(entries: list[Import], *, with_faults: bool = True) -> list[ImportView]:
    names = names_of(
        {
            user_id
            for entry in entries
            for user_id in (entry.uploaded_by_id, entry.decided_by_id)
            if user_id is not None
        }
    )
    return [
        ImportView(
            id=entry.pk,
            file_name=entry.file_name,
            form=ImportForm(entry.form),
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
                    file if entry.form in FROM_A_MIS else entry.file_name,
                    [(word, entry.counts[file][word]) for word in WORDS if word in entry.counts[file]],
                )
                for file in FILES
                if file in entry.counts
            ],
            faults=[FaultLine(**fault) for fault in entry.faults] if with_faults else [],
            faults_total=entry.faults_total,
            warnings=entry.warnings,
            decision=Decision(entry.decision).label if entry.decision else "",
            decided_at=entry.decided_at,
            decided_by=names[entry.decided_by_id].formal if entry.decided_by_id in names else "",
            extract_removed_at=entry.extract_removed_at,
        )
        for entry in entries
    ]
