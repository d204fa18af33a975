"""`manage.py import_extract --school <schema or subdomain> FILE`: applies an extract, at once.

With `--holds pupils` or `--holds staff` FILE is a single spreadsheet, CSV or XLSX. Its columns are told by
their headings; `--column date_of_birth=Born` names one that cannot be.
"""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError

from core.access import SYSTEM
from core.tenancy import in_school
from tenant_apps.documents.services import UploadRefused
from tenant_apps.imports.enums import ImportForm, ImportSource, ImportState
from tenant_apps.imports.selectors import FaultLine, ImportView, get_import
from tenant_apps.imports.services import (
    ExtractRefusedError,
    UnmappedError,
    apply_import,
    discard_sheet,
    match_by_headings,
    receive_extract,
)
from tenants.management.naming import named_school

PIECE = 64 * 1024


class Command(BaseCommand):
    """Brings one extract of a school's MIS in, through the same job as an upload."""

    help = "Import an extract of a school's MIS: all of it, or nothing with the reasons."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--school", required=True, help="schema name or subdomain")
        parser.add_argument(
            "--holds",
            choices=[ImportForm.PUPILS.value, ImportForm.STAFF.value],
            help="FILE is a single spreadsheet of these",
        )
        parser.add_argument(
            "--column", action="append", default=[], metavar="NAME=HEADING", help="which column is which"
        )
        parser.add_argument("file", type=Path)

    def handle(
        self,
        *args: Any,
        school: str,
        file: Path,
        holds: str | None = None,
        column: list[str] | None = None,
        **options: Any,
    ) -> None:
        form = ImportForm(holds) if holds else ImportForm.EXTRACT
        headings = _headings(column or [])
        with in_school(named_school(school)):
            try:
                with file.open("rb") as stream:
                    import_id = receive_extract(
                        iter(lambda: stream.read(PIECE), b""),
                        file_name=file.name,
                        source=ImportSource.COMMAND,
                        form=form,
                        by=SYSTEM,
                    )
            except OSError as error:
                raise CommandError(f"{file}: {error.strerror}.") from None
            except UploadRefused as refusal:
                raise CommandError(refusal.sentence) from None
            if form != ImportForm.EXTRACT:
                self._match(import_id, headings)
            try:
                state = apply_import(import_id=import_id)
            except UploadRefused as refusal:
                # The store went away when a photograph was to be stored. The extract waits.
                raise CommandError(refusal.sentence) from None
            self._tell(get_import(SYSTEM, import_id), state)

    def _match(self, import_id: UUID, headings: dict[str, str]) -> None:
        try:
            match_by_headings(import_id=import_id, columns=headings, by=SYSTEM)
        except (UnmappedError, ExtractRefusedError) as refusal:
            discard_sheet(import_id=import_id, by=SYSTEM)
            if isinstance(refusal, UnmappedError):
                raise CommandError(str(refusal)) from None
            shown = refusal.faults.shown
            faults = [FaultLine(one.file, one.line, one.column, one.value, one.reason) for one in shown]
            raise CommandError("\n".join(map(_fault, faults))) from None

    def _tell(self, entry: ImportView, state: ImportState) -> None:
        for warning in entry.warnings:
            self.stdout.write(f"warning: {warning}")
        if state == ImportState.APPLIED:
            for line in entry.counts:
                told = ", ".join(f"{number} {word}" for word, number in line.numbers if number)
                self.stdout.write(f"{line.file}: {told or 'nothing new'}")
            return
        for fault in entry.faults:
            self.stderr.write(_fault(fault))
        if entry.faults_total > len(entry.faults):
            self.stderr.write(f"... {entry.faults_total} faults in all")
        raise CommandError(f"The extract was {state}: nothing was changed.")


def _headings(told: list[str]) -> dict[str, str]:
    pairs = [one.partition("=") for one in told]
    if any(not name or not heading for name, _, heading in pairs):
        raise CommandError("A column is named like this: --column date_of_birth=Born")
    return {name: heading for name, _, heading in pairs}


def _fault(fault: FaultLine) -> str:
    where = f"{fault.file}, line {fault.line}" if fault.line else fault.file
    column = f", {fault.column}" if fault.column else ""
    value = f" ({fault.value!r})" if fault.value else ""
    return f"{where}{column}{value}: {fault.reason}"
