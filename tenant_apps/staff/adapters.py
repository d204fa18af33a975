"""Where the staff meets provisioning, signing in and the frame of pages."""

from uuid import UUID

from django.http import HttpRequest

from core.access import SYSTEM
from core.db.clock import now
from core.tenancy import current_school_or_none
from tenant_apps.staff.selectors import WaitingChange, is_past_end, waiting_for
from tenant_apps.staff.services import NewPerson, seed_staff
from tenants.models import School
from tenants.setup_sheet import SetupSheet


def seed(school: School, sheet: SetupSheet) -> list[str]:
    """User groups, users without passwords, the default alert group; tells which categories are unknown."""
    unknown = seed_staff(
        people=[
            NewPerson(
                email=row.email,
                title=row.title,
                first_name=row.first_name,
                last_name=row.last_name,
                user_group=row.user_group,
            )
            for row in sheet.staff
        ],
        by=SYSTEM,
    )
    return [
        f"The category “{name}” is not on the default list: Admin and DSL/SLT have all rights in it,"
        " nobody else has any."
        for name in unknown
    ]


def has_ended(user_id: UUID) -> bool:
    """Whether the end of somebody's account has come, closed already or not; never so for operators."""
    return current_school_or_none() is not None and is_past_end(user_id, at=now())


def waiting_in_frame(request: HttpRequest) -> list[WaitingChange]:
    """What waits for a second person about whoever asks for the page; for pages that show it."""
    if getattr(request, "school", None) is None:
        return []
    return waiting_for(request.access)
