"""What user groups may do ends with the category it was about."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core.access import Access
from core.audit.services import record
from tenant_apps.staff.models import CategoryPermission
from tenant_apps.staff.permissions import can_administer


@transaction.atomic
def forget_category(record_id: UUID, *, by: Access, at: datetime | None = None) -> None:
    """Take away every group's rights in a category that is deleted, or was merged. Administrators only."""
    if not can_administer(by):
        raise PermissionDenied
    CategoryPermission.objects.filter(category_id=record_id).delete()
    record("category.permissions_ended", by=by, record=("category", record_id), at=at)
