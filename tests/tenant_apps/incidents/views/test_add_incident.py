import pytest
from django.utils import timezone

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(in_a, students_a, category, moment):
    """What a member of staff types into the form."""
    from core.db.keys import uuid7
    from tenant_apps.staff.selectors import default_alert_group

    local = timezone.localtime(moment)
    group = default_alert_group()
    in_a_default = group.id

    def make(**changes):
        return {
            "draft": str(uuid7()),
            "student": str(students_a[0].pk),
            "text": "Said she had no breakfast.",
            "categories": [str(category("Cause for Concern"))],
            "happened_on": f"{local:%Y-%m-%d}",
            "happened_time": f"{local:%H:%M}",
            "status": "active",
            "alert_groups": [str(in_a_default)],
        } | changes

    return make


@pytest.mark.spec("INC-01", "INC-05", "INC-10", "INC-18", "SAF-27", "ACC-26")
def test_form_has_its_fields_hints_and_notices(client_for, cast):
    page = client_for(cast.support).get("/incidents/add/").content.decode()
    for label in (
        "Student",
        "Incident",
        "Categories",
        "Linked student(s)",
        "Date/Time",
        "Status",
        "Assign to",
        "Files",
        "Alert Staff Members",
        "Agency Involved",
    ):
        assert label in page
    assert "If a child is in immediate danger, call 999 first." in page
    assert "Is it about an adult who works or volunteers here?" in page
    assert "Never take, copy, forward or upload a nude or semi-nude image" in page
    assert "Spell linked students" in page


@pytest.mark.spec("INC-12", "INC-13")
def test_form_offers_only_categories_open_for_adding(client_for, cast):
    page = client_for(cast.teacher).get("/incidents/add/").content.decode()
    assert "Disclosure" in page
    assert "Child Protection" not in page
    assert "Self-harm" not in page


@pytest.mark.spec("INC-38")
def test_key_user_is_taken_to_the_log_with_the_new_incident_highlighted(client_for, cast, filled, students_a):
    client = client_for(cast.lead)
    answer = client.post("/incidents/add/", filled(), follow=True)
    path, _ = answer.redirect_chain[-1]
    assert path.startswith(f"/students/{students_a[0].pk}/incidents/?incident=")
    incident = path.split("incident=")[1].split("#")[0]
    assert f'highlighted" id="incident-{incident}"' in answer.content.decode()


@pytest.mark.spec("INC-39", "SAF-18", "DSH-22", "DSH-24", "DSH-25", "DSH-26")
def test_non_key_user_returns_to_the_dashboard_with_the_incident_in_my_history(client_for, cast, filled):
    answer = client_for(cast.support).post("/incidents/add/", filled(), follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain[-1][0] == "/"
    assert "My History" in page
    assert "Incident no. 1" in page
    assert "Nobody has opened it yet" in page
    assert cast.lead.user.formal_name in page
    assert "Said she had no breakfast" not in page
    for word in ("Quick Student Search", "Filter by Group", ">Reporting<", ">Admin<", ">Planner<"):
        assert word not in page


@pytest.mark.spec("INC-06", "INC-09", "INC-11", "INC-25", "INC-29", "SAF-15", "SAF-29")
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"student": ""}, "Choose the student"),
        ({"text": "  "}, "Write what you saw and heard."),
        ({"categories": []}, "Choose at least one category."),
        ({"alert_groups": []}, "Choose at least one person or group to alert"),
        ({"happened_on": "2099-01-01"}, "in the future"),
        ({"happened_on": "31/31/2020"}, "Give the date"),
    ],
)
def test_refused_form_names_the_fault_and_keeps_what_was_typed(client_for, cast, filled, changes, sentence):
    from tenant_apps.incidents.models import Incident

    typed = filled(**({"text": "Kept exactly as typed."} | changes))
    answer = client_for(cast.support).post("/incidents/add/", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert "There is a problem" in page
    if "text" not in changes:
        assert "Kept exactly as typed." in page
    assert not Incident.objects.exists()


@pytest.mark.spec("INC-12")
def test_category_that_was_not_offered_is_refused(client_for, cast, filled, category):
    from tenant_apps.incidents.models import Incident

    answer = client_for(cast.teacher).post(
        "/incidents/add/", filled(categories=[str(category("Child Protection"))])
    )
    assert answer.status_code == 422
    assert "Child Protection" not in answer.content.decode()
    assert not Incident.objects.exists()


@pytest.mark.spec("INC-20")
def test_assignee_without_a_key_is_refused(client_for, cast, filled):
    answer = client_for(cast.lead).post("/incidents/add/", filled(assign_to=str(cast.support.user.pk)))
    assert answer.status_code == 422
    assert "Only key holders can be assigned" in answer.content.decode()


@pytest.mark.spec("INC-25", "SAF-15")
def test_alerting_oneself_alone_is_refused(client_for, cast, filled):
    from tenant_apps.incidents.models import Incident

    typed = filled(alert_groups=[], alert_staff=[str(cast.support.user.pk)])
    answer = client_for(cast.support).post("/incidents/add/", typed)
    assert answer.status_code == 422
    assert "besides yourself" in answer.content.decode()
    assert not Incident.objects.exists()
