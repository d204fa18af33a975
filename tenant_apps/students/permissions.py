"""Who may do what with the parts of a pupil's record; whether the pupil is visible is for the selectors."""

from core.access import Access
from core.access.enums import OverviewBlock, SystemPermission


def sees_contacts(access: Access) -> bool:
    """Sees, adds and ends contacts and links: the block "Contacts", with the key."""
    return (
        access.is_elevated
        and access.can(SystemPermission.VIEW_STUDENT_DETAILS)
        and OverviewBlock.CONTACTS in access.overview_blocks
    )


def keeps_court_orders(access: Access) -> bool:
    """Writes down court orders and withholds addresses: the DSL, who edits the record, and sees contacts."""
    return sees_contacts(access) and access.is_editor


def sees_whole_overview(access: Access) -> bool:
    """Whether every block of the overview is shown to this person."""
    return access.is_elevated and access.overview_blocks >= frozenset(OverviewBlock)
