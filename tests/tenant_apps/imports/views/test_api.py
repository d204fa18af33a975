"""The way in for the MIS: the school's token and nothing else."""

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.tenancy import in_school
from tests.data.extracts import pupil, small_extract

ADDRESS = "/api/mis/extracts/"


@pytest.fixture
def token(in_a: Any, cast: Any) -> str:
    """Ashgrove's token."""
    from tenant_apps.imports.services import renew_token

    return renew_token(by=cast.data.access)


@pytest.fixture
def mis(client_for: Any) -> Any:
    """A program at Ashgrove's address, whose requests have no session and no CSRF token."""
    client = client_for()
    client.handler.enforce_csrf_checks = True
    return client


def hand_in(client: Any, token: str, content: bytes, **more: Any) -> Any:
    file = SimpleUploadedFile("night.zip", content, content_type="application/zip")
    return client.post(ADDRESS, {"extract": file, **more}, headers={"Authorization": f"Bearer {token}"})


def ask(client: Any, token: str, address: str) -> Any:
    return client.get(address, headers={"Authorization": f"Bearer {token}"})


def imports() -> Any:
    from tenant_apps.imports.models import Import

    return Import.objects


@pytest.mark.spec("IMP-01")
def test_mis_hands_an_extract_in_and_asks_what_became_of_it(in_a, mis, token, run_outbox):
    from django.core.cache import cache

    from tenant_apps.students.models import Student

    answer = hand_in(mis, token, small_extract().pack())
    assert answer.status_code == 202
    told = answer.json()
    entry = imports().get()
    assert told == {"id": str(entry.pk), "state": "waiting", "address": f"{ADDRESS}{entry.pk}/"}
    assert answer["Location"] == told["address"]
    assert (entry.source, entry.uploaded_by) == ("api", None)
    assert "Set-Cookie" not in answer

    cache.set(f"imports:progress:{entry.pk}", [9, 18], 60)
    running = ask(mis, token, told["address"]).json()
    assert (running["is_finished"], running["rows_done"], running["rows_total"]) == (False, 9, 18)
    run_outbox()
    done = ask(mis, token, told["address"]).json()
    assert (done["state"], done["is_finished"], done["rows_done"]) == ("applied", True, 18)
    assert done["counts"]["pupils.csv"]["added"] == 3
    assert Student.objects.count() == 3


@pytest.mark.spec("IMP-08")
def test_faults_come_back_with_file_line_column_and_reason(mis, token, run_outbox):
    faulty = small_extract()
    faulty.files["pupils.csv"].append(pupil(9, date_of_birth="04/03/2012"))
    address = hand_in(mis, token, faulty.pack()).json()["address"]
    run_outbox()
    told = ask(mis, token, address).json()
    assert (told["state"], told["faults_total"]) == ("refused", 1)
    assert told["faults"] == [
        {
            "file": "pupils.csv",
            "line": 5,
            "column": "date_of_birth",
            "value": "04/03/2012",
            "reason": "Not a date like 2026-09-01.",
        }
    ]


@pytest.mark.attack("A6")
@pytest.mark.parametrize(
    "shown",
    ["", "Bearer ", "Bearer mis_wrong", "Basic bWlzOm1pcw==", "the token alone", "of the other school"],
)
def test_whoever_does_not_show_this_schools_token_gets_one_answer(in_a, mis, token, cast_b, school_b, shown):
    from core.audit.models import AuditEvent
    from tenant_apps.documents.models import Document
    from tenant_apps.imports.services import renew_token

    if shown == "the token alone":
        shown = token
    if shown == "of the other school":
        with in_school(school_b):
            shown = f"Bearer {renew_token(by=cast_b.data.access)}"
    file = SimpleUploadedFile("night.zip", small_extract().pack())
    posted = mis.post(
        ADDRESS, {"extract": file, "school": school_b.schema_name}, headers={"Authorization": shown}
    )
    asked = mis.get(f"{ADDRESS}01a200e5-22d7-729d-876b-4398e5e1ba7a/", headers={"Authorization": shown})
    for answer in (posted, asked):
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"].startswith("Bearer")
        assert answer.json() == {
            "error": "This needs the school's extract token: Authorization: Bearer <token>."
        }
    assert not imports().exists()
    assert not Document.objects.exists()
    assert AuditEvent.objects.filter(event="extract_token.refused").count() == 2


@pytest.mark.attack("A6", "A2")
def test_token_opens_only_the_imports_of_its_school(in_a, mis, token, cast_b, school_b):
    from core.db.clock import now

    with in_school(school_b):
        other = imports().create(file_name="birchwood.zip", uploaded_at=now(), source="api")
    answer = ask(mis, token, f"{ADDRESS}{other.pk}/")
    assert answer.status_code == 404
    assert b"birchwood" not in answer.content
    told = hand_in(mis, token, small_extract(urn="910002").pack(), school=school_b.schema_name)
    assert told.status_code == 202
    with in_school(school_b):
        assert imports().count() == 1


def test_a_session_alone_hands_nothing_in(in_a, cast, client_for):
    browser = client_for(cast.head)
    file = SimpleUploadedFile("night.zip", small_extract().pack())
    assert browser.post(ADDRESS, {"extract": file}).status_code == 401
    assert not imports().exists()


@pytest.mark.attack("A16")
def test_token_ends_with_the_next_one_and_when_it_is_ended(in_a, mis, token, cast):
    from tenant_apps.imports.services import end_token, renew_token

    second = renew_token(by=cast.head.access)
    assert hand_in(mis, token, small_extract().pack()).status_code == 401
    assert hand_in(mis, second, small_extract().pack()).status_code == 202
    assert end_token(by=cast.head.access)
    assert hand_in(mis, second, small_extract().pack()).status_code == 401
    assert not end_token(by=cast.head.access)
    assert imports().count() == 1


@pytest.mark.attack("A16")
def test_who_left_makes_no_token_and_ends_none(in_a, token, mis, cast, client_for):
    browser = client_for(cast.data)
    cast.data.user.is_active = False
    cast.data.user.save(update_fields=["is_active"])
    for route in ("token", "end-token"):
        answer = browser.post(reverse(f"imports:{route}"))
        assert answer["Location"].startswith("/login/")
    assert hand_in(mis, token, small_extract().pack()).status_code == 202


def test_suspended_school_takes_nothing(as_owner, cast, school_a, client_for):
    from tenant_apps.imports.services import renew_token
    from tenants import lifecycle

    with in_school(school_a):
        token = renew_token(by=cast.data.access)
    lifecycle.suspend(school=school_a)
    answer = hand_in(client_for(), token, small_extract().pack())
    assert answer.status_code == 503
    with in_school(school_a):
        assert not imports().exists()


def test_only_a_digest_of_the_token_is_stored(in_a, token, cast):
    from django.db import connection

    from core.audit.models import AuditEvent
    from tenant_apps.imports.models import ExtractToken

    stored = repr(list(ExtractToken.objects.values())) + repr(list(AuditEvent.objects.values()))
    assert token not in stored
    assert token.removeprefix("mis_") not in stored
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest FROM imports_extracttoken")
        assert len(cursor.fetchone()[0]) == 64


@pytest.mark.spec("IMP-04")
def test_administrator_makes_a_token_that_is_shown_once(in_a, cast, client_for, mis):
    import re

    browser = client_for(cast.head)
    home = reverse("imports:home")
    assert "There is no token yet." in browser.get(home).content.decode()
    assert b"mis_" not in browser.get(reverse("imports:token")).content
    made = browser.post(reverse("imports:token"))
    token = re.search(r"<code>(mis_[\w-]{43})</code>", made.content.decode())[1]
    assert made["Cache-Control"] == "no-store"
    assert hand_in(mis, token, small_extract().pack()).status_code == 202
    told = browser.get(home).content.decode()
    assert token not in told
    assert f"<code>{token[-4:]}</code>" in told
    assert "Last used" in told
    browser.post(reverse("imports:end-token"))
    assert hand_in(mis, token, small_extract().pack()).status_code == 401


def test_a_flood_is_answered_with_429(in_a, mis, token, monkeypatch):
    answers = [ask(mis, "mis_wrong", f"{ADDRESS}01a200e5-22d7-729d-876b-4398e5e1ba7a/") for _ in range(31)]
    assert [one.status_code for one in answers] == [401] * 30 + [429]
    assert answers[-1]["Retry-After"] == "3600"
    # Somebody who guesses does not keep the school's own MIS out.
    assert hand_in(mis, token, small_extract().pack()).status_code == 202


def test_a_mis_gone_wild_is_answered_with_429(in_a, mis, token):
    answers = [hand_in(mis, token, b"x").status_code for _ in range(31)]
    assert answers == [202] * 30 + [429]


def test_nothing_or_too_much_is_refused_with_its_reason(in_a, mis, token, monkeypatch):
    from tenant_apps.imports.views import api

    empty = mis.post(ADDRESS, {}, headers={"Authorization": f"Bearer {token}"})
    assert empty.status_code == 400
    assert empty.json()["faults"][0]["reason"].startswith("No file came")
    monkeypatch.setattr(api, "MAX_PACKED", 1024 * 1024)
    large = hand_in(mis, token, b"x" * (1024 * 1024 + 1))
    assert large.status_code == 413
    assert "larger than 1 MB" in large.json()["faults"][0]["reason"]
    assert not imports().exists()


def hostile(name: str) -> bytes:
    packed = io.BytesIO(small_extract().pack())
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_DEFLATED) as archive:
        if name == "bomb":
            archive.writestr("notes.csv", b"0" * 5_000_000)
        elif name == "slip":
            archive.writestr("../../etc/passwd", b"root")
        else:
            link = zipfile.ZipInfo("photos/link.jpg")
            link.external_attr = 0o120777 << 16
            archive.writestr(link, b"/etc/passwd")
    return packed.getvalue()


@pytest.mark.attack("A38", "A39")
@pytest.mark.parametrize(("name", "reason"), [("bomb", "100 to 1"), ("slip", "Paths"), ("link", "Links")])
def test_hostile_archives_are_refused_with_the_reason(mis, token, run_outbox, name, reason):
    from tenant_apps.students.models import Student

    address = hand_in(mis, token, hostile(name)).json()["address"]
    run_outbox()
    told = ask(mis, token, address).json()
    assert told["state"] == "refused"
    assert reason in told["faults"][0]["reason"]
    assert not Student.objects.exists()
