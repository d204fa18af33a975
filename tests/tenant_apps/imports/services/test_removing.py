"""Extracts are removed 14 days after they came, with the object that held them."""

from datetime import timedelta
from pathlib import Path

from core.db.clock import now
from tests.data.extracts import on_a_full_roll, small_extract


def objects(folder):
    return [path for path in Path(folder).rglob("*") if path.is_file()]


def test_extracts_are_erased_after_14_days_and_the_history_stays(bring, settings):
    from tenant_apps.documents.services import erase_removed
    from tenant_apps.imports.services import remove_old_extracts

    before = len(objects(settings.DOCUMENTS_FOLDER))
    entry = bring(small_extract())
    assert len(objects(settings.DOCUMENTS_FOLDER)) == before + 1
    assert remove_old_extracts(at=now() + timedelta(days=13, hours=23)) == 0
    later = now() + timedelta(days=14, minutes=1)
    assert remove_old_extracts(at=later) == 1
    assert remove_old_extracts(at=later) == 0
    assert erase_removed() == 1
    assert len(objects(settings.DOCUMENTS_FOLDER)) == before
    entry.refresh_from_db()
    assert (entry.state, entry.extract_removed_at) == ("applied", later)
    assert entry.counts["pupils.csv"]["read"] == 3


def test_an_extract_nobody_decided_on_is_rejected_by_then(bring):
    from tenant_apps.imports.services import remove_old_extracts

    bring(on_a_full_roll(small_extract()))
    entry = bring(small_extract(generated_at="2026-11-21T22:05:00+00:00"))
    assert entry.state == "held"
    remove_old_extracts(at=now() + timedelta(days=15))
    entry.refresh_from_db()
    assert (entry.state, entry.differences, entry.decided_by) == ("rejected", None, None)


def test_an_extract_that_still_waits_stays(in_a):
    from core.access import SYSTEM
    from tenant_apps.imports.services import apply_import, receive_extract, remove_old_extracts

    waiting = receive_extract([small_extract().pack()], file_name="extract.zip", source="command", by=SYSTEM)
    assert remove_old_extracts(at=now() + timedelta(days=30)) == 0
    assert apply_import(import_id=waiting) == "applied"
