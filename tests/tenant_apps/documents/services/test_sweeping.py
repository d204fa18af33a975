"""What never belonged to a record goes; what a kill left behind goes; nothing else does (F8)."""

import subprocess
import sys
import time
from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.http import Http404

from core.audit.services import FreeTextInAuditError
from core.db.clock import now
from tenant_apps.documents.enums import DocumentState
from tenant_apps.documents.handlers import erase_removed_documents, sweep_documents
from tenant_apps.documents.services import (
    abandon_draft,
    erase_removed,
    receive,
    remove_from_draft,
    sweep_abandoned_drafts,
    sweep_orphans,
)
from tests.tenant_apps.documents.conftest import MARKER, events, object_of

LATER = timedelta(hours=25)


@pytest.fixture
def draft_id():
    return uuid4()


@pytest.fixture
def in_draft(in_a, folder, cast, draft_id):
    return receive([MARKER], name="a.txt", owner=("draft", draft_id), by=cast.teacher.access)


def test_removed_document_is_erased_from_the_store(in_a, folder, in_draft, cast):
    remove_from_draft(in_draft.id, by=cast.teacher.access)
    assert object_of(folder, in_a, in_draft).exists()
    assert erase_removed() == 1
    assert not object_of(folder, in_a, in_draft).exists()
    assert erase_removed() == 0
    in_draft.refresh_from_db()
    assert in_draft.state == DocumentState.REMOVED
    assert [event.record_id for event in events("document.removed")] == [in_draft.id]
    assert [event.record_id for event in events("document.erased")] == [in_draft.id]


def test_only_the_uploader_removes_and_only_from_a_draft(in_draft, stored, cast):
    for document, person in ((in_draft, cast.lead), (stored, cast.lead)):
        with pytest.raises(Http404):
            remove_from_draft(document.id, by=person.access)
        document.refresh_from_db()
        assert document.deleted_at is None
    remove_from_draft(in_draft.id, by=cast.teacher.access)
    with pytest.raises(Http404):
        remove_from_draft(in_draft.id, by=cast.teacher.access)


def test_abandoned_draft_takes_its_documents_along(in_draft, draft_id, stored):
    assert abandon_draft(draft_id) == 1
    in_draft.refresh_from_db()
    stored.refresh_from_db()
    assert in_draft.state == DocumentState.REMOVED
    assert stored.state == DocumentState.KEPT


def test_draft_long_forgotten_is_swept_and_a_fresh_one_is_not(in_draft, stored):
    assert sweep_abandoned_drafts(at=now() + timedelta(days=40)) == 0
    assert sweep_abandoned_drafts(at=now() + timedelta(days=100)) == 1
    in_draft.refresh_from_db()
    stored.refresh_from_db()
    assert in_draft.state == DocumentState.REMOVED
    assert stored.state == DocumentState.KEPT


@pytest.mark.fault
def test_object_whose_row_was_never_committed_is_swept_after_a_day(in_a, folder, cast, stored, school_b):
    with pytest.raises(FreeTextInAuditError):
        # The audit refuses the event, so the row is not made; the object lies there already.
        receive([MARKER], name="a.txt", owner=("no code", uuid4()), by=cast.lead.access)
    home = folder / str(in_a.id)
    assert len(list(home.iterdir())) == 2
    theirs = folder / str(school_b.id) / str(uuid4())
    theirs.parent.mkdir()
    theirs.write_bytes(b"of another school")
    assert sweep_orphans() == 0
    assert sweep_orphans(at=now() + LATER) == 1
    assert [path.name for path in home.iterdir()] == [str(stored.id)]
    assert theirs.exists()
    assert [event.detail for event in events("document.orphans_swept")] == [{"count": 1}]


def test_sweeps_run_by_the_clock(in_draft, cast):
    from core.outbox.registry import periodic_functions

    assert {erase_removed_documents, sweep_documents} <= {one.function for one in periodic_functions()}
    remove_from_draft(in_draft.id, by=cast.teacher.access)
    erase_removed_documents()
    sweep_documents()
    assert len(events("document.erased")) == 1


IN_THE_SCHOOL = """
import sys
import django
django.setup()
from datetime import timedelta
from uuid import uuid4
from core.access import SYSTEM
from core.db.clock import now
from core.tenancy import in_school
from tenant_apps.documents.services import receive, sweep_orphans
with in_school(sys.argv[1]):
"""
RECEIVE = IN_THE_SCHOOL + "    receive([b'content'], name='a.txt', owner=('draft', uuid4()), by=SYSTEM)"
SWEEP = IN_THE_SCHOOL + "    print(sweep_orphans(at=now() + timedelta(hours=25)))"


@pytest.mark.fault("F8")
def test_killed_between_storing_and_commit_leaves_an_orphan_that_no_row_names(
    folder, own_database, product_environment
):
    environment = product_environment | {"DOCUMENTS_FOLDER": str(folder), "PYTHONPATH": ".:platform"}
    with psycopg.connect(own_database.url("owner")) as connection:
        schema, school_id = connection.execute(
            "SELECT schema_name, id FROM public.tenants_school ORDER BY id LIMIT 1"
        ).fetchone()
        # Whoever wants to write the row waits here, after its object was stored.
        connection.execute(f"LOCK TABLE {schema}.documents_document IN EXCLUSIVE MODE")
        process = subprocess.Popen([sys.executable, "-c", RECEIVE, schema], env=environment)
        home = folder / str(school_id)
        end = time.monotonic() + 90
        while not (home.is_dir() and any(path.suffix == "" for path in home.iterdir())):
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.05)
        process.kill()
        process.wait()
    with psycopg.connect(own_database.url("owner")) as connection:
        (count,) = connection.execute(f"SELECT count(*) FROM {schema}.documents_document").fetchone()
    assert count == 0
    assert len(list(home.iterdir())) == 1
    swept = subprocess.run(
        [sys.executable, "-c", SWEEP, schema], env=environment, capture_output=True, text=True, check=True
    )
    assert swept.stdout.strip() == "1"
    assert list(home.iterdir()) == []
