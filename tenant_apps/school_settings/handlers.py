"""What the settings owe outside the school: the one that a request needs before its school is entered."""

from typing import Any

from core.outbox.models import OutboxEntry
from core.outbox.registry import handles
from core.tenancy import current_school
from tenant_apps.school_settings.selectors import chosen_time_zone
from tenants.lifecycle import change_time_zone
from tenants.selectors import get_school_by_schema


@handles("school_settings.time_zone")
def set_time_zone(_payload: dict[str, Any], _entry: OutboxEntry) -> None:
    """Bring the school's own row into line with what it chose last, whichever of several changes this is."""
    school = get_school_by_schema(current_school().schema_name)
    if (time_zone := chosen_time_zone()) != school.time_zone:
        change_time_zone(school=school, time_zone=time_zone)
