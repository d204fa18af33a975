"""GRP-08: what somebody limited to one class finds, lists and opens, through every door there is."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core.access import SYSTEM
from core.db.clock import now
from core.db.keys import uuid7
from tenant_apps.categories.selectors import all_categories
from tenant_apps.classes.services import set_group_people, set_restricted_kinds
from tenant_apps.incidents.services import LinkedStudent, add_incident
from tenant_apps.monitoring.services import start

WORDS = {"own": "Quillfeather at the gate", "hidden": "Marrowdusk by the bins"}


def address(name, **ids):
    return reverse(name, urlconf="config.urls_school", kwargs=ids)


@pytest.fixture
def behaviour(in_a):
    return next(one.id for one in all_categories() if one.name == "Behaviour")


@pytest.fixture
def entries(tutors, cast, behaviour):
    """One incident and one monitoring for each of the two pupils, under a category the teacher may view."""
    made = {}
    for which, student in (("own", tutors.own), ("hidden", tutors.hidden)):
        made[which] = add_incident(
            incident_id=uuid7(),
            student_id=student.pk,
            text=WORDS[which],
            category_ids=[behaviour],
            happened_at=now() - timedelta(hours=1),
            alert_user_ids=[cast.lead.user.pk],
            by=cast.deputy.access,
        )
        start(
            student_ids=[student.pk], category_ids=[behaviour], by=SYSTEM, source=("incident", made[which].pk)
        )
    return made


@pytest.fixture
def teacher(client_for, cast, entries):
    return client_for(cast.teacher)


def text_of(response):
    content = b"".join(response) if response.streaming else response.content
    return content.decode("utf-8", "replace")


@pytest.mark.spec("GRP-08")
def test_records_of_other_classes_are_not_there(teacher, tutors, entries):
    """The pupil's own pages and the entry's: each there for one's own class and absent for the other."""
    doors = [
        ("profile:overview", "student_id"),
        ("incidents:chronology", "student_id"),
        ("incidents:chronology-pdf", "student_id"),
        ("incidents:entry", "incident_id"),
        ("incidents:print", "incident_id"),
        ("incidents:add-action", "incident_id"),
        ("incidents:change-status", "incident_id"),
    ]
    for route, name in doors:
        ids = {
            which: student.pk if name == "student_id" else entries[which].pk
            for which, student in (("own", tutors.own), ("hidden", tutors.hidden))
        }
        assert teacher.get(address(route, **{name: ids["own"]})).status_code in (200, 302), route
        answer = teacher.get(address(route, **{name: ids["hidden"]}))
        assert answer.status_code == 404, route
        assert "Marrowdusk" not in text_of(answer)
        assert "Łukaszewski" not in text_of(answer)


@pytest.mark.spec("GRP-08")
def test_registers_hold_ones_own_pupils_only(teacher, tutors):
    assert "Connor-Hughes" in text_of(teacher.get(address("profile:register", group_id=tutors.mine.pk)))
    assert teacher.get(address("profile:register", group_id=tutors.other.pk)).status_code == 404
    year = text_of(teacher.get(address("profile:register", group_id=tutors.year.pk)))
    assert "Connor-Hughes" in year
    assert "Łukaszewski" not in year


@pytest.mark.spec("GRP-08")
def test_search_finds_ones_own_pupils_only(teacher):
    found = text_of(teacher.get(address("profile:search"), {"q": "connor"}))
    assert "Connor-Hughes" in found
    for term in ("lukaszewski", "kuba", "jakub"):
        assert "Łukaszewski" not in text_of(teacher.get(address("profile:search"), {"q": term}))
    monitored = text_of(teacher.get(address("profile:search"), {"monitored": "on"}))
    assert "Connor-Hughes" in monitored
    assert "Łukaszewski" not in monitored


@pytest.mark.spec("GRP-08", "SAF-10")
def test_dashboard_lists_and_counts_ones_own_only(teacher, client_for, cast, behaviour, tutors):
    from tenant_apps.dashboard.selectors import category_counts
    from tenant_apps.students.selectors import dashboard_groups

    body = text_of(teacher.get(address("dashboard:home")))
    assert "7A" in body
    assert "7B" not in body
    assert "Łukaszewski" not in body
    counts = {
        part: {line.category.id: line.students for line in category_counts(getattr(cast, part).access)}
        for part in ("teacher", "lead")
    }
    assert (counts["teacher"][behaviour], counts["lead"][behaviour]) == (1, 2)
    assert [group.count for group in dashboard_groups(cast.teacher.access)] == [1]
    monitored = text_of(teacher.get(address("dashboard:monitored", category_id=behaviour)))
    assert "Connor-Hughes" in monitored
    assert "Łukaszewski" not in monitored


@pytest.mark.spec("GRP-08", "INC-08")
def test_form_offers_every_pupil_and_opens_nothing(teacher, tutors):
    assert "Łukaszewski" in text_of(teacher.get(address("students:suggest"), {"q": "lukas"}))
    assert teacher.get(address("profile:overview", student_id=tutors.hidden.pk)).status_code == 404


@pytest.mark.spec("GRP-08")
def test_writing_to_other_classes_records_is_refused(teacher, entries):
    from tenant_apps.incidents.models import Action, Incident

    answer = teacher.post(
        address("incidents:change-status", incident_id=entries["hidden"].pk), {"status": "closed"}
    )
    assert answer.status_code == 404
    answer = teacher.post(address("incidents:add-action", incident_id=entries["hidden"].pk), {"text": "x"})
    assert answer.status_code == 404
    assert Incident.objects.get(pk=entries["hidden"].pk).status == "active"
    assert not Action.objects.exists()


@pytest.mark.spec("GRP-09")
def test_class_and_category_both_limit(tutors, entries, cast, client_for):
    """Being in the class does not open a category, and viewing the category does not open the class."""
    protection = next(one.id for one in all_categories() if one.name == "Child Protection")
    grave = add_incident(
        incident_id=uuid7(),
        student_id=tutors.own.pk,
        text="Thistlewood told a teacher.",
        category_ids=[protection],
        happened_at=now() - timedelta(hours=1),
        alert_user_ids=[cast.lead.user.pk],
        by=cast.deputy.access,
    )
    teacher = client_for(cast.teacher)
    assert teacher.get(address("incidents:entry", incident_id=grave.pk)).status_code == 404
    chronology = text_of(teacher.get(address("incidents:chronology", student_id=tutors.own.pk)))
    assert "Quillfeather" in chronology
    assert "Thistlewood" not in chronology
    assert teacher.get(address("incidents:entry", incident_id=entries["hidden"].pk)).status_code == 404


@pytest.mark.spec("GRP-01", "GRP-08")
def test_change_counts_on_the_next_request(teacher, tutors, entries, cast):
    page = address("incidents:entry", incident_id=entries["hidden"].pk)
    assert teacher.get(page).status_code == 404
    set_group_people(group_id=tutors.other.pk, user_ids=[cast.teacher.user.pk], by=SYSTEM)
    assert "Marrowdusk" in text_of(teacher.get(page, follow=True))
    set_group_people(group_id=tutors.other.pk, user_ids=[], by=SYSTEM)
    assert teacher.get(page).status_code == 404
    set_restricted_kinds(kinds=[], by=SYSTEM)
    assert "Marrowdusk" in text_of(teacher.get(page, follow=True))


@pytest.mark.spec("GRP-08", "INC-43")
def test_linked_pupil_of_another_class_is_a_name_that_opens_nothing(
    tutors, entries, cast, behaviour, client_for
):
    """Who may read an incident reads who was there; the other's own records stay shut."""
    both = add_incident(
        incident_id=uuid7(),
        student_id=tutors.own.pk,
        linked=[LinkedStudent(tutors.hidden.pk)],
        text="Two pupils by the gate.",
        category_ids=[behaviour],
        happened_at=now() - timedelta(hours=1),
        alert_user_ids=[cast.lead.user.pk],
        by=cast.deputy.access,
    )
    teacher = client_for(cast.teacher)
    body = text_of(teacher.get(address("incidents:entry", incident_id=both.pk), follow=True))
    assert "Two pupils by the gate" in body
    assert "Marrowdusk" not in body
    for route in ("profile:overview", "incidents:chronology"):
        page = address(route, student_id=tutors.hidden.pk)
        assert page not in body
        assert teacher.get(page).status_code == 404
