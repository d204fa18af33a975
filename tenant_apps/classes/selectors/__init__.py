"""Reads of student groups and of who may see their students, and the loader of a person's access."""

from tenant_apps.classes.selectors.groups import GroupView, current_groups, groups_by_ids, restricted_kinds
from tenant_apps.classes.selectors.loading import (
    ListedAt,
    class_limits_of,
    is_in_network,
    listed_at,
    load_access,
)
from tenant_apps.classes.selectors.restrictions import (
    RESTRICTIONS_ID,
    Listed,
    awaiting_groups,
    change_of_kinds,
    classes_of_user,
    get_group,
    get_person,
    last_change,
    listed_for,
    people_to_list,
    proposals,
    restriction_lines,
)
from tenant_apps.staff.selectors.registered import RegisteredPerson

__all__ = [
    "RESTRICTIONS_ID",
    "GroupView",
    "Listed",
    "ListedAt",
    "RegisteredPerson",
    "awaiting_groups",
    "change_of_kinds",
    "class_limits_of",
    "classes_of_user",
    "current_groups",
    "get_group",
    "get_person",
    "groups_by_ids",
    "is_in_network",
    "last_change",
    "listed_at",
    "listed_for",
    "load_access",
    "people_to_list",
    "proposals",
    "restricted_kinds",
    "restriction_lines",
]
