"""The views by subject: lists of pupils, the pages of one."""

from tenant_apps.profile.views.lists import register, search, update_monitored, update_register
from tenant_apps.profile.views.pages import blocked, edit, monitoring, overview

__all__ = [
    "blocked",
    "edit",
    "monitoring",
    "overview",
    "register",
    "search",
    "update_monitored",
    "update_register",
]
