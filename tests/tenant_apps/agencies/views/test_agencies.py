import pytest
from django.urls import reverse

from core.audit.models import AuditEvent
from core.db.keys import uuid7
from tenant_apps.agencies.models import Agency
from tenant_apps.incidents.models import IncidentAgency
from tenant_apps.incidents.services import add_action


@pytest.fixture
def head(in_a, client_for, cast):
    return client_for(cast.head)


@pytest.fixture
def agency(in_a):
    return Agency.objects.order_by("sort_key").first()


def url_of(route, agency=None):
    return reverse(f"agencies:{route}", args=[agency.pk] if agency else [], urlconf="config.urls_school")


@pytest.mark.spec("AGY-01")
@pytest.mark.spec("OP-18")
def test_list_has_edit_and_disable_once_used_and_delete_disable_before(head, add, agency):
    page = head.get(url_of("home")).content.decode()
    assert "New agency" in page
    assert page.count(">Edit<") == page.count(">Delete/Disable<") == Agency.objects.count()
    add(agency_ids=[agency.pk])
    page = head.get(url_of("home")).content.decode()
    assert page.count(">Disable<") == 1
    assert page.count(">Delete/Disable<") == Agency.objects.count() - 1


@pytest.mark.spec("AGY-02")
def test_new_agency_is_offered_on_new_incidents_and_actions(head, add, client_for, cast):
    page = head.get(url_of("new")).content.decode()
    assert "Save Agency" in page
    assert head.post(url_of("new"), {"name": " Family  Hub "}).status_code == 302
    lead, incident = client_for(cast.lead), add()
    for address in ("/incidents/add/", f"/incidents/{incident.pk}/actions/add/"):
        assert "Family Hub" in lead.get(address).content.decode()
    assert AuditEvent.objects.filter(event="agency.added").exists()


@pytest.mark.spec("AGY-02")
@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("  ", "Give the agency a name."),
        ("x" * 121, "A name has at most 120 characters."),
        (None, "There is an agency of this name already."),
    ],
)
def test_name_that_is_empty_too_long_or_taken_is_refused_with_a_sentence(head, agency, name, sentence):
    before = set(Agency.objects.values_list("name", flat=True))
    answer = head.post(url_of("new"), {"name": agency.name.upper() if name is None else name})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert set(Agency.objects.values_list("name", flat=True)) == before


@pytest.mark.spec("AGY-03")
def test_new_name_shows_on_past_incidents_and_actions_and_the_page_warns(
    head, add, client_for, cast, agency, moment
):
    incident = add(agency_ids=[agency.pk])
    add_action(
        action_id=uuid7(),
        incident_id=incident.pk,
        text="Rang.",
        happened_at=moment,
        agency_ids=[agency.pk],
        by=cast.lead.access,
    )
    assert "do not change what it means" in head.get(url_of("agency", agency)).content.decode()
    assert head.post(url_of("agency", agency), {"name": "Quillfeather House"}).status_code == 302
    page = client_for(cast.lead).get(f"/incidents/{incident.pk}/", follow=True).content.decode()
    assert page.count("Quillfeather House") >= 2
    assert agency.name not in page
    assert AuditEvent.objects.filter(event="agency.changed", record_id=agency.pk).exists()


@pytest.mark.spec("AGY-04")
@pytest.mark.spec("AGY-05")
def test_used_agency_is_disabled_keeps_its_tags_and_comes_back(head, add, client_for, cast, agency):
    incident = add(agency_ids=[agency.pk])
    lead = client_for(cast.lead)
    assert "will be disabled" in head.get(url_of("delete", agency)).content.decode()
    assert head.post(url_of("delete", agency)).status_code == 302
    assert agency.name not in lead.get("/incidents/add/").content.decode()
    assert IncidentAgency.objects.filter(incident=incident, agency=agency).exists()
    assert agency.name in lead.get(f"/incidents/{incident.pk}/", follow=True).content.decode()
    assert head.get(url_of("home")).content.decode().count(">Enable<") == 1
    assert head.post(url_of("enable", agency)).status_code == 302
    assert agency.name in lead.get("/incidents/add/").content.decode()


@pytest.mark.spec("OP-18")
def test_agency_that_was_never_used_is_deleted_in_full(head, agency):
    assert "will be deleted in full" in head.get(url_of("delete", agency)).content.decode()
    assert head.post(url_of("delete", agency)).status_code == 302
    assert not Agency.objects.filter(pk=agency.pk).exists()
    assert AuditEvent.objects.filter(event="agency.deleted", record_id=agency.pk).exists()


@pytest.mark.spec("OP-18")
def test_agency_that_only_a_kept_version_names_is_not_deleted(head, add, agency):
    incident = add(agency_ids=[agency.pk])
    IncidentAgency.objects.filter(incident=incident).delete()
    assert head.post(url_of("delete", agency)).status_code == 302
    assert not Agency.objects.get(pk=agency.pk).is_enabled


@pytest.mark.parametrize("kept", [1, 3])
def test_queries_of_the_list_do_not_grow(head, django_assert_num_queries, kept):
    head.get(url_of("home"))
    Agency.objects.exclude(pk__in=list(Agency.objects.values_list("pk", flat=True)[:kept])).delete()
    assert Agency.objects.count() == kept
    with django_assert_num_queries(QUERIES):
        head.get(url_of("home"))


QUERIES = 12
