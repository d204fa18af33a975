"""A spreadsheet is handed in on the page, its columns are matched there, and a worker imports it."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.data.extracts import upn

CONTENT = (
    "Number,Surname,Forename,Born,Came\n"
    f"{upn(1)},Łukaszewski,Jakub,04/03/2012,2024-09-02\n"
    f"{upn(2)},Smith,Oliver,05/03/2012,2024-09-02\n"
).encode()


@pytest.fixture
def manager(client_for: Any, cast: Any) -> Any:
    return client_for(cast.data)


@pytest.fixture
def entry(in_a: Any, manager: Any) -> Any:
    """A spreadsheet that was just handed in."""
    from tenant_apps.imports.models import Import

    file = SimpleUploadedFile("Year 7.csv", CONTENT, content_type="text/csv")
    answer = manager.post(
        reverse("imports:upload-sheet"),
        {"holds": "pupils", "spreadsheet": file},
        headers={"HX-Request": "true"},
    )
    entry = Import.objects.get()
    assert answer.headers["HX-Redirect"] == reverse("imports:columns", args=[entry.pk])
    return entry


def columns(client: Any, entry: Any, places: dict[str, str] | None = None) -> Any:
    address = reverse("imports:columns", args=[entry.pk])
    return client.get(address) if places is None else client.post(address, places)


PLACES = {
    "upn": "0",
    "legal_surname": "1",
    "legal_forename": "2",
    "date_of_birth": "3",
    "start_date": "4",
}


@pytest.mark.spec("IMP-10")
def test_columns_are_matched_and_a_worker_imports(manager, entry, run_outbox):
    from core.audit.models import AuditEvent
    from tenant_apps.students.models import Student

    assert (entry.state, entry.form) == ("mapping", "pupils")
    page = columns(manager, entry).content.decode()
    assert "Which column is which" in page
    # Guessed by its heading; no child of the rows is shown.
    assert '<option value="1" selected>Surname</option>' in page
    assert "Jakub" not in page
    assert manager.get(reverse("imports:detail", args=[entry.pk])).status_code == 302

    missing = columns(manager, entry, PLACES | {"date_of_birth": ""})
    assert missing.status_code == 422
    assert "These columns must be matched: date_of_birth." in missing.content.decode()
    assert columns(manager, entry, PLACES | {"upn": "77"}).status_code == 422
    assert columns(manager, entry, PLACES).status_code == 302
    run_outbox()
    entry.refresh_from_db()
    assert entry.state == "applied", entry.faults
    assert set(Student.objects.values_list("upn", flat=True)) == {upn(1), upn(2)}
    assert AuditEvent.objects.filter(event="extract.columns_matched", record_id=entry.pk).exists()
    done = manager.get(reverse("imports:detail", args=[entry.pk])).content.decode()
    assert "Year 7.csv" in done
    assert "2 rows were read." in done
    # It cannot be matched a second time.
    assert columns(manager, entry, PLACES).status_code == 302
    assert run_outbox() in (None, 0, [])


def test_a_spreadsheet_can_be_rejected_instead(manager, entry):
    from tenant_apps.students.models import Student

    answer = manager.post(reverse("imports:discard", args=[entry.pk]))
    assert answer.status_code == 302
    entry.refresh_from_db()
    assert entry.state == "rejected"
    assert not Student.objects.exists()


def test_a_spreadsheet_that_cannot_be_read_says_why(in_a, manager, entry):
    from core.access import SYSTEM
    from tenant_apps.imports.models import Import
    from tenant_apps.imports.services import receive_extract

    content = "UPN,Surname\n1,Siân\n".encode("latin-1")
    other = receive_extract([content], file_name="b.csv", source="upload", by=SYSTEM, form="pupils")
    page = columns(manager, Import.objects.get(pk=other)).content.decode()
    assert "This is not text in UTF-8." in page
    assert "(line 2)" in page


def test_nothing_of_it_is_open_to_others(in_a, cast, client_for, manager, entry):
    for part in ("teacher", "lead"):
        other = client_for(getattr(cast, part))
        assert columns(other, entry).status_code == 403
        assert columns(other, entry, PLACES).status_code == 403
        assert other.post(reverse("imports:discard", args=[entry.pk])).status_code == 403
    entry.refresh_from_db()
    assert entry.state == "mapping"


@pytest.mark.spec("IMP-05")
def test_a_spreadsheet_is_no_sign_that_the_mis_still_sends(manager, entry, run_outbox):
    from tenant_apps.imports.selectors import import_health

    columns(manager, entry, PLACES)
    run_outbox()
    assert import_health().reason == "never"
