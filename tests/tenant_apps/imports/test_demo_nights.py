"""The invented schools' extracts, night after night, through all three ways in."""

import io
import json
import zipfile
from contextlib import suppress
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.urls import reverse

from tests.data.extracts import DEMO_DATA


def of_this_school(name: str, urn: str) -> bytes:
    """An extract of ops/demo_data as if the MIS of the school with this URN had made it."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(DEMO_DATA / "extracts" / f"{name}.zip") as source,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for file in source.namelist():
            content = source.read(file)
            if file == "manifest.json":
                manifest = json.loads(content)
                manifest["school"]["urn"] = urn
                content = json.dumps(manifest).encode()
            target.writestr(file, content)
    return made.getvalue()


@pytest.fixture
def hand_in(request: Any, in_a: Any, cast: Any, client_for: Any, run_outbox: Any, tmp_path: Path) -> Any:
    """Brings an extract in by the way that the test asked for; the Import as it then stands."""
    from tenant_apps.imports.models import Import
    from tenant_apps.imports.services import renew_token

    def by_command(content: bytes) -> None:
        path = tmp_path / "extract.zip"
        path.write_bytes(content)
        # A held extract ends the command with an error, as a scheduler has to see it.
        with suppress(CommandError):
            call_command("import_extract", path, school=in_a.subdomain, stdout=StringIO(), stderr=StringIO())

    def by_upload(content: bytes) -> None:
        file = SimpleUploadedFile("extract.zip", content, content_type="application/zip")
        answer = client_for(cast.data).post(reverse("imports:upload"), {"extract": file})
        assert answer.status_code == 302
        run_outbox()

    def by_post(content: bytes) -> None:
        file = SimpleUploadedFile("extract.zip", content, content_type="application/zip")
        token = renew_token(by=cast.data.access)
        headers = {"Authorization": f"Bearer {token}"}
        answer = client_for().post("/api/mis/extracts/", {"extract": file}, headers=headers)
        assert answer.status_code == 202
        run_outbox()

    ways = {"command": by_command, "upload": by_upload, "post": by_post}

    def hand_in(name: str) -> Import:
        ways[request.param](of_this_school(name, in_a.urn))
        return Import.objects.order_by("-id").first()

    return hand_in


def everything() -> dict[str, dict[Any, dict[str, Any]]]:
    """Every row that an import may write, by table and by what the MIS calls it or by its key."""
    from tenant_apps.attendance.models import Mark
    from tenant_apps.classes.models import StudentGroup
    from tenant_apps.staff.models import MISStaff, StaffMember
    from tenant_apps.students.models import Contact, Membership, Student, StudentLink

    def rows(model: Any) -> dict[Any, dict[str, Any]]:
        return {row["id"]: row for row in model.objects.values()}

    columns = ("student_id", "date", "session", "code", "minutes_late")
    marks = {mark[:3]: {"code": mark[3:]} for mark in Mark.objects.values_list(*columns)}
    tables = (Student, StudentGroup, Membership, Contact, StudentLink, MISStaff, StaffMember)
    return {model.__name__: rows(model) for model in tables} | {"Mark": marks}


def difference(before: Any, after: Any) -> dict[str, tuple[int, int, list[set[str]]]]:
    """For each table that differs: how many rows are new, how many are gone, and which columns changed."""
    found = {}
    for table, rows in after.items():
        old = before[table]
        changed = [
            {column for column in row if old[key][column] != row[column]}
            for key, row in rows.items()
            if key in old and old[key] != row
        ]
        if changed or rows.keys() != old.keys():
            found[table] = len(rows.keys() - old.keys()), len(old.keys() - rows.keys()), changed
    return found


RENAMED = {"preferred_forename", "sort_key", "search_key"}
ALL_WAYS = pytest.mark.parametrize("hand_in", ["command", "upload", "post"], indirect=True)


@pytest.mark.spec("IMP-01", "IMP-02", "IMP-03", "IMP-08")
@ALL_WAYS
def test_riverside_night_after_night(hand_in, cast, run_outbox):
    from tenant_apps.imports.services import decide_import
    from tenant_apps.students.models import Student

    assert hand_in("riverside-full").state == "applied"
    first = everything()
    assert hand_in("riverside-full").state == "applied"
    assert difference(first, everything()) == {}

    assert hand_in("riverside-next-night").state == "applied"
    second = everything()
    # A joiner, a leaver, a preferred name, a class and a leaver of the staff; the leaver's two memberships
    # end and the joiner's begins. Nothing else.
    assert difference(first, second) == {
        "Student": (1, 0, [RENAMED, {"leaving_date", "archived_at"}]),
        "StudentGroup": (1, 0, []),
        "Membership": (1, 0, [{"end_date"}, {"end_date"}]),
        "MISStaff": (0, 0, [{"end_date"}]),
    }
    assert Student.objects.get(mis_id="P88888").legal_surname == "Ashdown"
    assert Student.objects.filter(preferred_forename="Kit").count() == 1

    held = hand_in("riverside-mass-leavers")
    assert held.state == "held"
    assert "pupils on roll would be archived" in held.warnings[0]
    assert len(held.differences["archived"]) == 157
    assert difference(second, everything()) == {}
    decide_import(import_id=held.pk, decision="apply", by=cast.head.access)
    run_outbox()
    held.refresh_from_db()
    assert (held.state, held.differences) == ("applied", None)
    assert Student.objects.filter(archived_at=None).count() == 264
    again = hand_in("riverside-mass-leavers")
    assert (again.state, again.counts["pupils.csv"]["archived"]) == ("applied", 0)


@pytest.mark.spec("IMP-01", "IMP-08")
@ALL_WAYS
def test_hillview_and_its_awkward_names(hand_in):
    from tenant_apps.students.models import Student

    assert hand_in("hillview-full").state == "applied"
    before = Student.objects.count()
    awkward = hand_in("hillview-awkward-names")
    assert awkward.state == "applied", awkward.warnings
    names = set(Student.objects.values_list("legal_forename", "legal_surname"))
    assert {("=1+1", "Formula")} < names
    assert any(surname == "Null" for _, surname in names)
    assert Student.objects.count() == before + awkward.counts["pupils.csv"]["added"]


@pytest.mark.spec("IMP-01")
@ALL_WAYS
def test_st_georges_whole(hand_in):
    from tenant_apps.attendance.models import Mark
    from tenant_apps.students.models import Student

    entry = hand_in("stgeorges-full")
    assert (entry.state, entry.counts["pupils.csv"]["added"]) == ("applied", 1320)
    assert Student.objects.count() == 1320
    assert Mark.objects.count() == entry.counts["attendance.csv"]["added"] > 100_000
