import pytest

from tests.data.pupils import make_group, make_pupil


def visible(access):
    from tenant_apps.students.selectors import students_visible_to

    return set(students_visible_to(access))


def test_all_classes_and_the_permission_for_the_rest_show_everybody(classes, cast):
    everybody = {classes.amelia, classes.jakub, classes.zoe, classes.oliver, classes.left, classes.starting}
    assert visible(cast.lead.access) == everybody


def test_a_student_without_a_group_needs_a_permission_of_its_own(classes, cast, restricted_to):
    nowhere = make_pupil("No", "Group")
    year_only = make_pupil("Year", "Only", classes.year)
    house = make_group("house", "Austen")
    in_house = make_pupil("House", "Only", house)

    limited = restricted_to(cast.lead.access, classes.b)
    assert visible(limited) == {classes.oliver}
    # In no tutor group, which is the restricted kind: nobody could be given them otherwise.
    beyond = restricted_to(cast.lead.access, classes.b, sees_ungrouped=True)
    assert visible(beyond) == {classes.oliver, classes.left, nowhere, year_only, in_house}


def test_restricted_kinds_count_together(classes, cast, restricted_to):
    from dataclasses import replace

    access = replace(
        restricted_to(cast.lead.access, classes.b, classes.year),
        restricted_kinds=frozenset({"tutor", "year"}),
    )
    assert visible(access) == {classes.oliver, classes.amelia, classes.jakub, classes.zoe}


def test_a_student_who_is_not_visible_is_not_found(classes, cast, restricted_to):
    from django.http import Http404

    from tenant_apps.students.selectors import get_student

    with pytest.raises(Http404):
        get_student(restricted_to(cast.lead.access, classes.b), classes.amelia.pk)
    with pytest.raises(Http404):
        get_student(cast.lead.plain_access, classes.amelia.pk)
    assert get_student(cast.lead.access, classes.left.pk) == classes.left
