"""Where the agencies meet provisioning."""

from core.access import SYSTEM
from tenant_apps.agencies.services import add_agencies
from tenants.models import School
from tenants.setup_sheet import SetupSheet


def seed(school: School, sheet: SetupSheet) -> None:
    """The agencies of the set-up sheet."""
    add_agencies(names=sheet.agencies, by=SYSTEM)
