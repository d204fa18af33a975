"""Sealed documents in S3, or any server that speaks its protocol, through boto3."""

import contextlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from tenant_apps.documents.adapters.storage import ObjectMissing, StoredObject, StoreUnavailable

PIECE_BYTES = 256 * 1024
# S3 takes parts from 5 MiB and at most 10,000 of them.
PART_BYTES = 8 * 1024 * 1024
FAULTS = (BotoCoreError, ClientError)
NOT_THERE = {"NoSuchKey", "404", "NotFound"}


class S3Store:
    """`<school>/<document>` in one bucket. The bucket must exist, be private and have no public listing."""

    def __init__(
        self,
        bucket: str,
        *,
        endpoint_url: str | None,
        region: str,
        access_key_id: str | None,
        secret_access_key: str | None,
    ) -> None:
        self._bucket = bucket
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint_url,
            region_name=region,
            aws_access_key_id=access_key_id,
            aws_secret_access_key=secret_access_key,
            config=Config(
                connect_timeout=3,
                read_timeout=20,
                retries={"mode": "standard", "total_max_attempts": 2},
                # A server of one's own is addressed by path: its host has no names for buckets.
                s3={"addressing_style": "path" if endpoint_url else "auto"},
                # The seal authenticates every byte; not every server knows the newer checksums.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def writer(self, school_id: UUID, document_id: UUID) -> "S3Writer":
        return S3Writer(self._client, self._bucket, _name(school_id, document_id))

    def read(self, school_id: UUID, document_id: UUID) -> Iterator[bytes]:
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=_name(school_id, document_id))
        except FAULTS as fault:
            if _code(fault) in NOT_THERE:
                raise ObjectMissing from None
            raise StoreUnavailable(_reason(fault)) from None
        return _pieces(answer["Body"])

    def delete(self, school_id: UUID, document_id: UUID) -> None:
        try:
            self._client.delete_object(Bucket=self._bucket, Key=_name(school_id, document_id))
        except FAULTS as fault:
            raise StoreUnavailable(_reason(fault)) from None

    def objects(self, school_id: UUID) -> Iterator[StoredObject]:
        try:
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=f"{school_id}/"
            )
            for page in pages:
                for item in page.get("Contents", []):
                    with contextlib.suppress(ValueError):
                        yield StoredObject(UUID(item["Key"].partition("/")[2]), item["LastModified"])
        except FAULTS as fault:
            raise StoreUnavailable(_reason(fault)) from None

    def sweep_unfinished(self, school_id: UUID, before: datetime) -> int:
        swept = 0
        try:
            pages = self._client.get_paginator("list_multipart_uploads").paginate(
                Bucket=self._bucket, Prefix=f"{school_id}/"
            )
            for page in pages:
                for item in page.get("Uploads", []):
                    if item["Initiated"] < before:
                        self._client.abort_multipart_upload(
                            Bucket=self._bucket, Key=item["Key"], UploadId=item["UploadId"]
                        )
                        swept += 1
        except FAULTS as fault:
            raise StoreUnavailable(_reason(fault)) from None
        return swept


class S3Writer:
    """Holds one part in memory; a document shorter than a part is put in one go."""

    def __init__(self, client: Any, bucket: str, name: str) -> None:
        self._client = client
        self._where = {"Bucket": bucket, "Key": name}
        self._held = bytearray()
        self._upload_id: str | None = None
        self._parts: list[dict[str, object]] = []

    def write(self, sealed: bytes) -> None:
        self._held += sealed
        if len(self._held) >= PART_BYTES:
            self._send_part()

    def commit(self) -> None:
        try:
            if self._upload_id is None:
                self._client.put_object(**self._where, Body=bytes(self._held))
            else:
                if self._held:
                    self._send_part()
                self._client.complete_multipart_upload(
                    **self._where, UploadId=self._upload_id, MultipartUpload={"Parts": self._parts}
                )
        except FAULTS as fault:
            raise StoreUnavailable(_reason(fault)) from None
        self._upload_id = None

    def abort(self) -> None:
        with contextlib.suppress(*FAULTS):
            if self._upload_id is not None:
                self._client.abort_multipart_upload(**self._where, UploadId=self._upload_id)

    def _send_part(self) -> None:
        try:
            if self._upload_id is None:
                self._upload_id = self._client.create_multipart_upload(**self._where)["UploadId"]
            number = len(self._parts) + 1
            answer = self._client.upload_part(
                **self._where, UploadId=self._upload_id, PartNumber=number, Body=bytes(self._held)
            )
        except FAULTS as fault:
            raise StoreUnavailable(_reason(fault)) from None
        self._parts.append({"PartNumber": number, "ETag": answer["ETag"]})
        self._held.clear()


def _name(school_id: UUID, document_id: UUID) -> str:
    return f"{school_id}/{document_id}"


def _pieces(body: Any) -> Iterator[bytes]:
    try:
        yield from body.iter_chunks(PIECE_BYTES)
    except FAULTS as fault:
        raise StoreUnavailable(_reason(fault)) from None
    finally:
        body.close()


def _code(fault: BotoCoreError | ClientError) -> str:
    return str(fault.response.get("Error", {}).get("Code", "")) if isinstance(fault, ClientError) else ""


def _reason(fault: BotoCoreError | ClientError) -> str:
    # The fault's own text names the bucket and the address; the kind is enough to act on.
    return f"The object store refused: {_code(fault) or type(fault).__name__}."
