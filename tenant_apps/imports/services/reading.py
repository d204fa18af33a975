"""Opens the ZIP of an extract without trusting it, and reads its files row by row.

Nothing is ever unpacked to a disk. Limits are checked by what the archive says of itself and again by what
comes out of it.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import json
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from tenant_apps.imports.enums import ExtractKind
from tenant_apps.imports.services.faults import Faults, refuse, storable
from tenant_apps.imports.services.layout import BY_FILE, NEEDED_IN_FULL, Layout

MAX_PACKED = 200 * 1024 * 1024
MAX_UNPACKED = 2 * 1024 * 1024 * 1024
MAX_RATIO = 100
MAX_MEMBERS = 10_000
MAX_MANIFEST = 1024 * 1024
MAX_ROWS = 5_000_000
LONGEST_LISTED = 10
FORMAT = "mis-extract/1"
MANIFEST = "manifest.json"
ZIP = "the ZIP"
PHOTO = re.compile(r"photos/[^/\\]{1,200}")
ENCRYPTED = 0x1
# What a member can raise that is not what it says it is.
DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    # Offsets before the beginning, numbers that are too large, names that are no text.
    ValueError,
    OverflowError,
    struct.error,
)
BROKEN = "The file is damaged inside the ZIP."
SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
PLAIN_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
Row = tuple[int, list[str]]


@dataclass(frozen=True, slots=True)
class FilePromise:
    """What the manifest says of one file."""

    rows: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The extract's account of itself."""

    kind: ExtractKind
    urn: str
    mis: str
    generated_at: datetime
    files: dict[str, FilePromise]

    @property
    def rows_total(self) -> int:
        return sum(promise.rows for promise in self.files.values())


@dataclass(slots=True)
class Extract:
    """An archive whose shape has been checked; its contents have not been read yet."""

    archive: zipfile.ZipFile
    manifest: Manifest
    warnings: list[str]

    def layouts(self) -> list[Layout]:
        """The files that are there, in the order in which they are read."""
        return [layout for file, layout in BY_FILE.items() if file in self.manifest.files]


@contextmanager
def open_extract(packed: IO[bytes]) -> Iterator[Extract]:
    """The extract in a seekable stream; raises ExtractRefusedError when it is not one."""
    packed.seek(0, io.SEEK_END)
    if packed.tell() > MAX_PACKED:
        raise refuse(ZIP, f"Larger than {MAX_PACKED // 1024**2} MB, which is the limit.")
    try:
        archive = zipfile.ZipFile(packed)
    except DAMAGED:
        raise refuse(ZIP, "This is not a ZIP file, or it is damaged.") from None
    with archive:
        warnings = _check_members(archive)
        manifest = _read_manifest(archive)
        _check_files(archive, manifest)
        yield Extract(archive, manifest, warnings)


def _check_members(archive: zipfile.ZipFile) -> list[str]:
    """Refuse whatever is no plain file of an extract; returns warnings about what is ignored."""
    members = archive.infolist()
    faults, unknown = Faults(), []
    if len(members) > MAX_MEMBERS:
        raise refuse(ZIP, f"More than {MAX_MEMBERS} files, which is the limit.")
    if sum(member.file_size for member in members) > MAX_UNPACKED:
        raise refuse(ZIP, f"More than {MAX_UNPACKED // 1024**3} GB unpacked, which is the limit.")
    seen: set[str] = set()
    for member in members:
        # What the archive itself says, before Python's reader mends it for this system.
        name = member.orig_filename
        if name in seen:
            faults.add(ZIP, "The same file stands in it twice.", value=name)
        seen.add(name)
        if stat.S_IFMT(member.external_attr >> 16) not in {0, stat.S_IFREG, stat.S_IFDIR}:
            faults.add(ZIP, "Links and special files are not allowed.", value=name)
        elif name == "photos/":
            continue
        elif any(sign in name for sign in "/\\\0:") or name in {"", ".", ".."}:
            if not PHOTO.fullmatch(name) or name.endswith(("/.", "/..")) or "\0" in name or ":" in name:
                faults.add(
                    ZIP, "Paths are not allowed: every file stands at the top, or in photos.", value=name
                )
        elif name != MANIFEST and name not in BY_FILE:
            unknown.append(name)
        if member.flag_bits & ENCRYPTED or member.compress_type not in PLAIN_METHODS:
            faults.add(ZIP, "Only plain and deflated files can be read, without a password.", value=name)
        if member.file_size > MAX_RATIO * max(member.compress_size, 1):
            faults.add(ZIP, f"Packed tighter than {MAX_RATIO} to 1, which is the limit.", value=name)
    faults.refuse_if_any()
    warnings = [f"The file “{name[:100]}” is unknown and was ignored." for name in unknown[:LONGEST_LISTED]]
    if len(unknown) > LONGEST_LISTED:
        warnings.append(f"{len(unknown):,} files in all are unknown and were ignored.")
    return warnings


def _read_manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        with archive.open(MANIFEST) as member:
            content = member.read(MAX_MANIFEST + 1)
    except KeyError:
        raise refuse(MANIFEST, "It is missing from the ZIP.") from None
    except DAMAGED:
        raise refuse(MANIFEST, "It is damaged.") from None
    if len(content) > MAX_MANIFEST:
        raise refuse(MANIFEST, "Larger than 1 MB, which is the limit.")
    try:
        told = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise refuse(MANIFEST, "It is not JSON in UTF-8.") from None
    return _manifest(told)


def _manifest(told: Any) -> Manifest:
    if not isinstance(told, dict):
        raise refuse(MANIFEST, "It is not a JSON object.")
    faults = Faults()
    if told.get("format") != FORMAT:
        faults.add(MANIFEST, f"Not {FORMAT}.", column="format", value=str(told.get("format", "")))
    if told.get("kind") not in ExtractKind.values:
        faults.add(MANIFEST, "Not full or changes.", column="kind", value=str(told.get("kind", "")))
    school = told.get("school")
    urn = school.get("urn") if isinstance(school, dict) else None
    if not isinstance(urn, str | int) or not str(urn):
        faults.add(MANIFEST, "The school's URN is missing.", column="school.urn")
    generated_at = _moment(told.get("generated_at"))
    if generated_at is None:
        faults.add(
            MANIFEST,
            "Not a date and time with its offset, like 2026-09-01T22:05:00+01:00.",
            column="generated_at",
            value=str(told.get("generated_at", "")),
        )
    files = told.get("files")
    promises: dict[str, FilePromise] = {}
    if not isinstance(files, dict):
        faults.add(MANIFEST, "The list of files is missing.", column="files")
        files = {}
    for name, promise in files.items():
        if name not in BY_FILE:
            continue
        rows = promise.get("rows") if isinstance(promise, dict) else None
        digest = promise.get("sha256") if isinstance(promise, dict) else None
        if (
            type(rows) is not int
            or rows < 0
            or not isinstance(digest, str)
            or not SHA256.fullmatch(digest.lower())
        ):
            faults.add(MANIFEST, "Rows and sha256 are not told.", column=f"files.{name}")
        elif rows > MAX_ROWS:
            faults.add(name, f"More than {MAX_ROWS:,} rows, which is the limit.", value=str(rows))
        else:
            promises[name] = FilePromise(rows, digest.lower())
    faults.refuse_if_any()
    assert generated_at is not None
    mis = told.get("mis")
    return Manifest(
        kind=ExtractKind(told["kind"]),
        urn=str(urn),
        mis=storable(mis[:200]) if isinstance(mis, str) else "",
        generated_at=generated_at,
        files=promises,
    )


def _moment(told: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(told)
        # Far enough from both ends of the calendar to be moved to any time zone.
        return moment if moment.tzinfo is not None and 2000 <= moment.year <= 2200 else None
    except (TypeError, ValueError):
        return None


def _check_files(archive: zipfile.ZipFile, manifest: Manifest) -> None:
    faults = Faults()
    present = {name for name in archive.namelist() if name in BY_FILE}
    for name in sorted(manifest.files.keys() - present):
        faults.add(name, "The manifest names it, but it is not in the ZIP.")
    for name in sorted(present - manifest.files.keys()):
        faults.add(name, "It is in the ZIP, but the manifest does not name it.")
    if manifest.kind == ExtractKind.FULL:
        for name in NEEDED_IN_FULL:
            if name not in present and name not in manifest.files:
                faults.add(name, "A full extract must have it.")
    faults.refuse_if_any()


class _Watched(io.RawIOBase):
    """The bytes of one member on their way to the reader, with their digest and number."""

    def __init__(self, member: IO[bytes]) -> None:
        self._member = member
        self.digest = hashlib.sha256()
        self.has_nul = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        content = self._member.read(len(buffer))
        self.digest.update(content)
        self.has_nul = self.has_nul or b"\0" in content
        buffer[: len(content)] = content
        return len(content)


@dataclass(slots=True)
class RowReader:
    """Rows on their way in: which file they are, the names of its columns, and what is wrong with them."""

    layout: Layout
    faults: Faults
    header: list[str]
    rows_read: int = 0

    @property
    def file(self) -> str:
        return self.layout.file


@dataclass(slots=True, kw_only=True)
class FileReader(RowReader):
    """One CSV file of an extract: its header first, then its rows with the line on which each begins."""

    extract: Extract


@contextmanager
def read_file(extract: Extract, layout: Layout, faults: Faults) -> Iterator[tuple[FileReader, Iterator[Row]]]:
    """The reader of one file and its rows. Faults of the file as a whole are added when the rows are read."""
    reader = FileReader(layout, faults, header=[], extract=extract)
    try:
        opened = extract.archive.open(layout.file)
    except DAMAGED:
        faults.add(layout.file, BROKEN)
        yield reader, iter(())
        return
    with opened as member:
        watched = _Watched(member)
        # newline="": the CSV reader itself knows quoted line breaks from the ends of rows.
        text = io.TextIOWrapper(io.BufferedReader(watched, 256 * 1024), encoding="utf-8-sig", newline="")
        rows = csv.reader(text, strict=True)
        try:
            reader.header = next(rows, [])
        except (csv.Error, *DAMAGED) as error:
            _add_broken(reader, error, line=1)
            yield reader, iter(())
            return
        yield reader, _rows(reader, rows, watched)


def _rows(reader: FileReader, rows: Any, watched: _Watched) -> Iterator[Row]:
    """The rows, then the comparison with what the manifest promised."""
    promise = reader.extract.manifest.files[reader.file]
    begin = rows.line_num + 1
    try:
        for cells in rows:
            if watched.has_nul:
                # The database takes no such text, and what is read ahead may hold it.
                break
            if cells:
                reader.rows_read += 1
                if reader.rows_read > promise.rows:
                    break
                yield begin, cells
            begin = rows.line_num + 1
    except (csv.Error, *DAMAGED) as error:
        _add_broken(reader, error, line=begin)
        return
    if watched.has_nul:
        reader.faults.add(reader.file, "There is a null byte in it.", line=_line_of_nul(reader))
    elif reader.rows_read != promise.rows:
        more = "more" if reader.rows_read > promise.rows else f"{reader.rows_read:,}"
        reader.faults.add(reader.file, f"The manifest says {promise.rows:,} rows; there are {more}.")
    elif watched.digest.hexdigest() != promise.sha256:
        reader.faults.add(reader.file, "Its content is not the one that the manifest names (sha256).")


def _add_broken(reader: FileReader, error: Exception, *, line: int) -> None:
    if isinstance(error, UnicodeDecodeError):
        reader.faults.add(reader.file, "This is not text in UTF-8.", line=_line_of_bad_text(reader))
    elif isinstance(error, csv.Error):
        reader.faults.add(reader.file, "Broken quotes or a cell that is too long.", line=line)
    else:
        reader.faults.add(reader.file, BROKEN, line=line)


def _line_of_bad_text(reader: FileReader) -> int:
    """The line of the first byte that is not UTF-8: read again, since the fast reader cannot tell."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines = 1
    with reader.extract.archive.open(reader.file) as member:
        for line in member:
            try:
                decoder.decode(line)
            except UnicodeDecodeError:
                return lines
            lines += 1
    return lines


def _line_of_nul(reader: FileReader) -> int:
    with reader.extract.archive.open(reader.file) as member:
        for number, line in enumerate(member, start=1):
            if b"\0" in line:
                return number
    return 0
