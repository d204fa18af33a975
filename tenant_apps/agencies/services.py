"""Writes of agencies."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core.access import Access
from core.audit.services import record
from core.db.text import natural_key
from tenant_apps.agencies.models import Agency


@transaction.atomic
def add_agencies(*, names: Iterable[str], by: Access, at: datetime | None = None) -> list[Agency]:
    """Make agencies that forms offer from now on.

    Raises PermissionDenied for all but administrators, and IntegrityError for a name twice.
    """
    if not (by.is_administrator or by.is_system):
        raise PermissionDenied
    agencies = Agency.objects.bulk_create(
        Agency(name=name.strip(), sort_key=natural_key(name)) for name in names
    )
    record("agency.added", by=by, detail={"agencies": [agency.id for agency in agencies]}, at=at)
    return agencies


@transaction.atomic
def set_agency_enabled(*, agency: Agency, enabled: bool, by: Access, at: datetime | None = None) -> None:
    """Offer an agency on forms, or take it off them; tags on past records stay. Administrators only."""
    if not (by.is_administrator or by.is_system):
        raise PermissionDenied
    agency.is_enabled = enabled
    agency.save(update_fields=["is_enabled"])
    event = "agency.enabled" if enabled else "agency.disabled"
    record(event, by=by, record=("agency", agency.id), at=at)
