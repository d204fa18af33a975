"""Who has a planner."""

from core.access import Access, SystemPermission


def may_plan(access: Access) -> bool:
    """Whether the person has a planner in this session: the permission and the key."""
    return access.is_elevated and access.can(SystemPermission.PLANNER)
