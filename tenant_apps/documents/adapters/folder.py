"""Sealed documents in a folder: whole or not there, on the disk before anybody is told so."""

import contextlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from uuid import UUID

from tenant_apps.documents.adapters.storage import ObjectMissing, StoredObject, StoreUnavailable

PIECE_BYTES = 256 * 1024
UNFINISHED = ".part"


class FolderStore:
    """`<folder>/<school>/<document>`, files 0600 in folders 0700."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def writer(self, school_id: UUID, document_id: UUID) -> "FolderWriter":
        try:
            home = self._home(school_id)
            home.mkdir(mode=0o700, parents=True, exist_ok=True)
            return FolderWriter(home / str(document_id))
        except OSError as fault:
            raise StoreUnavailable(_reason(fault)) from None

    def read(self, school_id: UUID, document_id: UUID) -> Iterator[bytes]:
        try:
            file = (self._home(school_id) / str(document_id)).open("rb", buffering=0)
        except FileNotFoundError:
            # A folder that is not mounted has lost no document.
            if not self._folder.is_dir():
                raise StoreUnavailable("The documents folder is not there.") from None
            raise ObjectMissing from None
        except OSError as fault:
            raise StoreUnavailable(_reason(fault)) from None
        return _pieces(file)

    def delete(self, school_id: UUID, document_id: UUID) -> None:
        try:
            (self._home(school_id) / str(document_id)).unlink(missing_ok=True)
        except OSError as fault:
            raise StoreUnavailable(_reason(fault)) from None

    def objects(self, school_id: UUID) -> Iterator[StoredObject]:
        for entry in self._entries(school_id):
            with contextlib.suppress(ValueError, FileNotFoundError):
                yield StoredObject(UUID(entry.name), _modified_at(entry))

    def sweep_unfinished(self, school_id: UUID, before: datetime) -> int:
        swept = 0
        for entry in self._entries(school_id):
            with contextlib.suppress(FileNotFoundError):
                if entry.name.endswith(UNFINISHED) and _modified_at(entry) < before:
                    Path(entry.path).unlink(missing_ok=True)
                    swept += 1
        return swept

    def _home(self, school_id: UUID) -> Path:
        return self._folder / str(school_id)

    def _entries(self, school_id: UUID) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self._home(school_id)) as entries:
                return list(entries)
        except FileNotFoundError:
            return []
        except OSError as fault:
            raise StoreUnavailable(_reason(fault)) from None


class FolderWriter:
    """Writes beside the final name and renames: a killed writer leaves a part that nobody reads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._part = path.with_name(path.name + UNFINISHED)
        # O_EXCL: an object is written once, and a planted link is not followed.
        self._file = os.open(self._part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        self._is_open = True

    def write(self, sealed: bytes) -> None:
        left = memoryview(sealed)
        try:
            while left:
                left = left[os.write(self._file, left) :]
        except OSError as fault:
            raise StoreUnavailable(_reason(fault)) from None

    def commit(self) -> None:
        try:
            os.fsync(self._file)
            self._close()
            self._part.rename(self._path)
            home = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(home)
            finally:
                os.close(home)
        except OSError as fault:
            raise StoreUnavailable(_reason(fault)) from None

    def abort(self) -> None:
        with contextlib.suppress(OSError):
            self._close()
            self._part.unlink(missing_ok=True)

    def _close(self) -> None:
        if self._is_open:
            self._is_open = False
            os.close(self._file)


def _pieces(file: FileIO) -> Iterator[bytes]:
    with file:
        try:
            while piece := file.read(PIECE_BYTES):
                yield piece
        except OSError as fault:
            raise StoreUnavailable(_reason(fault)) from None


def _modified_at(entry: "os.DirEntry[str]") -> datetime:
    return datetime.fromtimestamp(entry.stat(follow_symlinks=False).st_mtime, UTC)


def _reason(fault: OSError) -> str:
    return f"The documents folder refused: {os.strerror(fault.errno or 0)}."
