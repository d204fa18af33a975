"""Alert groups. The default one is the safety net of every form and may never be empty."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from core.access import Access
from core.audit.services import record
from core.db.text import natural_key
from tenant_apps.staff.models import AlertGroup, AlertGroupMember
from tenant_apps.staff.permissions import can_administer
from tenant_apps.staff.selectors import active_among

# A group with more people is offered on the library only, so that nobody sends a disclosure to the whole
# staff.
LARGEST_ON_INCIDENTS = 15


@transaction.atomic
def save_alert_group(
    *,
    name: str,
    member_ids: Collection[UUID],
    by: Access,
    group_id: UUID | None = None,
    is_default: bool = False,
    on_incidents: bool = True,
    on_library: bool = True,
    insists: bool = False,
    at: datetime | None = None,
) -> AlertGroup:
    """A new alert group, or with `group_id` the whole of an old one. Administrators only.

    Raises PermissionDenied, and ValidationError: for a group of more than 15 on incidents unless the
    administrator `insists`, for a group without an active member, for a name that is blank or taken.
    Making a group the default takes that from the one before; the default cannot just be given up.
    """
    if not can_administer(by):
        raise PermissionDenied
    members = set(member_ids)
    if not active_among(members):
        raise ValidationError({"member_ids": "An alert group needs at least one active member of staff."})
    if on_incidents and len(members) > LARGEST_ON_INCIDENTS and not insists:
        raise ValidationError(
            {"on_incidents": f"A group of {len(members)} people is for the library only, unless you insist."}
        )
    group = AlertGroup(is_default=False) if group_id is None else _locked(group_id)
    if group.is_default and not (is_default and on_incidents):
        raise ValidationError(
            {"is_default": "The default alert group stays the default until another group takes its place."}
        )
    if is_default and not group.is_default:
        AlertGroup.objects.filter(is_default=True).update(is_default=False)
    group.name, group.sort_key, group.is_default = name.strip(), natural_key(name), is_default
    group.on_incidents, group.on_library = on_incidents, on_library
    group.full_clean()
    group.save()
    places = AlertGroupMember.objects.filter(group=group)
    places.exclude(user_id__in=members).delete()
    there = set(places.values_list("user_id", flat=True))
    AlertGroupMember.objects.bulk_create(
        AlertGroupMember(group=group, user_id=user_id) for user_id in members - there
    )
    record(
        "alert_group.added" if group_id is None else "alert_group.changed",
        by=by,
        record=("alert_group", group.id),
        detail={"members": sorted(map(str, members)), "on_incidents": on_incidents, "insists": insists},
        at=at,
    )
    return group


def _locked(group_id: UUID) -> AlertGroup:
    return AlertGroup.objects.select_for_update().get(pk=group_id)
