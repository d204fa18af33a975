from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from core.access import NOBODY, SYSTEM, Access, SystemPermission, reduce_without_key
from core.access.enums import KEPT_WITHOUT_KEY, OverviewBlock

BEHAVIOUR, PROTECTION, BLANK = uuid4(), uuid4(), uuid4()
LEAD = Access(
    user_id=uuid4(),
    is_elevated=True,
    has_key=True,
    system=frozenset(SystemPermission),
    view_students=frozenset({BEHAVIOUR, PROTECTION}),
    view_incidents=frozenset({BEHAVIOUR, PROTECTION}),
    add_incidents=frozenset({BEHAVIOUR, PROTECTION}),
    restricting=frozenset({PROTECTION, BLANK}),
    classes=None,
    restricted_kinds=frozenset(),
    sees_ungrouped=True,
    overview_blocks=frozenset(OverviewBlock),
    may_read_alerts=True,
)


@pytest.mark.spec("KEY-07")
def test_session_without_key_keeps_adding_and_loses_reading():
    reduced = reduce_without_key(replace(LEAD, is_elevated=False))
    assert reduced.system == KEPT_WITHOUT_KEY
    assert not reduced.view_students
    assert not reduced.view_incidents
    assert reduced.add_incidents == LEAD.add_incidents
    assert not reduced.sees_ungrouped
    assert not reduced.overview_blocks
    assert not reduced.is_editor


def test_session_without_key_gains_nothing_its_group_lacks():
    bare = replace(LEAD, is_elevated=False, system=frozenset({SystemPermission.RUN_REPORTS}))
    assert reduce_without_key(bare).system == frozenset()


def test_session_with_key_is_left_as_it_is():
    assert reduce_without_key(LEAD) is LEAD


@pytest.mark.spec("KEY-08")
def test_administrator_needs_permission_and_key():
    assert LEAD.is_administrator
    assert not replace(LEAD, is_elevated=False).is_administrator
    assert not replace(LEAD, system=frozenset({SystemPermission.EDIT_INCIDENTS})).is_administrator


def test_restricting_categories_part_into_hidden_and_viewable():
    assert LEAD.hidden_restricting == {BLANK}
    assert LEAD.viewable_restricting == {PROTECTION}


def test_system_may_everything_and_nobody_nothing():
    anything = uuid4()
    assert anything in SYSTEM.view_incidents
    assert frozenset({anything}) & SYSTEM.view_incidents == {anything}
    assert frozenset({anything}) <= SYSTEM.view_incidents
    assert not frozenset({anything}) - SYSTEM.view_incidents
    assert all(SYSTEM.can(permission) for permission in SystemPermission)
    assert not any(NOBODY.can(permission) for permission in SystemPermission)
    assert NOBODY.classes == frozenset()


def test_systems_categories_cannot_be_listed_into_a_query_by_mistake():
    with pytest.raises(TypeError, match="is_system"):
        list[UUID](SYSTEM.view_incidents)


def test_access_cannot_be_changed():
    with pytest.raises(AttributeError):
        LEAD.is_elevated = False
