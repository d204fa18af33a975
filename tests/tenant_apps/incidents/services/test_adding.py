import pytest
from django.core.exceptions import PermissionDenied

pytestmark = pytest.mark.django_db


@pytest.mark.spec("INC-30", "TEN-13")
def test_add_incident_numbers_rise_by_school(add, cast):
    first, second = add(), add()
    assert (first.number, second.number) == (1, 2)
    assert first.author_id == cast.lead.user.pk


@pytest.mark.fault("F1")
def test_add_incident_sent_twice_makes_one_record(add):
    from core.db.keys import uuid7
    from tenant_apps.incidents.models import Incident

    draft = uuid7()
    assert add(incident_id=draft).pk == add(incident_id=draft).pk
    assert Incident.objects.count() == 1


def test_add_incident_different_words_under_one_id_are_both_kept(add):
    from core.db.keys import uuid7
    from tenant_apps.incidents.models import Incident

    draft = uuid7()
    add(incident_id=draft, text="First window.")
    add(incident_id=draft, text="Second window.")
    assert set(Incident.objects.values_list("text", flat=True)) == {"First window.", "Second window."}


@pytest.mark.fault("F1")
@pytest.mark.parametrize("changed", ["student", "category", "time"])
def test_add_incident_same_words_under_one_id_for_something_else_are_kept(
    add, students_a, category, moment, changed
):
    """The "Back" button, another student, the same words: swallowing the second would lose it."""
    from datetime import timedelta

    from core.db.keys import uuid7
    from tenant_apps.incidents.models import Incident

    draft = uuid7()
    add(incident_id=draft)
    other = {
        "student": {"student_id": students_a[1].pk},
        "category": {"category_ids": [category("Attendance")]},
        "time": {"happened_at": moment - timedelta(days=1)},
    }[changed]
    second = add(incident_id=draft, **other)
    assert second.number == 2
    assert Incident.objects.count() == 2


@pytest.mark.spec("SAF-01")
def test_add_incident_sub_category_adds_its_parent(add, category):
    incident = add("Bullying")
    rows = dict(incident.carried.values_list("category", "is_leaf"))
    assert rows == {category("Bullying"): True, category("Behaviour"): False}


@pytest.mark.spec("INC-12")
def test_add_incident_category_without_add_incidents_is_refused(add, cast):
    from tenant_apps.incidents.models import Incident

    with pytest.raises(PermissionDenied):
        add("Child Protection", by=cast.teacher.access)
    assert not Incident.objects.exists()
