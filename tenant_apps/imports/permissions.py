"""Who may bring data of the MIS into the school."""

from core.access import Access


def can_import(access: Access) -> bool:
    """Administrators with a key in the session, and the system itself."""
    return access.is_system or access.is_administrator
