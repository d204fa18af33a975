"""Where the settings meet provisioning, the frame of every page and the login page."""

from django.http import HttpRequest

from core.access import SYSTEM
from core.tenancy import current_school_or_none
from tenant_apps.school_settings.selectors import get_settings, idle_minutes
from tenant_apps.school_settings.services import create_settings
from tenants.models import School
from tenants.setup_sheet import SetupSheet


def seed(school: School, sheet: SetupSheet) -> None:
    """The first settings: the whitelist starts with every domain on the staff sheet."""
    create_settings(email_domains={row.email.rpartition("@")[2] for row in sheet.staff}, by=SYSTEM)


def security_message(request: HttpRequest) -> str:
    """The school's words at the foot of every page; empty outside schools."""
    return get_settings().security_message if getattr(request, "school", None) is not None else ""


def reveals_unknown_email() -> bool:
    """Whether the school decided to say when an email address is unknown."""
    return current_school_or_none() is not None and get_settings().reveal_unknown_email


def idle_limit(is_elevated: bool) -> int:
    """ "Idle timeout" as it counts for a session with a key, or without."""
    return idle_minutes(is_elevated=is_elevated)
