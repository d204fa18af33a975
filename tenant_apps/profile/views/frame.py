"""What every tab of a pupil's record shows above its own content."""

from typing import Any

from django.http import HttpRequest

from core.access.enums import SystemPermission
from tenant_apps.monitoring.selectors import monitored_now
from tenant_apps.profile import selectors
from tenant_apps.staff.permissions import can_block_readers
from tenant_apps.students.permissions import sees_contacts
from tenant_apps.students.selectors import StudentHeader


def tab_context(request: HttpRequest, student: StudentHeader, tab: str) -> dict[str, Any]:
    """The context of `templates/profile/head.html`."""
    return {
        "student": student,
        "tab": tab,
        "monitored": monitored_now(request.access, [student.id])[student.id],
        "court_order_line": selectors.COURT_ORDER_LINE,
        "may_add": request.access.can(SystemPermission.ADD_ENTRIES),
        "may_block": can_block_readers(request.access),
        "sees_contacts": sees_contacts(request.access),
    }
