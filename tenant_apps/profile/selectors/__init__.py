"""What a pupil's pages and lists show, put together from the apps beneath."""

from tenant_apps.profile.selectors.attendance import attendance, marks_review_on
from tenant_apps.profile.selectors.audits import audit_report, report_choices, report_rows
from tenant_apps.profile.selectors.changes import (
    Editing,
    bulk_categories,
    editing,
    may_edit,
    may_update_categories,
    person_name,
)
from tenant_apps.profile.selectors.charts import charts
from tenant_apps.profile.selectors.contacts import (
    COURT_ORDER,
    contact_details,
    keeping_address,
    links,
    papers_of,
    student_with_contacts,
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
    "COURT_ORDER",
    "COURT_ORDER_LINE",
    "Editing",
    "StudentRow",
    "attendance",
    "audit_report",
    "bulk_categories",
    "charts",
    "contact_details",
    "editing",
    "group_register",
    "keeping_address",
    "links",
    "marks_review_on",
    "may_edit",
    "may_update_categories",
    "monitored_register",
    "monitoring_lines",
    "overview",
    "papers_of",
    "person_name",
    "quick_search",
    "report_choices",
    "report_rows",
    "student_with_contacts",
    "timeline",
]
