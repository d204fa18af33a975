"""SAF-02: the incident and its form say how many people can read it; editors see who."""

import pytest

from tenant_apps.incidents import selectors, services
from tenant_apps.school_settings.models import Settings

pytestmark = [pytest.mark.django_db, pytest.mark.spec("SAF-02")]


def people(cast, *parts):
    return {getattr(cast, part).user.pk for part in parts}


def readers(incident, cast):
    """Those of the cast who are counted."""
    incident.refresh_from_db()
    parts = ("head", "lead", "deputy", "pastoral", "teacher", "support", "data")
    return {one for one in parts if getattr(cast, one).user.pk in selectors.readers_of(incident).user_ids}


def test_readers_are_those_whom_groups_alerts_and_assignment_let(add, cast):
    incident = add("Child Protection", alert_user_ids=[cast.support.user.pk, cast.deputy.user.pk])
    assert readers(incident, cast) == {"head", "lead", "deputy", "support"}
    services.change_status(
        incident_id=incident.pk, status="active", assignee_id=cast.teacher.user.pk, by=cast.lead.access
    )
    assert readers(incident, cast) == {"head", "lead", "deputy", "support", "teacher"}
    services.change_status(
        incident_id=incident.pk, status="closed", assignee_id=cast.teacher.user.pk, by=cast.lead.access
    )
    services.block_incident_reader(incident_id=incident.pk, user_id=cast.deputy.user.pk, by=cast.head.access)
    services.mark_read(incident_id=incident.pk, by=cast.support.access)
    assert readers(incident, cast) == {"head", "lead"}


def test_alert_without_a_key_counts_where_the_school_lets_it_be_read(add, cast):
    incident = add("Behaviour", alert_user_ids=[cast.support.user.pk, cast.data.user.pk])
    for setting, counted in (("everywhere", True), ("network", True), ("key", False)):
        Settings.objects.update(non_key_reading=setting)
        assert ("support" in readers(incident, cast)) is counted
        assert "data" in readers(incident, cast)


def test_classes_limit_who_is_counted(add, cast, in_class):
    from core.access import SYSTEM
    from tenant_apps.classes.services import set_restricted_kinds

    incident = add("Behaviour")
    assert {"teacher", "pastoral"} <= readers(incident, cast)
    set_restricted_kinds(kinds=["tutor"], by=SYSTEM)
    assert readers(incident, cast) == {"head", "lead", "deputy"}


def test_count_is_said_to_all_and_names_to_editors(add, cast, client_for):
    incident = add("Behaviour", alert_user_ids=[cast.support.user.pk])
    path = f"/incidents/{incident.pk}/readers/"
    number = selectors.readers_of(incident).count
    name = cast.deputy.user.full_name
    for part, shows in (("lead", True), ("teacher", False), ("support", False)):
        page = client_for(getattr(cast, part)).get(path).content.decode()
        assert f"{number} people can read this" in page
        assert (name in page) is shows
    assert (
        "people can read this" in client_for(cast.support).get(f"/incidents/{incident.pk}/").content.decode()
    )
    entry = client_for(cast.lead).get(f"/incidents/{incident.pk}/", follow=True).content.decode()
    assert f"{number} people can read this" in entry


def test_form_counts_what_it_would_add(add, cast, client_for, category, students_a):
    incident = add("Behaviour", alert_user_ids=[cast.support.user.pk])
    path = "/incidents/add/readers/"
    sent = {
        "categories": str(category("Behaviour")),
        "student": str(students_a[0].pk),
        "alert_staff": str(cast.support.user.pk),
    }
    page = client_for(cast.teacher).get(path, sent).content.decode()
    assert f"{selectors.readers_of(incident).count} people can read this" in page
    assert cast.deputy.user.full_name not in page
    assert cast.deputy.user.full_name in client_for(cast.lead).get(path, sent).content.decode()
    # Categories that one may not add to, and nonsense, count for nothing.
    for chosen in (str(category("Child Protection")), "nonsense"):
        page = client_for(cast.teacher).get(path, sent | {"categories": chosen}).content.decode()
        assert "Choose a category" in page
    assert path in client_for(cast.teacher).get("/incidents/add/").content.decode()


def test_queries_do_not_grow_with_people_and_categories(add, cast, students_a, django_assert_max_num_queries):
    counts = []
    for categories, links in ((["Behaviour"], 0), (["Behaviour", "Medical", "SEND"], 3)):
        linked = [services.LinkedStudent(one.pk, "witness") for one in students_a[1 : 1 + links]]
        incident = add(*categories, linked=linked, alert_user_ids=[cast.support.user.pk])
        with django_assert_max_num_queries(14) as asked:
            selectors.readers_of(incident)
        counts.append(len(asked))
    assert counts[0] == counts[1]
