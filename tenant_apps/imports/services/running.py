"""Receives extracts and applies them: all of one, or nothing."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol, cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.utils import timezone

from core.access import SYSTEM, Access
from core.audit.services import record
from core.db.clock import now
from core.db.keys import uuid7
from core.outbox.services import owe
from core.tenancy import current_school
from tenant_apps.documents.services import receive
from tenant_apps.imports.enums import ExtractKind, ImportForm, ImportSource, ImportState
from tenant_apps.imports.models import Import
from tenant_apps.imports.permissions import can_import
from tenant_apps.imports.services.ctf import is_ctf, read_ctf, stage_ctf
from tenant_apps.imports.services.ctf_layout import TransferFile
from tenant_apps.imports.services.faults import ExtractHeldError, ExtractRefusedError, Faults, refuse
from tenant_apps.imports.services.layout import BY_FILE
from tenant_apps.imports.services.merging import Counts, Merge
from tenant_apps.imports.services.packed import OWNER_KIND, packed
from tenant_apps.imports.services.photos import Photos
from tenant_apps.imports.services.progress import Teller, forget_progress
from tenant_apps.imports.services.reading import (
    MANIFEST,
    MAX_PACKED,
    ZIP,
    Extract,
    Manifest,
    open_extract,
    read_file,
)
from tenant_apps.imports.services.sheets import MAX_SHEET
from tenant_apps.imports.services.single import stage_sheet
from tenant_apps.imports.services.staging import drop_stages, fill_stage, make_stages
from tenant_apps.imports.services.validation import check_header, checked, find_repeated_rows

if TYPE_CHECKING:
    from tenants.models import School

TOPIC = "imports.apply"
# A clock that is wrong by a zone, a day or a month is forgiven; a wrong year would end all imports.
FARTHEST_AHEAD = timedelta(days=35)
FINISHED = {ImportState.APPLIED, ImportState.REFUSED, ImportState.HELD, ImportState.REJECTED}


class StoredExtract(Protocol):
    """What the documents say of a file they have stored."""

    id: UUID
    name: str
    size: int
    sha256: str


def receive_extract(
    content: Iterable[bytes],
    *,
    file_name: str,
    source: ImportSource,
    by: Access,
    form: ImportForm = ImportForm.EXTRACT,
    at: datetime | None = None,
) -> UUID:
    """Store an extract or a spreadsheet, encrypted as it comes, and note it as waiting; the import's id.

    It is not applied by this: call apply_import, or queue_import for a worker to do it. Raises UploadRefused
    of the documents when it is too large or cannot be stored.
    """
    if not can_import(by):
        raise PermissionDenied
    import_id = uuid7()
    owner = OWNER_KIND, import_id
    document = receive(content, name=file_name, owner=owner, by=by, max_bytes=most_bytes(form))
    note_extract(import_id=import_id, document=document, source=source, by=by, form=form, at=at)
    return import_id


def most_bytes(form: ImportForm) -> int:
    """How large what is handed in may be."""
    return MAX_PACKED if form == ImportForm.EXTRACT else MAX_SHEET


@transaction.atomic
def note_extract(
    *,
    import_id: UUID,
    document: StoredExtract,
    source: ImportSource,
    by: Access,
    form: ImportForm = ImportForm.EXTRACT,
    at: datetime | None = None,
) -> None:
    """Note what has been stored for this import: an extract waits for a worker, a single spreadsheet for its
    columns."""
    if not can_import(by):
        raise PermissionDenied
    Import.objects.create(
        id=import_id,
        file_name=document.name,
        size=document.size,
        sha256=document.sha256,
        uploaded_by_id=by.user_id,
        uploaded_at=at or now(),
        source=source,
        document_id=document.id,
        form=form,
        state=ImportState.WAITING if form == ImportForm.EXTRACT else ImportState.MAPPING,
    )
    record("extract.received", by=by, record=(OWNER_KIND, import_id), detail={"source": source}, at=at)


@transaction.atomic
def queue_import(*, import_id: UUID) -> None:
    """Have a worker apply a waiting extract."""
    owe(TOPIC, key=str(import_id), payload={"import": str(import_id)})


def apply_import(*, import_id: UUID, at: datetime | None = None) -> ImportState:
    """Apply a waiting extract in one transaction; what became of it.

    Refused or held, it changes nothing, and says why on the import. Harmless twice. Imports of one school
    run one after the other.
    """
    moment = at or now()
    started_at = now()
    told: dict[str, Any] = {}
    try:
        with transaction.atomic():
            entry = _begin(import_id)
            if entry.state in FINISHED or entry.state == ImportState.MAPPING:
                return ImportState(entry.state)
            warnings: list[str] = []
            counts = _apply(entry, warnings, told, moment)
            told |= {"counts": counts, "warnings": warnings, "differences": None}
            _finish(entry, ImportState.APPLIED, started_at, moment, **told)
    except ExtractRefusedError as refused:
        faults = refused.faults
        state = ImportState.REFUSED
        told |= {"faults": faults.as_json(), "faults_total": faults.total, "differences": None}
    except ExtractHeldError as held:
        state = ImportState.HELD
        told |= {"warnings": held.reasons, "counts": held.counts, "differences": held.differences}
        told |= {"decision": "", "decided_by": None, "decided_at": None}
    else:
        forget_progress(import_id)
        return ImportState.APPLIED
    with transaction.atomic():
        _finish(_begin(import_id), state, started_at, moment, **told)
    forget_progress(import_id)
    return state


@transaction.atomic
def give_up(*, import_id: UUID) -> None:
    """Refuse an extract whose import failed time and again for a reason that is not in the extract."""
    entry = _begin(import_id)
    if entry.state not in FINISHED:
        faults = Faults()
        faults.add(ZIP, "It could not be read for a technical reason. Upload it again, or contact support.")
        moment = now()
        _finish(
            entry, ImportState.REFUSED, moment, moment, faults=faults.as_json(), faults_total=faults.total
        )


def _begin(import_id: UUID) -> Import:
    """The import, alone: the lock lets readers and other writers pass, but no second import."""
    with connection.cursor() as cursor:
        table = Import._meta.db_table  # noqa: SLF001 -- Django's documented way to a table's name
        cursor.execute(f"LOCK TABLE {table} IN SHARE UPDATE EXCLUSIVE MODE")
    return Import.objects.get(pk=import_id)


def _finish(entry: Import, state: ImportState, started_at: datetime, at: datetime, **told: object) -> None:
    entry.state = state
    entry.started_at = started_at
    entry.finished_at = max(at, started_at)
    for name, value in told.items():
        setattr(entry, name, value)
    entry.save()
    totals: dict[str, int] = {}
    for counts in (entry.counts or {}).values() if state == ImportState.APPLIED else ():
        for word, number in counts.items():
            totals[word] = totals.get(word, 0) + number
    detail = {**totals, "faults": entry.faults_total}
    record(f"extract.{state}", by=SYSTEM, record=(OWNER_KIND, entry.pk), detail=detail, at=at)


def _apply(entry: Import, warnings: list[str], told: dict[str, Any], at: datetime) -> Counts:
    """Merge what was handed in; what became of each file. `told` gets what it says of itself."""
    if entry.form in {ImportForm.PUPILS, ImportForm.STAFF}:
        counts = _apply_sheet(entry, told, at)
    elif is_ctf(content := packed(entry)):
        counts = _apply_ctf(entry, content, warnings, told, at)
    else:
        counts = _apply_extract(entry, content, warnings, told, at)
    with connection.cursor() as cursor:
        # What is checked at the end of a transaction must fail in here, where it still changes nothing.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    drop_stages()
    return counts


def _apply_sheet(entry: Import, told: dict[str, Any], at: datetime) -> Counts:
    sheet = stage_sheet(entry, Teller(entry.pk, entry.rows_total))
    told |= {"kind": ExtractKind.CHANGES, "rows_total": sheet.rows}
    merge = Merge(
        columns={sheet.file: sheet.columns},
        is_full=False,
        today=sheet.today,
        at=at,
        by=SYSTEM,
        decision=entry.decision,
        shown=entry.differences or {},
        answers=entry.answers or {},
        # Whoever has no number of the MIS is known by less than that.
        asks_by_name="mis_id" not in sheet.columns,
    )
    return _with_read(merge, {sheet.file: sheet.rows})


def _apply_ctf(
    entry: Import, content: io.BytesIO, warnings: list[str], told: dict[str, Any], at: datetime
) -> Counts:
    told["form"] = ImportForm.CTF
    # What another school knew is so until the school's own MIS says otherwise.
    today = timezone.localtime(entry.uploaded_at).date()
    found = read_ctf(content, name=entry.file_name, today=today)
    parts = found.parts()
    rows = sum(len(part) for _, _, part in parts)
    told |= {"kind": ExtractKind.CHANGES, "mis_name": found.supplier[:200], "rows_total": rows}
    _check_receiver(found, entry.file_name)
    make_stages()
    stage_ctf(found, name=entry.file_name, teller=Teller(entry.pk, rows), today=today)
    warnings.append("Assessments, disabilities, care authority and learner number in it were not read.")
    merge = Merge(
        columns={layout.file: list(columns) for layout, columns, _ in parts},
        is_full=False,
        today=today,
        at=at,
        by=SYSTEM,
        decision=entry.decision,
        shown=entry.differences or {},
        answers=entry.answers or {},
        asks_by_name=True,
        fills_gaps_only=True,
    )
    return _with_read(merge, {layout.file: len(part) for layout, _, part in parts})


def _apply_extract(
    entry: Import, content: io.BytesIO, warnings: list[str], told: dict[str, Any], at: datetime
) -> Counts:
    with open_extract(content) as extract:
        manifest = extract.manifest
        told |= {
            "kind": manifest.kind,
            "mis_name": manifest.mis,
            "generated_at": manifest.generated_at,
            "rows_total": manifest.rows_total,
        }
        warnings += extract.warnings
        _check_school(manifest)
        _check_age(manifest, entry.uploaded_at)
        make_stages()
        today = timezone.localtime(manifest.generated_at).date()
        columns, read = _stage(extract, Teller(entry.pk, manifest.rows_total), warnings, today)
        merge = Merge(
            columns=columns,
            is_full=manifest.kind == ExtractKind.FULL,
            today=today,
            at=at,
            by=SYSTEM,
            decision=entry.decision,
            shown=entry.differences or {},
            answers=entry.answers or {},
            photos=Photos(extract.archive) if "photo" in columns.get("pupils.csv", ()) else None,
        )
        counts = _with_read(merge, read)
        if merge.photos:
            warnings += merge.photos.left_over()
    return counts


def _with_read(merge: Merge, read: dict[str, int]) -> Counts:
    """Run the merge; its counts with the number of rows that were read of each file."""
    try:
        counts = merge.run()
    except ExtractHeldError as held:
        held.counts = {file: {"read": read[file], **held.counts.get(file, {})} for file in read}
        raise
    return {file: {"read": read[file], **counts.get(file, {})} for file in read}


def _stage(
    extract: Extract, teller: Teller, warnings: list[str], today: date
) -> tuple[dict[str, list[str]], dict[str, int]]:
    """Read every file into its stage; each file's columns and rows. Raises ExtractRefusedError at the end."""
    faults = Faults()
    columns: dict[str, list[str]] = {}
    read: dict[str, int] = {}
    for layout in extract.layouts():
        before, done = faults.total, sum(read.values())
        with read_file(extract, layout, faults) as (reader, rows):
            warnings += check_header(reader)
            if faults.total > before:
                continue
            teller.begin(done)
            fill_stage(layout.stage, checked(reader, rows, tell=teller.tell, today=today))
        columns[layout.file], read[layout.file] = reader.header, reader.rows_read
    faults.refuse_if_any()
    for file in columns:
        find_repeated_rows(BY_FILE[file], faults)
    faults.refuse_if_any()
    return columns, read


def _check_school(manifest: Manifest) -> None:
    school = cast("School", current_school())
    if manifest.urn.strip() != school.urn.strip():
        raise refuse(MANIFEST, "This extract is of another school.", column="school.urn", value=manifest.urn)


def _check_receiver(found: TransferFile, name: str) -> None:
    school = cast("School", current_school())
    here = (school.la_number.strip(), school.establishment_number.strip())
    if found.urn.strip() not in {"", school.urn.strip()} or (found.la, found.establishment) != here:
        told = f"{found.la}/{found.establishment}"
        raise refuse(name, "This file is for another school.", column="DestSchool", value=told)


def _check_age(manifest: Manifest, received_at: datetime) -> None:
    if manifest.generated_at > received_at + FARTHEST_AHEAD:
        raise refuse(
            MANIFEST,
            "It says that it was made in the future: every extract after it would be too old.",
            column="generated_at",
            value=manifest.generated_at.isoformat(),
        )
    last = (
        Import.objects.filter(state=ImportState.APPLIED, generated_at__isnull=False)
        .order_by("-generated_at")
        .values_list("generated_at", flat=True)
        .first()
    )
    if last is not None and manifest.generated_at < last:
        raise refuse(
            MANIFEST,
            f"Older than the last applied extract, made at {timezone.localtime(last):%d/%m/%Y %H:%M}.",
            column="generated_at",
            value=manifest.generated_at.isoformat(),
        )
