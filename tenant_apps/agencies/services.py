"""Writes of agencies."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from core.access import Access
from core.audit.services import record
from core.db.text import natural_key
from tenant_apps.agencies.models import Agency
from tenant_apps.agencies.selectors import is_deletable


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


@transaction.atomic
def save_agency(
    *, name: str, by: Access, agency_id: UUID | None = None, at: datetime | None = None
) -> Agency:
    """A new agency, or with `agency_id` another name for one; it shows on all past records. Administrators
    only.

    Raises Agency.DoesNotExist, and ValidationError for a name that is empty or taken.
    """
    if not (by.is_administrator or by.is_system):
        raise PermissionDenied
    name = " ".join(name.split())
    if not name:
        raise ValidationError({"name": "Give the agency a name."})
    agency = Agency() if agency_id is None else Agency.objects.select_for_update().get(pk=agency_id)
    # A name of signs alone has no key, and one of many numbers a long one.
    agency.name, agency.sort_key = name, natural_key(name)[:160]
    agency.full_clean(exclude=["sort_key"], validate_constraints=False)
    try:
        with transaction.atomic():
            agency.save()
    except IntegrityError:
        raise ValidationError({"name": "There is an agency of this name already."}) from None
    event = "agency.added" if agency_id is None else "agency.changed"
    record(event, by=by, record=("agency", agency.id), at=at)
    return agency


def hold_agencies(ids: Iterable[UUID]) -> set[UUID]:
    """Keep these agencies from being deleted until the transaction ends; those that forms offer.

    Whoever writes rows that name agencies calls it first.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM agencies_agency WHERE id = ANY(%s) AND is_enabled ORDER BY id FOR KEY SHARE",
            [sorted(set(ids))],
        )
        return {agency_id for (agency_id,) in cursor.fetchall()}


@transaction.atomic
def delete_or_disable(*, agency_id: UUID, by: Access, at: datetime | None = None) -> bool:
    """An agency that nothing was ever tagged with is gone for good, any other is taken off the forms.

    Returns whether it was deleted. Administrators only. Raises Agency.DoesNotExist.
    """
    if not (by.is_administrator or by.is_system):
        raise PermissionDenied
    agency = Agency.objects.select_for_update().get(pk=agency_id)
    if not is_deletable(agency_id):
        set_agency_enabled(agency=agency, enabled=False, by=by, at=at)
        return False
    record("agency.deleted", by=by, record=("agency", agency_id), at=at)
    agency.delete()
    return True


@transaction.atomic
def enable(*, agency_id: UUID, by: Access, at: datetime | None = None) -> None:
    """Offer an agency on forms again. Administrators only. Raises Agency.DoesNotExist."""
    agency = Agency.objects.select_for_update().get(pk=agency_id)
    set_agency_enabled(agency=agency, enabled=True, by=by, at=at)
