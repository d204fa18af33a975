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
