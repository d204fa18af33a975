"""A14: a form takes the fields it has; whatever else is sent along decides nothing."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from core.db.keys import uuid7

PROTECTED = (
    "people_user",
    "staff_",
    "categories_",
    "agencies_",
    "classes_",
    "school_settings_",
    "otp_",
    "alerts_alertgroup",
)


@pytest.fixture
def extra(school_b, cast):
    """Fields that a form might be fooled by, each with what would do most harm."""
    other = str(cast.head.user.pk)
    return {
        "is_admin": "1",
        "is_superuser": "1",
        "is_staff": "1",
        "is_active": "0",
        "is_elevated": "1",
        "is_key_group": "1",
        "author": other,
        "author_id": other,
        "by": other,
        "user": other,
        "user_id": other,
        "uploaded_by": other,
        "recipient": other,
        "group": "Admin",
        "user_group": "Admin",
        "permissions": "administration",
        "system_permissions": "administration",
        "id": str(uuid7()),
        "pk": str(uuid7()),
        "number": "777",
        "recorded_at": "2001-01-01T00:00:00Z",
        "happened_at": "2001-01-01T00:00:00Z",
        "edited_at": "2001-01-01T00:00:00Z",
        "deleted_at": "2001-01-01T00:00:00Z",
        "deleted_by": other,
        "read_at": "2001-01-01T00:00:00Z",
        "source": "forged",
        "state": "in_force",
        "is_leaf": "0",
        "shows_full": "0",
        "school": school_b.schema_name,
        "tenant": str(school_b.pk),
        "schema_name": school_b.schema_name,
        "incident": str(uuid7()),
    }


def settled():
    """What none of the forms of this round may change: people, permissions, categories, settings."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall() if name.startswith(PROTECTED)]
        rows = {}
        for name in tables:
            cursor.execute(f'SELECT * FROM "{name}"')
            columns = [column.name for column in cursor.description]
            # When somebody signed in or chose a theme is theirs to write.
            kept = [place for place, column in enumerate(columns) if column not in {"last_login", "theme"}]
            rows[name] = sorted(([row[place] for place in kept] for row in cursor.fetchall()), key=repr)
    return rows


@pytest.mark.attack("A14")
def test_extra_fields_decide_nothing_on_the_way_of_a_concern(client_for, cast, typed, extra, in_class):
    from tenant_apps.alerts.models import Alert
    from tenant_apps.documents.models import Document
    from tenant_apps.incidents.models import Action, Draft, Incident

    before = settled()
    teacher, lead = client_for(cast.teacher), client_for(cast.lead)
    form = typed()
    draft = form["draft"]
    teacher.post(f"/incidents/drafts/{draft}/", extra | form)
    assert set(Draft.objects.get().content) & set(extra) == set()
    file = SimpleUploadedFile("note.txt", b"x")
    teacher.post(f"/documents/upload/?draft={draft}", extra | {"file": file})
    assert teacher.post("/incidents/add/", extra | form).status_code == 302
    incident = Incident.objects.get()
    assert str(incident.pk) == draft
    assert (incident.author_id, incident.number, incident.source) == (cast.teacher.user.pk, 1, "")
    assert (incident.edited_at, incident.deleted_at, incident.deleted_by_id) == (None, None, None)
    assert incident.recorded_at.year > 2020
    assert incident.happened_at.year > 2020
    assert incident.participants.get().shows_full
    assert Document.objects.get().uploaded_by_id == cast.teacher.user.pk
    assert {alert.raised_by_id for alert in Alert.objects.all()} == {cast.teacher.user.pk}
    assert not Alert.objects.exclude(read_at=None).exists()

    entry = f"/incidents/{incident.pk}/"
    assert lead.post(f"{entry}actions/add/", extra | typed(categories=[])).status_code == 302
    action = Action.objects.get()
    assert (action.author_id, action.incident_id) == (cast.lead.user.pk, incident.pk)
    assert action.recorded_at.year > 2020
    lead.post(f"{entry}status/", extra | {"status": "closed"})
    lead.post(f"{entry}read/", extra)
    incident.refresh_from_db()
    assert (incident.status, incident.author_id, incident.number) == ("closed", cast.teacher.user.pk, 1)
    assert incident.deleted_at is None
    # Only one's own alert was read, whoever the form named.
    assert {alert.recipient_id for alert in Alert.objects.exclude(read_at=None)} <= {cast.lead.user.pk}
    assert settled() == before


@pytest.mark.attack("A14")
def test_extra_fields_decide_nothing_about_oneself(client_for, cast, extra, in_a):
    before = settled()
    support = client_for(cast.support)
    for path in ("/account/theme/", "/account/security-keys/recovery-codes/", "/elevate/", "/key/"):
        support.post(path, extra | {"theme": "dark", "code": "000000"})
    assert settled() == before
    page = support.get("/").content.decode()
    assert "Quick Student Search" not in page
    for path in ("/admin/imports/", "/students/search/"):
        assert support.get(path).status_code == 403


@pytest.mark.attack("A14")
def test_extra_fields_open_no_import_to_a_teacher(client_for, cast, extra, in_a):
    from tenant_apps.imports.models import Import

    file = SimpleUploadedFile("extract.zip", b"PK\5\6" + bytes(18))
    assert client_for(cast.teacher).post("/admin/imports/upload/", extra | {"file": file}).status_code == 403
    assert not Import.objects.exists()
