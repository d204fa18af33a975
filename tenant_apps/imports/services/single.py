"""A single spreadsheet on its way in: stored, its columns matched by a person, then applied like an extract
of changes. It archives nobody, and has no age that would stand in an extract's way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from tenant_apps.imports.enums import Decision, ImportState
from tenant_apps.imports.models import Import
from tenant_apps.imports.permissions import can_import
from tenant_apps.imports.services.faults import ExtractRefusedError, Fault, Faults
from tenant_apps.imports.services.mapping import (
    Mapped,
    UnmappedError,
    columns_of,
    guessed,
    layout_for,
    mapped,
    mapped_rows,
)
from tenant_apps.imports.services.packed import OWNER_KIND, packed
from tenant_apps.imports.services.progress import Teller
from tenant_apps.imports.services.reading import RowReader
from tenant_apps.imports.services.sheets import Sheet, read_sheet
from tenant_apps.imports.services.staging import fill_stage, make_stages
from tenant_apps.imports.services.validation import checked, find_repeated_rows


class NotMappingError(ValidationError):
    """Its columns were matched by somebody else, or it is applied or rejected already."""

    def __init__(self) -> None:
        super().__init__("Somebody has done this in the meantime. Nothing was changed by you.")


@dataclass(frozen=True, slots=True)
class Headings:
    """What a spreadsheet begins with: its headings, and what each probably is."""

    headings: list[str]
    guessed: dict[str, int]
    rows: int


@dataclass(frozen=True, slots=True)
class StagedSheet:
    """What of a spreadsheet stands in the temporary tables: the columns and the number of rows."""

    file: str
    columns: list[str]
    rows: int
    today: date


@transaction.atomic
def match_by_headings(
    *, import_id: UUID, columns: Mapping[str, str], by: Access, at: datetime | None = None
) -> None:
    """Match the columns of a spreadsheet by their headings; `columns` names headings for those that cannot be
    told by them. Raises like match_columns."""
    if not can_import(by):
        raise PermissionDenied
    entry = _waiting(import_id)
    header = _sheet(entry).header
    places = guessed(entry.form, header)
    known = {column.name for column in columns_of(entry.form)}
    for name, heading in columns.items():
        if heading not in header or name not in known:
            raise UnmappedError(f"There is no column “{name if heading in header else heading}”.")
        places[name] = header.index(heading)
    _match(entry, places, header, by, at)


def headings_of(*, import_id: UUID) -> Headings:
    """The headings of a spreadsheet that waits for its columns; raises ExtractRefusedError when it cannot be
    read, and NotMappingError when nobody is asked any more."""
    entry = _waiting(import_id)
    sheet = _sheet(entry)
    return Headings(sheet.header, guessed(entry.form, sheet.header), len(sheet.rows))


@transaction.atomic
def match_columns(
    *, import_id: UUID, places: Mapping[str, int], by: Access, at: datetime | None = None
) -> None:
    """Keep which column is which, after which the spreadsheet waits to be applied.

    Raises UnmappedError naming what is missing, NotMappingError, and ExtractRefusedError.
    """
    if not can_import(by):
        raise PermissionDenied
    entry = _waiting(import_id)
    _match(entry, places, _sheet(entry).header, by, at)


@transaction.atomic
def discard_sheet(*, import_id: UUID, by: Access, at: datetime | None = None) -> None:
    """Reject a spreadsheet whose columns nobody wants to match. Raises NotMappingError."""
    if not can_import(by):
        raise PermissionDenied
    entry = _waiting(import_id)
    moment = at or now()
    entry.state, entry.decision, entry.decided_by_id = ImportState.REJECTED, Decision.REJECT, by.user_id
    entry.decided_at = entry.finished_at = moment
    entry.save()
    detail = {"decision": Decision.REJECT}
    record("extract.decided", by=by, record=(OWNER_KIND, import_id), detail=detail, at=at)


def stage_sheet(entry: Import, teller: Teller) -> StagedSheet:
    """Put the rows into their temporary table. ExtractRefusedError names the spreadsheet's own columns."""
    mapping: Mapped = {name: (place, heading) for name, (place, heading) in (entry.mapping or {}).items()}
    layout = layout_for(entry.form, mapping)
    # A spreadsheet says what is so on the day it is handed in.
    today = timezone.localtime(entry.uploaded_at).date()
    sheet = _sheet(entry)
    faults = Faults()
    reader = RowReader(layout, faults, header=list(mapping))
    make_stages()
    try:
        teller.begin(0)
        rows = mapped_rows(sheet.rows, mapping, layout)
        fill_stage(layout.stage, checked(reader, rows, tell=teller.tell, today=today))
        faults.refuse_if_any()
        find_repeated_rows(layout, faults)
        faults.refuse_if_any()
    except ExtractRefusedError as refused:
        refused.faults.shown = [
            _as_in_sheet(fault, entry.file_name, mapping) for fault in refused.faults.shown
        ]
        raise
    return StagedSheet(layout.file, list(mapping), len(sheet.rows), today)


def _match(
    entry: Import, places: Mapping[str, int], header: list[str], by: Access, at: datetime | None
) -> None:
    if any(not 0 <= place < len(header) for place in places.values()):
        raise UnmappedError("There is no such column.")
    entry.mapping = mapped(entry.form, places, header)
    entry.state = ImportState.WAITING
    entry.save(update_fields=["mapping", "state"])
    detail = {"columns": sorted(entry.mapping)}
    record("extract.columns_matched", by=by, record=(OWNER_KIND, entry.pk), detail=detail, at=at)


def _waiting(import_id: UUID) -> Import:
    entry = Import.objects.filter(pk=import_id).first()
    if entry is None or entry.state != ImportState.MAPPING:
        raise NotMappingError
    return entry


def _sheet(entry: Import) -> Sheet:
    return read_sheet(packed(entry), name=entry.file_name)


def _as_in_sheet(fault: Fault, name: str, mapping: Mapped) -> Fault:
    columns = [mapping[one][1] if one in mapping else one for one in fault.column.split(", ")]
    return replace(fault, file=name, column=", ".join(columns))
