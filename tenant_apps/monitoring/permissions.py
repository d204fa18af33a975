"""Who may change monitoring. Seeing it asks "View Students" alone."""

from uuid import UUID

from core.access import Access


def changeable_categories(access: Access) -> frozenset[UUID]:
    """Where this person starts and ends monitoring, with the key: "View Students" and "Add Incidents"."""
    return access.view_students & access.add_incidents if access.is_elevated else frozenset()
