"""Where the categories meet provisioning."""

from core.access import SYSTEM
from tenant_apps.categories.services import NewCategory, add_categories
from tenants.models import School
from tenants.setup_sheet import SetupSheet


def seed(school: School, sheet: SetupSheet) -> None:
    """The tree of the set-up sheet. "Y" under "Always alerts" adds to the rule of a new school."""
    add_categories(
        rows=[
            NewCategory(
                name=row.name,
                parent=row.parent,
                colour=row.colour,
                is_restricting=row.restricting,
                starts_monitoring=row.starts_monitoring,
                always_alerts=row.always_alerts or None,
            )
            for row in sheet.categories
        ],
        by=SYSTEM,
    )
