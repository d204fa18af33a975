from datetime import date

from core.access import SYSTEM
from core.audit.models import AuditEvent
from core.db.keys import uuid7
from tenant_apps.classes.selectors import current_groups, groups_by_ids
from tenant_apps.classes.services import MISGroup, record_mis_groups

DAY = date(2026, 11, 20)


def rows(*names, **teacher):
    return [MISGroup(id=uuid7(), mis_id=name, kind="tutor", name=name, **teacher) for name in names]


def bring(groups, is_whole=True):
    return record_mis_groups(groups=groups, is_whole=is_whole, today=DAY, by=SYSTEM)


def test_same_list_twice_changes_nothing_and_writes_no_event(in_a, cast):
    keys, counts = bring(rows("7A", "7B", teacher_id=cast.teacher.user.pk))
    assert counts == {"added": 2, "changed": 0, "ended": 0}
    events = AuditEvent.objects.count()
    again, counts = bring(rows("7A", "7B", teacher_id=cast.teacher.user.pk))
    assert again == keys
    assert counts == {"added": 0, "changed": 0, "ended": 0}
    assert AuditEvent.objects.count() == events


def test_group_missing_from_a_whole_list_ends_and_comes_back(in_a, cast):
    keys, _ = bring(rows("7A", "7B"))
    assert bring(rows("7A"), is_whole=False)[1]["ended"] == 0
    assert bring(rows("7A"))[1]["ended"] == 1
    assert [group.name for group in current_groups(cast.head.access)] == ["7A"]
    assert groups_by_ids(keys.values())[keys["7B"]].ended_on == DAY
    assert bring(rows("7A", "7B"))[1]["changed"] == 1
    assert [group.name for group in current_groups(cast.head.access)] == ["7A", "7B"]
