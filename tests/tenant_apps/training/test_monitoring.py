"""Monitoring that practice began goes with it, unless a real entry or a person began the same (OP-37)."""

from html import unescape

import pytest

pytestmark = [pytest.mark.django_db, pytest.mark.spec("TRN-08", "TRN-09")]


@pytest.fixture
def monitored(in_a, students_a, cast):
    def make():
        from tenant_apps.monitoring.selectors import monitored_now

        return {one.name for one in monitored_now(cast.lead.access, [students_a[0].pk])[students_a[0].pk]}

    return make


@pytest.fixture
def history(in_a, students_a, cast):
    def make():
        from tenant_apps.monitoring.selectors import monitoring_history

        return monitoring_history(cast.lead.access, students_a[0].pk)

    return make


def test_it_goes_with_the_entry_and_from_the_history(training, add, end, monitored, history):
    incident = add("Behaviour", is_practice=True)
    assert "Behaviour" in monitored()
    end(incident)
    assert monitored() == set()
    assert history() == []


def test_it_stays_where_a_real_entry_began_the_same(training, add, end, monitored, history):
    practice, real = add("Behaviour", is_practice=True), add("Behaviour")
    end(practice)
    assert monitored() == {"Behaviour"}
    assert [one.source_id for one in history()] == [real.pk]


def test_it_stays_where_a_person_began_the_same(
    training, add, end, monitored, history, cast, students_a, category
):
    from tenant_apps.monitoring.services import start

    practice = add("Behaviour", is_practice=True)
    start(
        student_ids=[students_a[0].pk],
        category_ids=[category("Behaviour")],
        by=cast.head.access,
        source=("hand", None),
    )
    end(practice)
    assert monitored() == {"Behaviour"}
    assert [(one.source_kind, one.started_by) for one in history()] == [("hand", cast.head.user.pk)]


def test_it_stays_with_practice_that_is_kept(training, add, end, monitored, history):
    first, second = add("Behaviour", is_practice=True), add("Behaviour", is_practice=True)
    end(first)
    assert monitored() == {"Behaviour"}
    assert [one.source_id for one in history()] == [second.pk]


def test_what_a_real_entry_began_before_stays(training, add, end, monitored):
    add("Behaviour")
    end(add("Behaviour", is_practice=True))
    assert monitored() == {"Behaviour"}


def test_it_goes_with_a_practice_action_beneath_a_real_incident(training, add, act, end, monitored, category):
    action = act(add("Behaviour"), is_practice=True, category_ids=[category("Attendance")])
    assert monitored() == {"Behaviour", "Attendance"}
    end(action)
    assert monitored() == {"Behaviour"}


def test_it_comes_back_with_the_entry(training, add, end, monitored, history, school_a):
    from core.access import SYSTEM
    from tenant_apps.training.services import return_entries

    incident = add("Behaviour", is_practice=True)
    end(incident)
    return_entries(numbers=[incident.number], request="R-1", by=SYSTEM)
    assert monitored() == {"Behaviour"}
    assert [one.source_id for one in history()] == [incident.pk]


def test_list_names_it_beforehand(client_for, cast, training, add, students_a):
    from tenant_apps.students.selectors import students_by_ids

    add("Behaviour", is_practice=True)
    add("Attendance", is_practice=True)
    add("Attendance")
    page = unescape(" ".join(client_for(cast.head).get("/admin/settings/training/").content.decode().split()))
    name = students_by_ids([students_a[0].pk])[students_a[0].pk].name
    assert f"{name}: Behaviour" in page
    assert f"{name}: Attendance (stays: a real entry began the same)" in page


def test_counts_say_how_much_is_practice(client_for, cast, training, add):
    add("Behaviour", is_practice=True)
    assert "1 practice" in " ".join(client_for(cast.head).get("/").content.decode().split()).replace(
        '<span class="vh"> monitored</span>,', ""
    )
