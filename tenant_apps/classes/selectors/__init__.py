"""Reads of student groups and of who may see their students, and the loader of a person's access."""

from tenant_apps.classes.selectors.groups import GroupView, current_groups, groups_by_ids, restricted_kinds
from tenant_apps.classes.selectors.loading import class_limits_of, is_in_network, load_access

__all__ = [
    "GroupView",
    "class_limits_of",
    "current_groups",
    "groups_by_ids",
    "is_in_network",
    "load_access",
    "restricted_kinds",
]
