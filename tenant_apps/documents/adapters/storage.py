"""The store: where sealed documents lie. A folder on this machine, or S3.

A store never sees content or names. An object is `<school uuid>/<document uuid>`, written once and never
changed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Protocol
from uuid import UUID

from django.conf import settings


class StoreUnavailable(Exception):  # noqa: N818 -- named for what is so
    """The store does not answer, or has no room: nothing was stored, nothing can be said of what is."""


class ObjectMissing(Exception):  # noqa: N818 -- named for what is so
    """The store answers and has no such object."""


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object of a school."""

    document_id: UUID
    modified_at: datetime


class Writer(Protocol):
    """An object on its way into the store. Nothing can be read of it before `commit` returned."""

    def write(self, sealed: bytes) -> None: ...

    def commit(self) -> None: ...

    def abort(self) -> None:
        """Drop what is unfinished, as far as the store can be reached; never raises StoreUnavailable.

        A committed object stays: whether its row was committed may not be known, and the sweep finds out.
        """
        ...


class Store(Protocol):
    """All methods raise StoreUnavailable when the store is."""

    def writer(self, school_id: UUID, document_id: UUID) -> Writer: ...

    def read(self, school_id: UUID, document_id: UUID) -> Iterator[bytes]:
        """The sealed bytes; raises ObjectMissing before the first piece."""
        ...

    def delete(self, school_id: UUID, document_id: UUID) -> None:
        """Afterwards the object is not there, whether or not it was."""
        ...

    def objects(self, school_id: UUID) -> Iterator[StoredObject]: ...

    def sweep_unfinished(self, school_id: UUID, before: datetime) -> int:
        """Drop what a killed writer left half-way before this time; returns how many."""
        ...


def get_store() -> Store:
    """The store that the settings name: S3 when S3_BUCKET is set, else the folder."""
    if settings.S3_BUCKET:
        return _s3(
            settings.S3_BUCKET,
            settings.S3_ENDPOINT_URL or None,
            settings.S3_REGION,
            settings.S3_ACCESS_KEY_ID or None,
            settings.S3_SECRET_ACCESS_KEY or None,
        )
    if settings.DOCUMENTS_FOLDER:
        return _folder(str(settings.DOCUMENTS_FOLDER))
    raise StoreUnavailable("Neither S3_BUCKET nor DOCUMENTS_FOLDER is set.")


@lru_cache(maxsize=4)
def _folder(path: str) -> Store:
    from tenant_apps.documents.adapters.folder import FolderStore

    return FolderStore(path)


@lru_cache(maxsize=4)
def _s3(
    bucket: str, endpoint_url: str | None, region: str, access_key_id: str | None, secret: str | None
) -> Store:
    from tenant_apps.documents.adapters.s3 import S3Store

    return S3Store(
        bucket,
        endpoint_url=endpoint_url,
        region=region,
        access_key_id=access_key_id,
        secret_access_key=secret,
    )
