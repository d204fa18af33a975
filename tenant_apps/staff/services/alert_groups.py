"""Alert groups. The default one is the safety net of every form and may never be empty."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404

from core.access import Access
from core.audit.services import record
from core.db.text import natural_key
from tenant_apps.staff.models import AlertGroup, AlertGroupMember, StaffMember
from tenant_apps.staff.permissions import can_administer
from tenant_apps.staff.selectors import active_among
from tenant_apps.staff.services import reach

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

    Raises PermissionDenied; Http404 for a group that is not there; ValidationError by field: for a group of
    more than 15 on incidents unless the administrator `insists`, one that is offered nowhere, one without an
    active member or with somebody who is not of the staff, a name that is blank or taken. Making a group the
    default takes that from the one before; the default cannot just be given up, nor leave the incidents.
    """
    if not can_administer(by):
        raise PermissionDenied
    members = set(member_ids)
    _lock_groups()
    told = reach.watchers()
    group = AlertGroup(is_default=False) if group_id is None else _get(group_id)
    _refuse_taken(name, group_id)
    _refuse_wrong_members(members)
    _refuse_wrong_offer(members, on_incidents=on_incidents, on_library=on_library, insists=insists)
    if group.is_default and not is_default:
        raise ValidationError(
            {"is_default": "The default alert group stays the default until another group takes its place."}
        )
    if is_default and not on_incidents:
        raise ValidationError(
            {
                "on_incidents": "The default alert group is offered on every incident."
                " Tick “Incidents and actions”."
            }
        )
    # Who was in a group that was not offered on incidents, or not the default, comes to hear of more.
    is_new_to_all = not group.on_incidents or (is_default and not group.is_default)
    if is_default and not group.is_default:
        AlertGroup.objects.filter(is_default=True).update(is_default=False)
    group.name, group.sort_key, group.is_default = name.strip(), natural_key(name)[:160], is_default
    group.on_incidents, group.on_library = on_incidents, on_library
    group.is_large_on_purpose = insists and len(members) > LARGEST_ON_INCIDENTS
    group.full_clean(exclude=["sort_key"])
    group.save()
    places = AlertGroupMember.objects.filter(group=group)
    places.exclude(user_id__in=members).delete()
    there = set(places.values_list("user_id", flat=True))
    AlertGroupMember.objects.bulk_create(
        AlertGroupMember(group=group, user_id=user_id) for user_id in members - there
    )
    event = record(
        "alert_group.added" if group_id is None else "alert_group.changed",
        by=by,
        record=("alert_group", group.id),
        detail={
            "members": sorted(map(str, members)),
            "on_incidents": on_incidents,
            "on_library": on_library,
            "is_default": is_default,
            "insists": insists,
        },
        at=at,
    )
    if on_incidents:
        new = members if is_new_to_all else members - there
        reach.tell_of_places(group_id=group.id, user_ids=new, told=told, event=event, by=by)
    return group


def _lock_groups() -> None:
    """Lock all groups in one order, so that two requests cannot make two defaults."""
    list(AlertGroup.objects.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True))


def _get(group_id: UUID) -> AlertGroup:
    group = AlertGroup.objects.filter(pk=group_id).first()
    if group is None:
        raise Http404("no such alert group")
    return group


def _refuse_taken(name: str, group_id: UUID | None) -> None:
    same = AlertGroup.objects.filter(name__iexact=name.strip()).values_list("pk", flat=True)
    if set(same) - {group_id}:
        raise ValidationError({"name": "There is an alert group of this name already. Choose another name."})


def _refuse_wrong_members(members: set[UUID]) -> None:
    if StaffMember.objects.filter(user_id__in=members).count() != len(members):
        raise ValidationError({"members": "Somebody you chose is not a user of this school. Choose again."})
    if not active_among(members):
        raise ValidationError({"members": "An alert group needs at least one active member of staff."})


def _refuse_wrong_offer(members: set[UUID], *, on_incidents: bool, on_library: bool, insists: bool) -> None:
    if not (on_incidents or on_library):
        raise ValidationError({"on_library": "Tick at least one place where this group is offered."})
    if on_incidents and len(members) > LARGEST_ON_INCIDENTS and not insists:
        raise ValidationError(
            {
                "insists": f"A group of {len(members)} people is for the library only. Take it off incidents"
                " and actions, or tick that you want it there all the same."
            }
        )
