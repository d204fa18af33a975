"""Automatic alerts to an incident that fits a rule only later, and monitoring that begins only then."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def rule(cast):
    def make(person, **thing):
        from core.db.clock import now
        from tenant_apps.alerts.models import AutomaticAlert

        return AutomaticAlert.objects.create(user=person.user, set_by=cast.head.user, set_at=now(), **thing)

    return make


def alerts_of(person):
    from tenant_apps.alerts.models import Alert

    return list(Alert.objects.filter(recipient=person.user).values_list("kind", "reason"))


def edit(incident, by, *categories):
    from tenant_apps.incidents import selectors, services

    return services.edit_incident(
        incident_id=incident.pk,
        seen=selectors.latest_version(incident),
        text=incident.text,
        happened_at=incident.happened_at,
        category_ids=categories,
        by=by,
    )


@pytest.mark.spec("SAF-23", "MON-02")
def test_edit_that_adds_a_category_alerts_and_monitors_once(cast, add, rule, category, students_a):
    from tenant_apps.monitoring.models import Monitoring

    incident = add("Behaviour")
    rule(cast.pastoral, category_id=category("Attendance"))
    edit(incident, cast.lead.access, category("Behaviour"))
    assert alerts_of(cast.pastoral) == []
    for _ in range(2):
        edit(incident, cast.lead.access, category("Behaviour"), category("Attendance"))
        assert alerts_of(cast.pastoral) == [("incident", "automatic")]
        edit(incident, cast.lead.access, category("Behaviour"))
    begun = Monitoring.objects.filter(student=students_a[0], category=category("Attendance"))
    assert begun.count() == 1


@pytest.mark.spec("SAF-23", "SAF-06")
def test_rule_does_not_reach_whom_a_block_keeps_away(cast, add, rule, category):
    from tenant_apps.incidents.services import block_incident_reader

    incident = add("Behaviour")
    rule(cast.pastoral, category_id=category("Attendance"))
    block_incident_reader(incident_id=incident.pk, user_id=cast.pastoral.user.pk, by=cast.head.access)
    edit(incident, cast.lead.access, category("Behaviour"), category("Attendance"))
    assert alerts_of(cast.pastoral) == []


@pytest.mark.spec("SAF-23", "ACT-06")
def test_category_that_an_action_adds_alerts_as_if_it_had_been_there(cast, add, rule, category, moment):
    from core.db.keys import uuid7
    from tenant_apps.incidents.services import add_action

    incident = add("Behaviour")
    rule(cast.pastoral, category_id=category("Attendance"))
    add_action(
        action_id=uuid7(),
        incident_id=incident.pk,
        text="Late again.",
        happened_at=moment,
        category_ids=[category("Attendance")],
        by=cast.lead.access,
    )
    assert alerts_of(cast.pastoral) == [("incident", "automatic")]


@pytest.mark.spec("SAF-23", "EDT-11")
def test_restoring_alerts_for_rules_made_meanwhile_and_nobody_twice(cast, add, rule, category):
    from tenant_apps.incidents.services import delete_incident, restore_incident

    rule(cast.teacher, category_id=category("Behaviour"))
    incident = add("Behaviour")
    delete_incident(incident_id=incident.pk, reason="Wrong child.", by=cast.lead.access)
    rule(cast.pastoral, category_id=category("Behaviour"))
    restore_incident(incident_id=incident.pk, by=cast.lead.access)
    assert alerts_of(cast.pastoral) == [("incident", "automatic")]
    assert alerts_of(cast.teacher) == [("incident", "automatic")]


@pytest.mark.spec("SAF-23", "EDT-20")
def test_split_alerts_and_merging_back_alerts_nobody_again(cast, add, rule, category, moment):
    from core.db.keys import uuid7
    from tenant_apps.incidents.services import add_action, merge_incidents, split_action

    incident = add("Behaviour")
    rule(cast.pastoral, category_id=category("Attendance"))
    action = add_action(
        action_id=uuid7(), incident_id=incident.pk, text="Late.", happened_at=moment, by=cast.lead.access
    )
    assert alerts_of(cast.pastoral) == []
    out = split_action(action_id=action.pk, category_ids=[category("Attendance")], by=cast.lead.access)
    assert alerts_of(cast.pastoral) == [("incident", "automatic")]
    merge_incidents(surplus_id=out.pk, main_id=incident.pk, by=cast.lead.access)
    # The incident has the category now, and the person has had the alert: it went over with the part.
    assert alerts_of(cast.pastoral) == [("action", "automatic")]
