"""Who may bring data of the MIS into the school."""

from core.access import Access
from core.access.enums import SystemPermission


def can_import(access: Access) -> bool:
    """Administrators with a key in the session, and the system itself."""
    return access.is_system or access.is_administrator


def can_decide(access: Access) -> bool:
    """Administrators with a key: what holds an extract, and the school's token, ask for a person."""
    return access.is_administrator and access.user_id is not None


def may_name_pupils(access: Access) -> bool:
    """Whoever may see the list of students; each pupil of the school is asked for besides."""
    return access.is_elevated and access.can(SystemPermission.VIEW_STUDENT_LIST)


def may_name_joiners(access: Access) -> bool:
    """Pupils who are in no class yet: only for those whom no class limits."""
    return may_name_pupils(access) and access.classes is None and access.sees_ungrouped
