import pytest

pytestmark = pytest.mark.django_db

TYPED = "half a sentence of a worry"


@pytest.fixture
def draft_id(in_a):
    from core.db.keys import uuid7

    return uuid7()


@pytest.mark.spec("INC-09", "DSH-24")
def test_draft_is_kept_stands_on_the_dashboard_and_is_taken_up_again(client_for, cast, draft_id, students_a):
    client = client_for(cast.support)
    answer = client.post(
        f"/incidents/drafts/{draft_id}/", {"text": TYPED, "student": str(students_a[0].pk), "is_admin": "1"}
    )
    assert answer.json()["saved_at"]
    home = client.get("/").content.decode()
    assert "Unfinished incident" in home
    assert TYPED not in home
    page = client.get(f"/incidents/add/?draft={draft_id}").content.decode()
    assert TYPED in page
    assert students_a[0].legal_forename in page


def test_draft_of_somebody_else_is_not_there(client_for, cast, draft_id):
    client_for(cast.support).post(f"/incidents/drafts/{draft_id}/", {"text": TYPED})
    other = client_for(cast.lead)
    assert other.post(f"/incidents/drafts/{draft_id}/", {"text": "overwritten"}).status_code == 404
    page = other.get(f"/incidents/add/?draft={draft_id}")
    assert page.status_code == 404
    assert TYPED not in page.content.decode()
    assert other.post(f"/incidents/drafts/{draft_id}/discard/").status_code == 404
    assert TYPED in client_for(cast.support).get(f"/incidents/add/?draft={draft_id}").content.decode()


def test_draft_put_away_is_hidden_and_kept(client_for, cast, draft_id):
    from tenant_apps.incidents.models import Draft

    client = client_for(cast.support)
    client.post(f"/incidents/drafts/{draft_id}/", {"text": TYPED})
    client.post(f"/incidents/drafts/{draft_id}/discard/")
    assert "Unfinished" not in client.get("/").content.decode()
    assert Draft.objects.get(pk=draft_id).content["text"] == [TYPED]


def test_added_incident_uses_its_draft_up(client_for, cast, add, draft_id):
    client = client_for(cast.lead)
    client.post(f"/incidents/drafts/{draft_id}/", {"text": TYPED})
    add(incident_id=draft_id, text=TYPED)
    assert "Unfinished" not in client.get("/").content.decode()
    assert client.post(f"/incidents/drafts/{draft_id}/", {"text": "late"}).status_code == 404


def test_draft_with_a_nul_is_kept_without_it(client_for, cast, draft_id):
    client = client_for(cast.support)
    answer = client.post(f"/incidents/drafts/{draft_id}/", {"text": f"{TYPED}\0", "categories": ["\0"]})
    assert answer.status_code == 200
    assert TYPED in client.get(f"/incidents/add/?draft={draft_id}").content.decode()


@pytest.mark.spec("SAF-10")
def test_refused_form_names_nobody_whom_it_would_not_offer(client_for, cast, students_a, draft_id):
    """Ids in a post prove nothing: archived pupils and another's files stay unnamed."""
    from core.db.clock import now
    from tenant_apps.documents.services import receive
    from tenant_apps.students.models import Student

    Student.objects.filter(pk=students_a[0].pk).update(archived_at=now())
    lead = client_for(cast.lead)
    lead.post(f"/incidents/drafts/{draft_id}/", {"text": TYPED})
    receive([b"words"], name="planted-name.txt", owner=("draft", draft_id), by=cast.lead.access)
    assert "planted-name" in lead.get(f"/incidents/add/?draft={draft_id}").content.decode()
    posted = {"draft": str(draft_id), "student": str(students_a[0].pk), "linked": [str(students_a[1].pk)]}
    page = client_for(cast.support).post("/incidents/add/", posted).content.decode()
    assert "Łukaszewski" in page
    assert students_a[0].legal_surname.split("-")[1] not in page
    assert "planted-name" not in page


def test_file_and_the_sending_of_its_form_wait_for_each_other(add, cast, draft_id):
    """Both hold the draft's row: a file that is stored between the two would stay behind with the draft."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tenant_apps.incidents.services import claim_draft

    def holds(queries) -> bool:
        return any('"incidents_draft"' in one["sql"] and "FOR UPDATE" in one["sql"] for one in queries)

    with CaptureQueriesContext(
        connection,
    ) as attaching:
        assert claim_draft(cast.lead.access, draft_id)
    with CaptureQueriesContext(connection) as sending:
        add(incident_id=draft_id)
    assert holds(attaching)
    first_write = next(number for number, one in enumerate(sending) if one["sql"].startswith("INSERT"))
    assert holds(sending.captured_queries[:first_write])
    assert not claim_draft(cast.lead.access, draft_id)


@pytest.mark.spec("INC-51")
def test_draft_of_an_action_whose_incident_closed_to_its_author_is_taken_up_as_an_incident(
    client_for, cast, add, draft_id
):
    incident = add(alert_user_ids=[cast.support.user.pk])
    client = client_for(cast.support)
    client.post(f"/incidents/drafts/{draft_id}/?incident={incident.pk}", {"text": TYPED})
    assert f"/incidents/{incident.pk}/actions/add/?draft={draft_id}" in client.get("/").content.decode()
    client.post(f"/incidents/{incident.pk}/read/")
    late = client.post(
        f"/incidents/drafts/{draft_id}/?incident={incident.pk}", {"text": f"{TYPED}, and more"}
    )
    assert late.status_code == 200
    way = f"/incidents/add/?draft={draft_id}"
    assert way in client.get("/").content.decode()
    assert f"{TYPED}, and more" in client.get(way).content.decode()
    other = f"/incidents/drafts/{incident.pk}/?incident={incident.pk}"
    assert client.post(other, {"text": TYPED}).status_code == 404
