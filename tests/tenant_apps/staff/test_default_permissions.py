"""The first permissions, written once more as the guide's table has them and compared right by right."""

import pytest

from core.access import SystemPermission as P
from tenant_apps.categories.selectors import category_map
from tenant_apps.staff.models import CategoryPermission, UserGroup
from tenant_apps.staff.services import DEFAULT_GROUPS, default_rights

OTHERS = ("Teachers", "Pastoral leads", "Non-key staff")
# category: Teachers, Pastoral leads, Non-key staff
EXPECTED = {
    "Child Protection": ("", "", ""),
    "Child Protection > Neglect": ("", "", ""),
    "Child Protection > Exploitation": ("", "", ""),
    "Child Protection > Meetings and Plans": ("", "", ""),
    "Child in Need (CIN)": ("", "", ""),
    "Early Help": ("", "", ""),
    "Looked After Child": ("", "VIA", ""),
    "Looked After Child > Previously Looked After": ("", "", ""),
    "Cause for Concern": ("A", "VIA", "A"),
    "Cause for Concern > Disclosure": ("A", "VIA", "A"),
    "Cause for Concern > Appearance or hunger": ("A", "VIA", "A"),
    "Child-on-Child Abuse": ("", "", ""),
    "Child-on-Child Abuse > Sexual harassment or violence": ("", "", ""),
    "Behaviour": ("VIA", "VIA", "A"),
    "Behaviour > Bullying": ("VIA", "VIA", "A"),
    "Behaviour > Racist Incident": ("VIA", "VIA", "A"),
    "Behaviour > Homophobic Incident": ("VIA", "VIA", "A"),
    "Behaviour > Physical Intervention": ("A", "VIA", "A"),
    "Behaviour > Suspension": ("A", "VIA", "A"),
    "Attendance": ("VIA", "VIA", "A"),
    "Attendance > Punctuality": ("VIA", "VIA", "A"),
    "Attendance > Part-time timetable": ("VIA", "VIA", "A"),
    "Mental Health": ("A", "VIA", "A"),
    "Mental Health > Self-harm": ("", "", ""),
    "Mental Health > Anxiety and school avoidance": ("A", "VIA", "A"),
    "Home Issues": ("A", "VIA", "A"),
    "Home Issues > Young Carer": ("A", "VIA", "A"),
    "Home Issues > Housing or money": ("A", "VIA", "A"),
    "Online Safety": ("A", "VIA", "A"),
    "Online Safety > Nudes and semi-nudes": ("", "", ""),
    "Online Safety > Filtering and monitoring": ("A", "VIA", "A"),
    "Prevent": ("", "", ""),
    "Medical": ("VIA", "VIA", "A"),
    "Medical > First Aid": ("VIA", "VIA", "A"),
    "SEND": ("VIA", "VIA", "A"),
    "Parental Contact": ("VIA", "VIA", "A"),
    "Friendship": ("VIA", "VIA", "A"),
}
RESTRICTING = (
    "Child Protection",
    "Child in Need",
    "Looked After Child",
    "Child-on-Child",
    "Mental Health > Self-harm",
    "Online Safety > Nudes",
    "Prevent",
)


def rights_in(path, is_restricting=None):
    parent, _, name = path.rpartition(" > ")
    restricting = path.startswith(RESTRICTING) if is_restricting is None else is_restricting
    given, is_known = default_rights(name=name, parent_name=parent, is_restricting=restricting)
    return {
        group: "".join(letter for letter, has in zip("VIA", right, strict=True) if has)
        for group, right in given.items()
    }, is_known


@pytest.mark.spec("USR-20", "USR-21", "CAT-05", "CAT-09")
@pytest.mark.parametrize("path", EXPECTED)
def test_rights_of_a_category_on_the_default_list(path):
    given, is_known = rights_in(path)
    assert is_known
    assert given.pop("Admin") == given.pop("DSL/SLT") == "VIA"
    assert given == {group: right for group, right in zip(OTHERS, EXPECTED[path], strict=True) if right}


@pytest.mark.parametrize(
    ("path", "is_restricting"),
    [
        ("Transport", False),
        ("Cause for Concern > Transport", False),
        ("Bullying", False),
        ("Behaviour", True),
        ("Cause for Concern > Disclosure", True),
    ],
    ids=["new", "new sub-category", "other place", "made Restricting", "sub-category made Restricting"],
)
def test_category_outside_the_default_list_is_for_admin_and_dsl_only(path, is_restricting):
    assert rights_in(path, is_restricting) == ({"Admin": "VIA", "DSL/SLT": "VIA"}, False)


def test_legacy_and_what_is_beneath_it_are_nobodys():
    assert rights_in("Legacy", False) == ({}, True)
    assert rights_in("Legacy > Old log", False) == ({}, True)


@pytest.mark.spec(
    "USR-22",
    "USR-23",
    "USR-24",
    "USR-25",
    "USR-26",
    "USR-27",
    "USR-28",
    "USR-29",
    "USR-30",
    "USR-31",
    "USR-32",
)
def test_system_permissions_of_the_default_groups():
    general = {P.VIEW_STUDENT_LIST, P.VIEW_STUDENT_DETAILS, P.ADD_ENTRIES}
    teachers = general | {P.PLANNER, P.FILES, P.LIBRARY_VIEW}
    leaders = teachers | {
        P.EDIT_INCIDENTS,
        P.RUN_REPORTS,
        P.LIBRARY_ADD,
        P.UNGROUPED_STUDENTS,
        P.ALL_CLASSES,
    }
    assert {group.name: group.system_permissions for group in DEFAULT_GROUPS} == {
        "Admin": leaders | {P.ADMINISTRATION},
        "DSL/SLT": leaders,
        "Pastoral leads": teachers | {P.RUN_REPORTS},
        "Teachers": teachers,
        "Non-key staff": {P.ADD_ENTRIES, P.FILES, P.LIBRARY_VIEW},
        "System administration": {P.ADMINISTRATION},
    }
    assert [group.name for group in DEFAULT_GROUPS if not group.is_key_group] == ["Non-key staff"]


@pytest.mark.spec("USR-17", "USR-20")
def test_provisioned_school_has_exactly_these_rows(in_a):
    tree = category_map()
    expected = set()
    for category in tree.values():
        parent = tree[category.parent_id].name if category.parent_id else ""
        given, _ = default_rights(
            name=category.name, parent_name=parent, is_restricting=category.is_restricting
        )
        expected |= {(group, category.id, *right) for group, right in given.items()}
    rows = CategoryPermission.objects.values_list(
        "group__name", "category_id", "view_students", "view_incidents", "add_incidents"
    )
    assert set(rows) == expected
    assert set(UserGroup.objects.values_list("name", flat=True)) == {group.name for group in DEFAULT_GROUPS}
    # Runs imports and users, and sees nothing of a child.
    assert not CategoryPermission.objects.filter(group__name="System administration").exists()
