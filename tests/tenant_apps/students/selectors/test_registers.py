import pytest
from django.http import Http404

from tests.data.pupils import make_pupil


@pytest.mark.spec("DSH-05")
def test_a_register_holds_todays_students_in_order(classes, cast):
    from tenant_apps.students.selectors import register

    shown = register(cast.lead.access, classes.a.pk)
    assert shown.name == "7A"
    assert [student.name for student in shown.students] == [
        "Zoë Lukas",
        "Jakub Łukaszewski",
        "Millie O'Connor-Hughes",
    ]


@pytest.mark.spec("DSH-07")
@pytest.mark.parametrize(("kind", "groups"), [("tutor", [("7A", 3), ("8B", 1)]), ("year", [("Year 7", 3)])])
def test_the_groups_offered_follow_the_setting(classes, cast, kind, groups):
    from tenant_apps.school_settings.models import Settings
    from tenant_apps.students.selectors import dashboard_groups

    Settings.objects.update(dashboard_group_type=kind)
    assert [(group.name, group.count) for group in dashboard_groups(cast.lead.access)] == groups


def test_class_limits_hold_in_groups_and_registers(classes, cast, restricted_to):
    from tenant_apps.students.selectors import dashboard_groups, register

    access = restricted_to(cast.teacher.access, classes.b)
    assert [group.name for group in dashboard_groups(access)] == ["8B"]
    with pytest.raises(Http404):
        register(access, classes.a.pk)
    # Year 7 is not restricted, but none of its students is theirs.
    with pytest.raises(Http404):
        register(access, classes.year.pk)


def test_without_a_key_there_are_no_groups_and_no_registers(classes, cast):
    from tenant_apps.students.selectors import dashboard_groups, register

    assert dashboard_groups(cast.lead.plain_access) == []
    with pytest.raises(Http404):
        register(cast.lead.plain_access, classes.a.pk)


@pytest.mark.parametrize("number", [1, 3])
def test_a_register_takes_three_queries_for_any_number(classes, cast, django_assert_num_queries, number):
    from tenant_apps.students.selectors import register
    from tests.data.pupils import make_group

    group = make_group("tutor", "9C")
    for _ in range(number):
        make_pupil("Any", "Body", group)
    access = cast.lead.access
    with django_assert_num_queries(3):
        assert len(register(access, group.pk).students) == number
