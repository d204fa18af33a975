"""Small promises of the form: who it opens for, what stands in it, whom it alerts unasked."""

import re

import pytest
from django.utils import timezone

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(in_class, category, moment, students_a):
    """What is posted about the first pupil, alerted to nobody yet."""
    from core.db.keys import uuid7

    def make(name="Cause for Concern", **changes):
        local = timezone.localtime(moment)
        return {
            "draft": str(uuid7()),
            "student": str(students_a[0].pk),
            "text": "Said she had no breakfast.",
            "categories": [str(category(name))],
            "happened_on": f"{local:%Y-%m-%d}",
            "happened_time": f"{local:%H:%M}",
            "status": "active",
        } | changes

    return make


def default_group():
    from tenant_apps.staff.selectors import default_alert_group

    return default_alert_group()


@pytest.mark.spec("INC-02")
def test_plus_beside_a_student_opens_the_form_for_this_student(client_for, cast, students_a, in_class):
    client, student = client_for(cast.lead), students_a[3]
    address = f"/incidents/add/?student={student.pk}"
    for page in ("/students/search/?q=nguyen", f"/students/register/{in_class.pk}/"):
        row = client.get(page).content.decode()
        assert f'<a class="add-link" href="{address}" aria-label="Add Incident for Minh Nguyễn"' in row, page
    form = client.get(address).content.decode()
    assert f'name="student" value="{student.pk}"' in form
    assert "Minh Nguyễn" in form


@pytest.mark.spec("INC-04")
def test_adding_needs_the_permission_of_the_group(client_for, cast, typed):
    from tenant_apps.incidents.models import Incident

    form = typed(alert_groups=[str(default_group().id)])
    without = client_for(cast.data)
    assert without.get("/incidents/add/").status_code == 403
    assert without.post("/incidents/add/", form).status_code == 403
    assert not Incident.objects.exists()
    assert client_for(cast.support).post("/incidents/add/", form).status_code == 302
    assert Incident.objects.count() == 1


@pytest.mark.spec("INC-07")
def test_chosen_student_can_be_taken_off_and_another_chosen(client_for, cast, typed, students_a):
    from tenant_apps.incidents.models import Incident, IncidentStudent

    client = client_for(cast.support)
    page = client.get(f"/incidents/add/?student={students_a[0].pk}").content.decode()
    token = page[page.index("data-picker-token") :]
    assert re.search(r"<button[^>]*data-picker-remove", token)
    groups = {"alert_groups": [str(default_group().id)]}
    assert client.post("/incidents/add/", typed(student="", **groups)).status_code == 422
    assert not Incident.objects.exists()
    client.post("/incidents/add/", typed(student=str(students_a[3].pk), **groups))
    assert IncidentStudent.objects.get().student_id == students_a[3].pk


@pytest.mark.spec("INC-19")
def test_status_is_active_or_closed(client_for, cast, typed):
    from tenant_apps.incidents.models import Incident

    client = client_for(cast.lead)
    page = client.get("/incidents/add/").content.decode()
    offered = page[page.index('<select class="input" id="id_status"') :].split("</select>")[0]
    assert re.findall(r"<option[^>]*>([^<]+)</option>", offered) == ["Active", "Closed"]
    assert '<option value="active" selected>' in offered
    groups = {"alert_groups": [str(default_group().id)]}
    assert client.post("/incidents/add/", typed(status="archived", **groups)).status_code == 422
    for status in ("active", "closed"):
        client.post("/incidents/add/", typed(status=status, **groups))
    assert list(Incident.objects.order_by("number").values_list("status", flat=True)) == ["active", "closed"]


@pytest.mark.spec("INC-34")
@pytest.mark.parametrize(("name", "is_preselecting"), [("Cause for Concern", True), ("Behaviour", False)])
def test_default_group_is_preselected_for_categories_that_always_alert(
    client_for, cast, category, name, is_preselecting
):
    page = client_for(cast.support).get("/incidents/add/").content.decode()
    (preselecting,) = re.findall(r'data-preselects="([^"]*)"', page)
    assert (str(category(name)) in preselecting.split()) == is_preselecting
    (box,) = re.findall(r"<input[^>]*data-preselected[^>]*>", page)
    assert f'value="{default_group().id}"' in box


@pytest.mark.spec("INC-34")
def test_default_group_is_alerted_by_itself_when_nobody_is_left_to_alert(client_for, cast, typed):
    """The school does not insist on a choice, and nobody made one: the safety net is told and says so."""
    from core.access import SYSTEM
    from tenant_apps.alerts.models import Alert
    from tenant_apps.school_settings.services import update_settings

    update_settings(by=SYSTEM, enforce_alert=False)
    assert client_for(cast.support).post("/incidents/add/", typed()).status_code == 302
    alerts = Alert.objects.values_list("recipient", "reason")
    assert set(alerts) == {(cast.lead.user.pk, "default"), (cast.deputy.user.pk, "default")}


@pytest.mark.spec("ACT-09")
@pytest.mark.parametrize("is_shared", [False, True])
def test_files_of_an_action_go_to_linked_students_only_when_shared(
    client_for, cast, add, typed, students_a, is_shared
):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from core.db.keys import uuid7
    from tenant_apps.documents.models import Document, DocumentStudent
    from tenant_apps.incidents.services import LinkedStudent

    incident, client, draft = (
        add(linked=[LinkedStudent(students_a[1].pk)]),
        client_for(cast.lead),
        str(uuid7()),
    )
    client.post(f"/documents/upload/?draft={draft}", {"file": SimpleUploadedFile("reply.txt", b"x")})
    form = typed(draft=draft, categories=[], copy_to_linked="on") | (
        {"share_documents": "on"} if is_shared else {}
    )
    assert client.post(f"/incidents/{incident.pk}/actions/add/", form).status_code == 302
    holders = set(
        DocumentStudent.objects.filter(document=Document.objects.get()).values_list("student", flat=True)
    )
    assert holders == {student.pk for student in students_a[: 2 if is_shared else 1]}
