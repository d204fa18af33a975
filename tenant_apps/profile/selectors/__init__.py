"""What a pupil's pages and lists show, put together from the apps beneath."""

from tenant_apps.profile.selectors.changes import (
    Editing,
    bulk_categories,
    editing,
    may_edit,
    may_update_categories,
    person_name,
)
from tenant_apps.profile.selectors.lists import (
    StudentRow,
    group_register,
    monitored_register,
    quick_search,
)
from tenant_apps.profile.selectors.monitoring import monitoring_lines, timeline
from tenant_apps.profile.selectors.sheets import COURT_ORDER_LINE, overview

__all__ = [
    "COURT_ORDER_LINE",
    "Editing",
    "StudentRow",
    "bulk_categories",
    "editing",
    "group_register",
    "may_edit",
    "may_update_categories",
    "monitored_register",
    "monitoring_lines",
    "overview",
    "person_name",
    "quick_search",
    "timeline",
]
