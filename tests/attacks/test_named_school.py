"""A6, A2: the Host header alone says which school is meant, and an id of another school is no id here."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.db.keys import uuid7
from core.tenancy import in_school
from tests.attacks.conftest import body_of
from tests.conftest import make_students


@pytest.fixture
def elsewhere(school_b, cast_b):
    """One of everything in Birchwood that a form of Ashgrove could be given."""
    from core.db.clock import now
    from tenant_apps.agencies.selectors import enabled_agencies
    from tenant_apps.categories.selectors import all_categories
    from tenant_apps.documents.services import receive
    from tenant_apps.incidents.services import add_incident
    from tenant_apps.staff.selectors import default_alert_group

    with in_school(school_b):
        student = make_students("Marrowdusk")[0]
        category = next(one.id for one in all_categories() if one.name == "Cause for Concern")
        draft = uuid7()
        document = receive(
            [b"Marrowdusk"], name="marrowdusk.txt", owner=("draft", draft), by=cast_b.lead.access
        )
        incident = add_incident(
            incident_id=draft,
            student_id=student.pk,
            text="Marrowdusk words.",
            category_ids=[category],
            happened_at=now(),
            by=cast_b.lead.access,
        )
        return {
            "student": student.pk,
            "categories": category,
            "alert_staff": cast_b.lead.user.pk,
            "alert_groups": default_alert_group().id,
            "agencies": enabled_agencies()[0].id,
            "assign_to": cast_b.lead.user.pk,
            "linked": student.pk,
            "incident": incident.pk,
            "document": document.id,
        }


def contents(school):
    """How many of each record a school has."""
    from core.outbox.models import OutboxEntry
    from tenant_apps.alerts.models import Alert
    from tenant_apps.documents.models import Document
    from tenant_apps.incidents.models import Action, Draft, Incident

    with in_school(school):
        return [model.objects.count() for model in (Incident, Action, Draft, Document, Alert, OutboxEntry)]


@pytest.mark.attack("A6")
@pytest.mark.spec("TEN-07")
def test_school_named_in_body_query_json_header_or_cookie_is_ignored(
    client_for, cast, typed, in_class, school_a, school_b
):
    names = ("school", "schema", "schema_name", "tenant", "tenant_id", "subdomain", "host", "domain")
    values = dict.fromkeys(names, school_b.schema_name) | {"tenant_id": str(school_b.pk), "host": "birchwood"}
    headers = {f"X-{name.title()}": school_b.schema_name for name in ("school", "tenant", "schema")}
    client = client_for(cast.lead)
    client.cookies["school"] = client.cookies["tenant"] = school_b.schema_name
    before, here = contents(school_b), contents(school_a)
    query = "?" + "&".join(f"{name}={value}" for name, value in values.items())
    for path in ("/", "/students/search/", "/students/suggest/", "/incidents/add/", "/account/", "/login/"):
        page = client.get(path + query, headers=headers).content.decode()
        assert school_b.name not in page, path
    answer = client.post(f"/incidents/add/{query}", values | typed(), headers=headers)
    assert answer.status_code == 302
    assert contents(school_a)[0] == here[0] + 1
    client.post(
        f"/incidents/drafts/{uuid7()}/{query}",
        json.dumps(values | {"text": "x"}),
        content_type="application/json",
    )
    assert contents(school_b) == before


@pytest.mark.attack("A2", "A6")
@pytest.mark.spec("TEN-07")
@pytest.mark.parametrize(
    "field", ["student", "categories", "alert_staff", "alert_groups", "agencies", "assign_to", "linked"]
)
def test_id_of_another_school_in_a_field_is_unknown_here(
    client_for, cast, typed, in_class, elsewhere, school_a, school_b, field
):
    from tenant_apps.alerts.models import Alert
    from tenant_apps.incidents.models import Incident

    before = contents(school_b)
    answer = client_for(cast.lead).post("/incidents/add/", typed(**{field: [str(elsewhere[field])]}))
    assert b"Marrowdusk" not in body_of(answer)
    if field == "alert_staff":
        # Somebody who is nobody here: the default group is told instead.
        people = {cast.lead.user.pk, cast.deputy.user.pk, cast.head.user.pk}
        assert set(Alert.objects.values_list("recipient", flat=True)) <= people
    else:
        assert answer.status_code == 422
        assert not Incident.objects.exists()
    assert contents(school_b) == before


@pytest.mark.attack("A2")
@pytest.mark.spec("TEN-07")
def test_record_of_another_school_takes_no_draft_action_or_file(
    client_for, cast, typed, in_class, elsewhere, school_a, school_b
):
    before, here = contents(school_b), contents(school_a)
    client = client_for(cast.head)
    incident, document = elsewhere["incident"], elsewhere["document"]
    file = SimpleUploadedFile("note.txt", b"x")
    answers = [
        client.post(f"/incidents/drafts/{uuid7()}/?incident={incident}", {"text": "x"}),
        client.post(f"/incidents/{incident}/actions/add/", typed(categories=[])),
        client.post(f"/incidents/{incident}/status/", {"status": "closed"}),
        client.post(f"/documents/{document}/remove/"),
        client.get(f"/documents/{document}/"),
        client.get(f"/incidents/add/?draft={incident}"),
    ]
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert not any(b"Marrowdusk" in body_of(answer) for answer in answers)
    form = client.get(f"/incidents/add/?student={elsewhere['student']}")
    assert b"Marrowdusk" not in form.content
    assert client.post("/documents/upload/?draft=x", {"file": file}).status_code == 400
    assert contents(school_a) == here
    assert contents(school_b) == before
