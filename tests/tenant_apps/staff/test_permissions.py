from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenant_apps.staff import permissions
from tenant_apps.staff.permissions import cat_ok

OPEN, OTHER, SECRET, HIDDEN = (uuid4() for _ in range(4))
RESTRICTING = {SECRET, HIDDEN}


@pytest.mark.spec("SAF-01", "INC-40", "CAT-07")
@pytest.mark.parametrize(
    ("carried", "leaves", "views", "allowed"),
    [
        ({OPEN}, {OPEN}, {OPEN}, True),
        ({OPEN}, {OPEN}, {OTHER}, False),
        ({OPEN, OTHER}, {OPEN, OTHER}, {OTHER}, True),
        # A parent counts only when none of its sub-categories is ticked.
        ({OPEN, OTHER}, {OTHER}, {OPEN}, False),
        # One Restricting category out of reach closes the record, whatever else is ticked.
        ({OPEN, SECRET}, {OPEN, SECRET}, {OPEN}, False),
        ({OPEN, SECRET}, {OPEN, SECRET}, {OPEN, SECRET}, True),
        ({OPEN, SECRET}, {OPEN, SECRET}, {SECRET}, True),
        ({SECRET, HIDDEN}, {SECRET, HIDDEN}, {SECRET}, False),
        (set(), set(), {OPEN}, False),
    ],
)
def test_categories_decide(carried, leaves, views, allowed):
    assert cat_ok(carried=carried, leaves=leaves, view_incidents=views, restricting=RESTRICTING) is allowed


@pytest.mark.spec("SAF-01", "INC-40")
@given(st.data())
def test_categories_decide_as_a_plain_reading_of_the_rule_does(data):
    """Drawn: a tree of two levels, what is ticked, what the reader's group may view."""
    parents = {number: data.draw(st.sampled_from([None, *range(min(number, 3))])) for number in range(7)}
    parents |= dict.fromkeys(range(3))
    ids = [uuid4() for _ in parents]
    ticked = data.draw(st.sets(st.sampled_from(sorted(parents)), min_size=1))
    restricting = data.draw(st.sets(st.sampled_from(sorted(parents))))
    views = data.draw(st.sets(st.sampled_from(sorted(parents))))

    carries = [one for one in parents if one in ticked or any(parents[child] == one for child in ticked)]
    specific = [one for one in carries if not any(parents[child] == one for child in carries)]
    reads = True
    if any(one in restricting for one in carries):
        for one in carries:
            if one in restricting and one not in views:
                reads = False
    else:
        reads = any(one in views for one in specific)

    def as_ids(numbers):
        return {ids[number] for number in numbers}

    assert reads is cat_ok(
        carried=as_ids(carries),
        leaves=as_ids(specific),
        view_incidents=as_ids(views),
        restricting=as_ids(restricting),
    )


# person: view list, view details, add, edit, reports, planner, files, library, add to library, administer
MAY = {
    "head": "list details add edit reports planner files library library+ admin",
    "lead": "list details add edit reports planner files library library+",
    "pastoral": "list details add reports planner files library",
    "teacher": "list details add planner files library",
    "support": "add files library",
    "data": "admin",
}


def granted(access):
    asked = {
        "list": permissions.can_view_student_list(access),
        "details": permissions.can_view_student_details(access),
        "add": permissions.can_add_entries(access),
        "edit": permissions.can_edit_incidents(access),
        "reports": permissions.can_run_reports(access),
        "planner": permissions.can_use_planner(access),
        "files": permissions.can_use_files(access),
        "library": permissions.can_view_library(access, non_key_library=True),
        "library+": permissions.can_add_to_library(access, non_key_library=True),
        "admin": permissions.can_administer(access),
    }
    return {what for what, is_so in asked.items() if is_so}


@pytest.mark.spec("USR-22", "USR-23", "USR-24", "USR-25", "USR-26", "USR-27", "USR-28", "USR-29", "USR-30")
@pytest.mark.parametrize("part", MAY)
def test_group_gives_what_the_guide_says(in_a, cast, part):
    assert granted(getattr(cast, part).access) == set(MAY[part].split())


@pytest.mark.spec("USR-32", "USR-33")
@pytest.mark.parametrize("part", MAY)
def test_session_without_a_key_keeps_adding_files_and_library(in_a, cast, part):
    kept = {"add", "files", "library", "library+"} & set(MAY[part].split())
    assert granted(getattr(cast, part).plain_access) == kept


@pytest.mark.spec("ADM-06")
def test_library_is_the_key_holders_when_the_school_says_so(in_a, cast):
    assert not permissions.can_view_library(cast.support.access, non_key_library=False)
    assert permissions.can_view_library(cast.teacher.access, non_key_library=False)
    assert not permissions.can_add_to_library(cast.head.plain_access, non_key_library=False)


@pytest.mark.spec("USR-21", "CAT-06", "CAT-07", "CAT-08")
def test_adding_to_a_category_shows_nothing_of_it(in_a, cast):
    from tenant_apps.categories.selectors import all_categories

    concern = next(one.id for one in all_categories() if one.name == "Cause for Concern")
    for access in (cast.teacher.access, cast.support.access):
        assert permissions.can_add_to(access, concern)
        assert not permissions.can_view_incidents_of(access, concern)
        assert not permissions.can_view_students_of(access, concern)
    assert permissions.can_view_incidents_of(cast.pastoral.access, concern)
    assert permissions.can_view_students_of(cast.pastoral.access, concern)
    assert not permissions.is_class_restricted(cast.pastoral.access)
