from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.data.extracts import pupil, small_extract


@pytest.fixture
def manager(client_for: Any, cast: Any) -> Any:
    """The data manager's browser."""
    return client_for(cast.data)


def send(client: Any, content: bytes, **headers: str) -> Any:
    file = SimpleUploadedFile("extract.zip", content, content_type="application/zip")
    return client.post(
        reverse("imports:upload"), {"extract": file}, headers={"HX-Request": "true", **headers}
    )


def page(client: Any, *, name: str = "detail", entry: Any) -> str:
    return client.get(reverse(f"imports:{name}", args=[entry.pk])).content.decode()


def entry_added(entry: Any) -> int:
    return sum(numbers.get("added", 0) for numbers in entry.counts.values())


def the_import() -> Any:
    from tenant_apps.imports.models import Import

    return Import.objects.get()


@pytest.mark.spec("IMP-04")
def test_an_uploaded_extract_is_applied_by_a_worker_and_told(in_a, manager, run_outbox):
    from tenant_apps.students.models import Student

    answer = send(manager, small_extract().pack())
    entry = the_import()
    assert answer.headers["HX-Redirect"] == reverse("imports:detail", args=[entry.pk])
    assert (entry.state, entry.source) == ("waiting", "upload")
    waiting = page(manager, entry=entry)
    assert "Waiting for its turn" in waiting
    assert reverse("imports:progress", args=[entry.pk]) in waiting

    run_outbox()
    entry.refresh_from_db()
    assert entry.state == "applied"
    assert Student.objects.count() == 3
    done = page(manager, entry=entry)
    assert "18 rows were read." in done
    assert "every 2s" not in done
    home = manager.get(reverse("imports:home")).content.decode()
    assert "Applied" in home
    assert "20 November 2026, 22:05" in home
    assert "Marsh" in home
    assert f"{entry_added(entry)} added" in home
    assert "nothing to change" not in home
    send(manager, small_extract().pack())
    run_outbox()
    assert "nothing to change" in manager.get(reverse("imports:home")).content.decode()


def test_the_uploaded_extract_never_lies_in_clear(in_a, manager, settings):
    from pathlib import Path

    content = small_extract().pack()
    send(manager, content)
    stored = [path.read_bytes() for path in Path(settings.DOCUMENTS_FOLDER).rglob("*") if path.is_file()]
    assert stored
    assert not any(b"manifest.json" in one or content[:64] in one for one in stored)


@pytest.mark.attack("A30")
@pytest.mark.spec("IMP-04")
def test_faults_stand_in_a_table(in_a, manager, run_outbox):
    faulty = small_extract()
    faulty.files["pupils.csv"].append(pupil(9, date_of_birth="<script>alert(1)</script>"))
    send(manager, faulty.pack())
    run_outbox()
    told = page(manager, entry=the_import())
    assert "Nothing was changed." in told
    assert "<td>pupils.csv</td><td>5</td><td>date_of_birth</td>" in told
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in told
    assert "<script>alert" not in told


def test_progress_is_told_while_it_runs(in_a, manager):
    from django.core.cache import cache

    send(manager, small_extract().pack())
    entry = the_import()
    cache.set(f"imports:progress:{entry.pk}", [9, 18], 60)
    told = page(manager, name="progress", entry=entry)
    assert "9 of 18" in told
    assert "You can leave this page" in told


@pytest.mark.parametrize("part", ["teacher", "support", "pastoral"])
def test_only_administrators_open_the_imports(in_a, cast, client_for, manager, part):
    send(manager, small_extract().pack())
    entry = the_import()
    client = client_for(getattr(cast, part))
    for answer in (
        client.get(reverse("imports:home")),
        client.get(reverse("imports:detail", args=[entry.pk])),
        client.get(reverse("imports:progress", args=[entry.pk])),
        send(client, small_extract().pack()),
    ):
        assert answer.status_code == 403
        assert b"extract.zip" not in answer.content
    the_import()


def test_an_administrators_stolen_password_opens_no_imports(in_a, cast, client_for):
    client = client_for(cast.data, elevated=False)
    assert client.get(reverse("imports:home")).status_code == 403
    assert send(client, small_extract().pack()).status_code == 403


def test_an_upload_without_its_token_is_refused(in_a, cast, client_for):
    from tenant_apps.documents.models import Document

    client = client_for(cast.data)
    client.handler.enforce_csrf_checks = True
    assert send(client, small_extract().pack()).status_code == 403
    assert not Document.objects.exists()


def test_a_file_beyond_the_limit_is_refused_with_the_limit_named(in_a, manager, monkeypatch):
    from tenant_apps.imports.views import pages

    monkeypatch.setattr(pages, "MAX_PACKED", 1024 * 1024)
    answer = send(manager, b"x" * (1024 * 1024 + 1))
    assert "larger than 1 MB" in answer.content.decode()


def test_an_extract_cannot_be_downloaded_again(in_a, manager):
    send(manager, small_extract().pack())
    answer = manager.get(reverse("documents:open", args=[the_import().document_id]))
    assert answer.status_code == 404


@pytest.mark.attack("A2")
def test_the_other_schools_import_is_not_found(in_a, manager, cast_b, client_for):
    send(manager, small_extract().pack())
    entry = the_import()
    other = client_for(cast_b.data)
    for name in ("detail", "progress"):
        assert other.get(reverse(f"imports:{name}", args=[entry.pk])).status_code == 404
    assert b"extract.zip" not in other.get(reverse("imports:home")).content


def test_the_history_goes_on_behind_25_imports(in_a, manager):
    from core.db.clock import now
    from tenant_apps.imports.models import Import

    for number in range(27):
        Import.objects.create(file_name=f"night-{number:02}.zip", uploaded_at=now(), source="api")
    first = manager.get(reverse("imports:home"))
    assert first.content.decode().count("night-") == 25
    second = manager.get(reverse("imports:home"), {"before": first.context["older"]}).content.decode()
    assert "night-00.zip" in second
    assert second.count("night-") == 2
    assert manager.get(reverse("imports:home"), {"before": "x"}).content.decode().count("night-") == 25


@pytest.mark.spec("IMP-04")
def test_students_with_odd_data_are_listed_to_administrators_who_may_see_them(
    in_a, manager, cast, client_for, run_outbox
):
    from core.access import SYSTEM
    from core.audit.models import AuditEvent
    from tenant_apps.staff.models import StaffMember
    from tenant_apps.students.models import Student
    from tenant_apps.students.services import seal_record

    book = small_extract()
    book.files["pupils.csv"][0]["upn"] = "A936000000001"
    book.files["pupils.csv"][1]["year_group"] = "15"
    send(manager, book.pack())
    run_outbox()
    home = client_for(cast.head).get(reverse("imports:home")).content.decode()
    assert "The MIS gives something odd of 2 students." in home
    assert "Millie" in home
    assert "Łukaszewski" in home
    assert "Oliver" not in home
    odd = Student.objects.filter(mis_id__in=["P1", "P2"])
    listed = AuditEvent.objects.filter(event="student.listed").latest("at")
    assert set(listed.student_ids) == {student.pk for student in odd}
    # Not a sealed record, though this person may open it; nothing to whoever may not see the list.
    amelia = odd.get(mis_id="P1")
    seal_record(student_id=amelia.pk, readers=[cast.lead.user.pk, cast.head.user.pk], by=SYSTEM)
    assert "odd of 1 student." in client_for(cast.head).get(reverse("imports:home")).content.decode()
    group = StaffMember.objects.get(user=cast.data.user).group
    group.system_permissions = [name for name in group.system_permissions if name != "view_student_list"]
    group.save()
    assert "Łukaszewski" not in manager.get(reverse("imports:home")).content.decode()
