"""Both stores keep the same promises: whole or not there, per school, said so when away."""

import os
import secrets
import stat
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from tenant_apps.documents.adapters.folder import FolderStore
from tenant_apps.documents.adapters.s3 import PART_BYTES, S3Store
from tenant_apps.documents.adapters.storage import ObjectMissing, StoreUnavailable


def _put(store, school_id, document_id, *pieces: bytes) -> None:
    writer = store.writer(school_id, document_id)
    for piece in pieces:
        writer.write(piece)
    writer.commit()


@pytest.fixture
def school_id():
    return uuid4()


@pytest.fixture
def document_id():
    return uuid4()


@pytest.mark.parametrize("size", [1, 70_000, PART_BYTES, 2 * PART_BYTES + 5])
@pytest.mark.spec("DOC-11")
def test_store_gives_back_what_was_written(store, school_id, document_id, size):
    content = secrets.token_bytes(size)
    _put(store, school_id, document_id, content[: size // 2], content[size // 2 :])
    assert b"".join(store.read(school_id, document_id)) == content


def test_nothing_can_be_read_before_the_commit(store, school_id, document_id):
    writer = store.writer(school_id, document_id)
    writer.write(bytes(2 * PART_BYTES))
    with pytest.raises(ObjectMissing):
        store.read(school_id, document_id)
    writer.abort()
    with pytest.raises(ObjectMissing):
        store.read(school_id, document_id)
    assert list(store.objects(school_id)) == []


@pytest.mark.spec("TEN-08")
def test_objects_of_another_school_are_not_listed_read_or_deleted(store, school_id, document_id):
    other = uuid4()
    _put(store, other, document_id, b"theirs")
    assert list(store.objects(school_id)) == []
    with pytest.raises(ObjectMissing):
        store.read(school_id, document_id)
    store.delete(school_id, document_id)
    assert b"".join(store.read(other, document_id)) == b"theirs"


def test_deleting_twice_is_deleting_once(store, school_id, document_id):
    _put(store, school_id, document_id, b"content")
    store.delete(school_id, document_id)
    store.delete(school_id, document_id)
    with pytest.raises(ObjectMissing):
        store.read(school_id, document_id)


def test_objects_are_listed_with_their_time(store, school_id):
    ids = {uuid4() for _ in range(3)}
    for document_id in ids:
        _put(store, school_id, document_id, b"content")
    listed = list(store.objects(school_id))
    assert {stored.document_id for stored in listed} == ids
    assert all(abs(datetime.now(UTC) - stored.modified_at) < timedelta(minutes=2) for stored in listed)


@pytest.mark.fault
def test_what_a_killed_writer_left_is_swept(store, school_id, document_id):
    store.writer(school_id, document_id).write(bytes(PART_BYTES + 5))
    assert store.sweep_unfinished(school_id, datetime.now(UTC) - timedelta(hours=1)) == 0
    assert store.sweep_unfinished(school_id, datetime.now(UTC) + timedelta(hours=1)) == 1
    assert store.sweep_unfinished(school_id, datetime.now(UTC) + timedelta(hours=1)) == 0


def test_folder_and_files_are_their_owners_alone(folder_store, tmp_path, school_id, document_id):
    _put(folder_store, school_id, document_id, b"content")
    path = tmp_path / "documents" / str(school_id) / str(document_id)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_folder_refuses_to_write_an_object_twice_or_through_a_link(
    folder_store, tmp_path, school_id, document_id
):
    home = tmp_path / "documents" / str(school_id)
    home.mkdir(parents=True)
    (home / f"{document_id}.part").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreUnavailable):
        folder_store.writer(school_id, document_id)
    assert not (tmp_path / "elsewhere").exists()


def test_folder_that_is_not_mounted_is_away_not_empty(tmp_path, school_id, document_id):
    with pytest.raises(StoreUnavailable):
        FolderStore(str(tmp_path / "gone")).read(school_id, document_id)


@pytest.mark.fault("F10")
def test_full_disk_is_said_and_leaves_nothing(folder_store, school_id, document_id, tmp_path):
    # /dev/full answers every write as a full disk does.
    writer = folder_store.writer(school_id, document_id)
    full = os.open("/dev/full", os.O_WRONLY)
    os.dup2(full, writer._file)
    os.close(full)
    with pytest.raises(StoreUnavailable, match="No space left"):
        writer.write(b"content")
    writer.abort()
    assert list((tmp_path / "documents" / str(school_id)).iterdir()) == []


@pytest.mark.fault
def test_s3_away_is_said(school_id, document_id):
    away = S3Store(
        "documents", endpoint_url="http://127.0.0.1:1", region="x", access_key_id="a", secret_access_key="b"
    )
    writer = away.writer(school_id, document_id)
    writer.write(b"content")
    with pytest.raises(StoreUnavailable):
        writer.commit()
    writer.abort()
    for ask in (
        lambda: away.read(school_id, document_id),
        lambda: away.delete(school_id, document_id),
        lambda: list(away.objects(school_id)),
        lambda: away.sweep_unfinished(school_id, datetime.now(UTC)),
    ):
        with pytest.raises(StoreUnavailable):
            ask()


def test_s3_refuses_readers_without_the_keys(s3_server, s3_store, school_id, document_id):
    _put(s3_store, school_id, document_id, b"content")
    stranger = S3Store(
        s3_server.bucket,
        endpoint_url=s3_server.endpoint,
        region="us-east-1",
        access_key_id="stranger",
        secret_access_key="stranger",
    )
    with pytest.raises(StoreUnavailable):
        stranger.read(school_id, document_id)
