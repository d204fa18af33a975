"""The views by subject: lists of pupils, the pages of one."""

from tenant_apps.profile.views.attendance import attendance
from tenant_apps.profile.views.audits import audit_report, export_report
from tenant_apps.profile.views.contacts import (
    contact,
    contacts,
    court_order,
    court_order_file,
    new_contact,
    new_court_order,
    withhold,
)
from tenant_apps.profile.views.keeping import keeping, sealed
from tenant_apps.profile.views.links import links
from tenant_apps.profile.views.lists import register, search, update_monitored, update_register
from tenant_apps.profile.views.maps import map_of_student
from tenant_apps.profile.views.pages import blocked, edit, monitoring, overview
from tenant_apps.profile.views.photo import photo

__all__ = [
    "attendance",
    "audit_report",
    "blocked",
    "contact",
    "contacts",
    "court_order",
    "court_order_file",
    "edit",
    "export_report",
    "keeping",
    "links",
    "map_of_student",
    "monitoring",
    "new_contact",
    "new_court_order",
    "overview",
    "photo",
    "register",
    "sealed",
    "search",
    "update_monitored",
    "update_register",
    "withhold",
]
