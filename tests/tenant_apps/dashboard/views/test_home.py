import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

pytestmark = pytest.mark.django_db


@pytest.fixture
def concern(in_a, cast, students_a):
    """Adds a restricted incident by the lead, alerted to the deputy."""
    from core.db.clock import now
    from core.db.keys import uuid7
    from tenant_apps.categories.selectors import all_categories
    from tenant_apps.incidents.services import add_incident

    ids = {view.name: view.id for view in all_categories()}

    def make(number=0, category="Child Protection", **changes):
        given = {
            "incident_id": uuid7(),
            "student_id": students_a[number].pk,
            "text": "planted words",
            "category_ids": [ids[category]],
            "happened_at": now(),
            "alert_user_ids": [cast.deputy.user.pk],
            "by": cast.lead.access,
        }
        return add_incident(**(given | changes))

    return make


@pytest.mark.spec("DSH-01", "DSH-02", "DSH-05", "DSH-08", "DSH-11", "DSH-12", "DSH-17", "ACC-25", "ACC-21")
def test_higher_level_dashboard_has_its_parts(client_for, cast, concern):
    concern(assignee_id=cast.deputy.user.pk)
    page = client_for(cast.deputy).get("/").content.decode()
    for words in (
        "Quick Student Search",
        "Monitored Students",
        "Include Archived Students",
        "Filter by Group",
    ):
        assert words in page
    for words in ("Alert", "My Assigned", "Child Protection", cast.lead.user.formal_name):
        assert words in page
    assert "planted words" not in page


@pytest.mark.spec("DSH-22", "DSH-23", "DSH-25", "ACC-20", "ACC-25", "KEY-07")
def test_without_the_key_it_is_the_restricted_one(client_for, cast, concern):
    concern(alert_user_ids=[cast.deputy.user.pk])
    page = client_for(cast.deputy, elevated=False).get("/").content.decode()
    assert "My History" in page
    assert "Alert" in page
    assert "Quick Student Search" not in page
    assert "My Assigned" not in page


@pytest.mark.spec("DSH-11", "SAF-11")
def test_alert_that_others_have_is_not_shown(client_for, cast, concern, students_a):
    concern()
    page = client_for(cast.teacher).get("/").content.decode()
    assert students_a[0].legal_forename not in page
    assert "Child Protection" not in page


@pytest.mark.spec("DSH-08", "MON-13", "CAT-06")
def test_category_list_leads_to_its_monitored_students_only_for_who_may_view_them(
    client_for, cast, concern, students_a
):
    from tenant_apps.categories.selectors import all_categories
    from tenant_apps.classes.models import StudentGroup
    from tenant_apps.students.models import Membership

    group = StudentGroup.objects.create(mis_id="T1", kind="tutor", name="7A", sort_key="7a")
    Membership.objects.create(student=students_a[0], group=group, start_date="2026-01-01")
    concern()
    category = next(view for view in all_categories() if view.name == "Child Protection")
    lead = client_for(cast.lead).get(f"/categories/{category.id}/students/").content.decode()
    assert students_a[0].legal_forename in lead
    refused = client_for(cast.teacher).get(f"/categories/{category.id}/students/")
    assert refused.status_code == 404
    assert students_a[0].legal_forename not in refused.content.decode()


def test_queries_do_not_grow_with_alerts_and_assigned(client_for, cast, concern):
    client = client_for(cast.deputy)
    concern(assignee_id=cast.deputy.user.pk)
    client.get("/")
    with CaptureQueriesContext(connection) as one:
        client.get("/")
    concern(1, assignee_id=cast.deputy.user.pk)
    concern(2, assignee_id=cast.deputy.user.pk)
    with CaptureQueriesContext(connection) as three:
        client.get("/")
    assert len(one) == len(three) <= 40


@pytest.mark.spec("INC-51", "SAF-10", "DSH-25")
def test_history_learns_nothing_that_came_after_the_writing(client_for, cast, concern):
    """A category that key users added since, and the status, are theirs."""
    from core.db.clock import now
    from core.db.keys import uuid7
    from tenant_apps.categories.selectors import all_categories
    from tenant_apps.incidents.services import add_action, change_status

    ids = {view.name: view.id for view in all_categories()}
    incident = concern(category="Behaviour", by=cast.teacher.plain_access)
    add_action(
        action_id=uuid7(),
        incident_id=incident.pk,
        text="planted words",
        happened_at=now(),
        category_ids=[ids["Attendance"]],
        by=cast.lead.access,
    )
    change_status(incident_id=incident.pk, status="closed", assignee_id=None, by=cast.lead.access)
    page = client_for(cast.teacher, elevated=False).get("/").content.decode()
    assert "Incident no. 1" in page
    assert "Behaviour" in page
    assert "Attendance" not in page
    assert "Closed" not in page
    assert "Active" not in page


@pytest.mark.parametrize("address", ["/", "/incidents/add/", "/students/search/", "/students/suggest/?q=a"])
def test_pages_answer_to_head(client_for, cast, in_a, address):
    assert client_for(cast.lead).head(address).status_code == 200


@pytest.mark.spec("DSH-11")
def test_alerts_go_on_behind_the_first_page(client_for, cast, concern):
    made = [concern(number % 6) for number in range(27)]
    client = client_for(cast.deputy)
    page = client.get("/").content.decode()
    assert "27 unread" in page
    assert f"/incidents/{made[0].pk}/" not in page
    older = page.split('rel="next" href="')[1].split("#")[0]
    assert f"/incidents/{made[0].pk}/" in client.get(older).content.decode()
    assert client.get("/?before=spoilt").status_code == 200


@pytest.mark.spec("SAF-27")
def test_administrators_are_told_which_notices_lack_a_name(in_a, client_for, cast):
    from core.access import SYSTEM
    from tenant_apps.school_settings.services import update_settings

    assert "do not yet name: Headteacher" in client_for(cast.head).get("/").content.decode()
    assert "do not yet name" not in client_for(cast.lead).get("/").content.decode()
    update_settings(
        by=SYSTEM,
        head_name="Dr Coleman",
        chair_of_governors="Mrs Hale",
        out_of_hours_number="01632 960901",
        lado_number="01632 960902",
        safeguarding_line="01632 960903",
    )
    assert "do not yet name" not in client_for(cast.head).get("/").content.decode()
