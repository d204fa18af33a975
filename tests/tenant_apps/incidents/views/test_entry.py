"""What somebody without a key, or without the category, may read of an incident they were alerted to."""

import pytest

pytestmark = pytest.mark.django_db

WORDS = "words for the alerted only"


@pytest.fixture
def alerted(add, cast):
    return add("Child Protection", text=WORDS, alert_user_ids=[cast.support.user.pk])


@pytest.mark.spec("INC-49", "INC-50", "INC-52", "SAF-10", "DSH-23")
def test_non_key_user_reads_the_one_incident_with_the_warning(client_for, cast, add, alerted):
    other = add(text="another incident of the same pupil")
    client = client_for(cast.support)
    assert f"/incidents/{alerted.pk}/" in client.get("/").content.decode()
    page = client.get(f"/incidents/{alerted.pk}/").content.decode()
    assert WORDS in page
    assert "Add Action" in page
    assert "you cannot open it again" in page
    assert "Child Protection" not in page
    assert "another incident" not in page
    assert client.get(f"/incidents/{other.pk}/").status_code == 404


@pytest.mark.spec("INC-51")
def test_marked_as_read_it_cannot_be_opened_again_by_any_way(client_for, cast, alerted):
    client = client_for(cast.support)
    client.post(f"/incidents/{alerted.pk}/read/")
    assert f"/incidents/{alerted.pk}/" not in client.get("/").content.decode()
    for way in ("", "print/", "actions/add/", "read/"):
        answer = client.get(f"/incidents/{alerted.pk}/{way}")
        assert answer.status_code in {404, 405}
        assert WORDS not in answer.content.decode()


@pytest.mark.spec("KEY-35", "ACC-22", "STU-02")
@pytest.mark.parametrize("elevated", [False])
def test_lead_without_the_key_reaches_no_chronology(client_for, cast, add, students_a, elevated):
    incident = add(text=WORDS)
    client = client_for(cast.lead, elevated=elevated)
    for address, status in (
        (f"/students/{students_a[0].pk}/incidents/", 403),
        (f"/students/{students_a[0].pk}/incidents/pdf/", 403),
        (f"/incidents/{incident.pk}/", 404),
    ):
        answer = client.get(address)
        assert answer.status_code == status
        assert WORDS not in answer.content.decode()


@pytest.mark.spec("INC-48")
def test_status_and_assignee_are_changed_by_a_key_user_who_may_read(client_for, cast, add):
    from tenant_apps.incidents.models import IncidentVersion

    incident = add()
    answer = client_for(cast.lead).post(
        f"/incidents/{incident.pk}/status/", {"status": "closed", "assign_to": str(cast.deputy.user.pk)}
    )
    incident.refresh_from_db()
    assert answer.status_code == 302
    assert (incident.status, incident.assignee_id) == ("closed", cast.deputy.user.pk)
    assert IncidentVersion.objects.filter(incident=incident).count() == 2


def test_status_is_not_changed_by_someone_who_may_not_read(client_for, cast, add):
    incident = add("Child Protection")
    answer = client_for(cast.teacher).post(f"/incidents/{incident.pk}/status/", {"status": "closed"})
    incident.refresh_from_db()
    assert answer.status_code == 404
    assert incident.status == "active"


@pytest.mark.spec("EDT-13", "RPT-61")
def test_print_view_holds_this_one_incident_and_no_name_in_its_file_name(client_for, cast, add, students_a):
    import io

    import pikepdf

    incident = add(text=WORDS)
    add(text="not this one")
    answer = client_for(cast.lead).get(f"/incidents/{incident.pk}/print/")
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert answer["Content-Disposition"] == 'inline; filename="record-1.pdf"'
    assert students_a[0].legal_surname not in str(pikepdf.open(io.BytesIO(content)).docinfo)


@pytest.mark.spec("SAF-18")
def test_line_about_who_was_told_changes_when_it_is_opened(client_for, cast, add):
    incident = add(by=cast.support.access, alert_user_ids=[cast.lead.user.pk])
    author = client_for(cast.support)
    assert "Nobody has opened it yet" in author.get("/").content.decode()
    client_for(cast.lead).get(f"/incidents/{incident.pk}/", follow=True)
    assert (
        f"Opened by {cast.lead.user.formal_name}"
        in author.get(f"/incidents/{incident.pk}/told/").content.decode()
    )
    assert client_for(cast.teacher).get(f"/incidents/{incident.pk}/told/").status_code == 404


@pytest.mark.spec("INC-48")
def test_assignee_who_lost_the_key_stays_until_somebody_takes_them_off(client_for, cast, add):
    from django_otp.plugins.otp_totp.models import TOTPDevice

    incident = add(assignee_id=cast.deputy.user.pk)
    TOTPDevice.objects.filter(user=cast.deputy.user).delete()
    client = client_for(cast.lead)
    address = f"/incidents/{incident.pk}/status/"
    assert cast.deputy.user.full_name in client.get(address).content.decode()
    client.post(address, {"status": "closed", "assign_to": str(cast.deputy.user.pk)})
    incident.refresh_from_db()
    assert (incident.status, incident.assignee_id) == ("closed", cast.deputy.user.pk)
    refused = client.post(address, {"status": "active", "assign_to": str(cast.support.user.pk)})
    assert refused.status_code == 422
