"""Where the maps meet provisioning."""

from core.access import SYSTEM
from tenant_apps.maps.services import add_outline
from tenants.models import School
from tenants.setup_sheet import SetupSheet


def seed(school: School, sheet: SetupSheet) -> None:
    """The "Body Map"."""
    add_outline(by=SYSTEM)
