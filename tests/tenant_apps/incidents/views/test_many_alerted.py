import pytest
from django.utils import timezone

from core.access import SYSTEM
from core.db.keys import uuid7

pytestmark = [pytest.mark.django_db, pytest.mark.spec("SAF-04")]


@pytest.fixture
def crowd(in_a):
    """An alert group of eleven people."""
    from shared_apps.people.services import create_user
    from tenant_apps.staff.selectors import user_group_ids
    from tenant_apps.staff.services import add_member, save_alert_group

    people = []
    for number in range(11):
        person = create_user(
            email=f"person{number}@ashgrove.sch.example", first_name="Pat", last_name=f"P{number}", by=SYSTEM
        )
        add_member(user_id=person.pk, group_id=user_group_ids()["Teachers"], by=SYSTEM)
        people.append(person)
    group = save_alert_group(name="Everybody", member_ids=[person.pk for person in people], by=SYSTEM)
    return group, people


def typed(student, category, moment, **changes):
    local = timezone.localtime(moment)
    return {
        "draft": str(uuid7()),
        "student": str(student.pk),
        "text": "Pushed in the corridor.",
        "categories": [str(category("Behaviour"))],
        "status": "active",
        "happened_on": f"{local:%Y-%m-%d}",
        "happened_time": f"{local:%H:%M}",
    } | changes


def test_more_than_ten_recipients_are_asked_about_before_anything_is_stored(
    client_for, cast, crowd, students_a, category, moment, in_class
):
    from tenant_apps.alerts.models import Alert
    from tenant_apps.incidents.models import Incident

    group, _ = crowd
    browser = client_for(cast.lead)
    sent = typed(students_a[0], category, moment, alert_groups=[str(group.id)])
    asked = browser.post("/incidents/add/", sent)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "11 people will be able to open this" in page
    assert "Yes, alert all 11 people" in page
    assert "Pushed in the corridor." in page
    assert not Incident.objects.exists()
    assert browser.post("/incidents/add/", sent | {"confirm_many": "on"}).status_code == 302
    assert Alert.objects.count() == 11


def test_ten_are_not_asked_about_and_a_person_counts_once(
    client_for, cast, crowd, students_a, category, moment, in_class
):
    from tenant_apps.alerts.models import Alert
    from tenant_apps.staff.services import save_alert_group

    group, people = crowd
    ten = [person.pk for person in people[:10]]
    save_alert_group(group_id=group.id, name="Everybody", member_ids=ten, by=SYSTEM)
    sent = typed(
        students_a[0], category, moment, alert_groups=[str(group.id)], alert_staff=[str(people[0].pk)]
    )
    assert client_for(cast.lead).post("/incidents/add/", sent).status_code == 302
    assert Alert.objects.count() == 10


def test_actions_ask_too(client_for, cast, crowd, add, category, moment):
    from tenant_apps.incidents.models import Action

    group, _ = crowd
    incident = add("Behaviour")
    local = timezone.localtime(moment)
    sent = {
        "draft": str(uuid7()),
        "text": "Rang home.",
        "happened_on": f"{local:%Y-%m-%d}",
        "happened_time": f"{local:%H:%M}",
        "alert_groups": [str(group.id)],
    }
    browser = client_for(cast.lead)
    asked = browser.post(f"/incidents/{incident.pk}/actions/add/", sent)
    assert "Yes, alert all 11 people" in asked.content.decode()
    assert not Action.objects.exists()
    browser.post(f"/incidents/{incident.pk}/actions/add/", sent | {"confirm_many": "on"})
    assert Action.objects.count() == 1
