import pytest

from core.access import SYSTEM
from tenant_apps.categories.selectors import all_categories
from tenant_apps.dashboard.selectors import category_counts
from tenant_apps.monitoring.services import start
from tenant_apps.staff.models import CategoryPermission


@pytest.fixture
def monitored(in_a, students_a):
    """Puts two pupils under a category."""
    from tenant_apps.classes.models import StudentGroup
    from tenant_apps.students.models import Membership

    group = StudentGroup.objects.create(mis_id="T1", kind="tutor", name="7A", sort_key="7a")
    Membership.objects.bulk_create(
        Membership(student=student, group=group, start_date="2026-01-01") for student in students_a
    )

    def put(name):
        ids = {one.name: one.id for one in all_categories()}
        start(
            student_ids=[student.pk for student in students_a[:2]],
            category_ids=[ids[name]],
            by=SYSTEM,
            source=("hand", None),
        )
        return ids[name]

    return put


@pytest.mark.spec("DSH-08")
def test_sub_categories_stand_beneath_their_parent_with_their_own_counts(monitored, cast):
    bullying = monitored("Bullying")
    lines = {line.category.name: line for line in category_counts(cast.lead.access)}
    assert "Bullying" not in lines
    behaviour = lines["Behaviour"]
    assert behaviour.students == 0
    assert {line.category.id: line.students for line in behaviour.beneath}[bullying] == 2
    assert behaviour.busy_beneath == 1


@pytest.mark.spec("CAT-06")
@pytest.mark.spec("CAT-09")
def test_sub_category_stands_for_itself_where_its_parent_is_not_open_and_the_parent_is_not_named(
    monitored, cast, client_for
):
    monitored("Bullying")
    parent = next(one.id for one in all_categories() if one.name == "Behaviour")
    CategoryPermission.objects.filter(group__name="Teachers", category_id=parent).update(view_students=False)
    CategoryPermission.objects.filter(group__name="Teachers").exclude(category_id=parent).update(
        view_students=True
    )
    lines = {line.category.name: line for line in category_counts(cast.teacher.access)}
    assert lines["Bullying"].students == 2
    assert "Behaviour" not in lines
    page = client_for(cast.teacher).get("/").content.decode()
    assert f"/categories/{parent}/students/" not in page
    assert "sub-categories<" in page


def test_list_on_the_dashboard_is_folded(in_a, cast, client_for):
    page = client_for(cast.lead).get("/").content.decode()
    folded = page[page.index('id="categories-heading"') :]
    assert folded.count("<details>") == len({one.parent_id for one in all_categories() if one.parent_id})
    assert "<details open" not in folded
