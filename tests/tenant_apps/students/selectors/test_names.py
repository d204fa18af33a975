import pytest


def settings_row(**changes):
    from tenant_apps.school_settings.models import Settings

    Settings.objects.update(**changes)


@pytest.mark.parametrize(
    ("legal", "format_", "name"),
    [
        (False, "first_last", "Millie O'Connor-Hughes"),
        (False, "last_first", "O'Connor-Hughes, Millie"),
        (True, "first_last", "Amelia O'Connor-Hughes"),
        (True, "last_first", "O'Connor-Hughes, Amelia"),
    ],
)
def test_names_are_shown_as_the_school_decided(classes, legal, format_, name):
    from tenant_apps.students.selectors import students_by_ids

    settings_row(use_legal_names=legal, student_name_format=format_)
    shown = students_by_ids([classes.amelia.pk])[classes.amelia.pk]
    assert (shown.name, shown.year, shown.tutor) == (name, "Year 7", "7A")
    assert shown.initials == ("AO" if legal else "MO")


def test_naming_takes_two_queries_for_any_number(classes, django_assert_num_queries):
    from tenant_apps.students.selectors import students_by_ids

    for ids in ([classes.amelia.pk], [classes.amelia.pk, classes.jakub.pk, classes.left.pk]):
        with django_assert_num_queries(2):
            assert students_by_ids(ids).keys() == set(ids)


def test_year_groups_read_as_words():
    from tenant_apps.students.selectors import year_label

    assert [year_label(code) for code in ("N1", "R", "11", "Z9", "")] == [
        "Nursery 1",
        "Reception",
        "Year 11",
        "Z9",
        "",
    ]
