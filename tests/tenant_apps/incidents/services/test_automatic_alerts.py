"""Automatic alerts, from the rule to the person's dashboard."""

import pytest

from core.db.keys import uuid7
from tenant_apps.alerts.services import name_for_student, set_rules_of

pytestmark = pytest.mark.django_db


def alerted(record):
    from tenant_apps.alerts.models import Alert

    return dict(Alert.objects.filter(record_id=record.pk).values_list("recipient", "reason"))


@pytest.mark.spec("USR-40", "INC-34")
def test_each_new_incident_that_fits_alerts_without_anyone_choosing(
    client_for, cast, add, category, in_class
):
    person = cast.pastoral.user.pk
    rule = {("category", category("Behaviour")): False}
    set_rules_of(user_id=person, wanted=rule, by=cast.head.access)
    chosen = [cast.deputy.user.pk]
    assert alerted(add("Behaviour", alert_user_ids=chosen)) == {chosen[0]: "chosen", person: "automatic"}
    assert person not in alerted(add("Attendance", alert_user_ids=chosen))
    dashboard = client_for(cast.pastoral).get("/").content.decode()
    assert "Behaviour" in dashboard


@pytest.mark.spec("SAF-03")
def test_rule_reaches_beyond_somebodys_categories_only_by_its_own_tick(cast, add, category, client_for):
    person = cast.teacher.user.pk
    protection = ("category", category("Child Protection"))
    chosen = [cast.deputy.user.pk]
    set_rules_of(user_id=person, wanted={protection: False}, by=cast.head.access)
    assert person not in alerted(add("Child Protection", alert_user_ids=chosen))
    set_rules_of(user_id=person, wanted={protection: True}, by=cast.head.access)
    opened = add("Child Protection", alert_user_ids=chosen)
    assert alerted(opened)[person] == "automatic"
    assert client_for(cast.teacher).get(f"/incidents/{opened.pk}/").status_code == 200


@pytest.mark.spec("STU-09", "SAF-03")
def test_students_rule_answers_to_incidents_and_actions(cast, add, students_a, moment):
    from tenant_apps.incidents.services import add_action

    person = cast.deputy.user.pk
    name_for_student(student_id=students_a[0].pk, wanted={person: False}, by=cast.lead.access)
    incident = add("Behaviour", alert_user_ids=[cast.head.user.pk])
    assert alerted(incident)[person] == "automatic"
    action = add_action(
        action_id=uuid7(), incident_id=incident.pk, text="Rang home.", happened_at=moment, by=cast.lead.access
    )
    assert alerted(action) == {person: "automatic"}


@pytest.mark.spec("SAF-06", "USR-40")
def test_rule_does_not_reach_whom_a_block_keeps_out(cast, add, students_a, category):
    from tenant_apps.students.services import block_student_reader

    person = cast.deputy.user.pk
    wanted = {("category", category("Behaviour")): True}
    set_rules_of(user_id=person, wanted=wanted, by=cast.head.access)
    block_student_reader(student_id=students_a[0].pk, user_id=person, by=cast.lead.access)
    assert person not in alerted(add("Behaviour", alert_user_ids=[cast.head.user.pk]))
