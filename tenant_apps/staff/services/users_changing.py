"""Administrators change accounts of the school's staff: name, address, absence, user group, keys.

What may take a school its last administrator goes through `keep_an_administrator`; what may let somebody at
Restricting categories waits for a second person. Each function that may have to wait gives back the change
that waits, or None when it is in force.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from core.access import Access
from core.audit.services import record
from shared_apps.people.selectors import get_user
from shared_apps.people.services import update_user
from shared_apps.people.services.keys import remove_all_keys
from tenant_apps.staff.enums import ChangeKind
from tenant_apps.staff.models import PendingChange, StaffMember, UserGroup
from tenant_apps.staff.selectors import move_widens
from tenant_apps.staff.services import reach, second_person
from tenant_apps.staff.services.administrators import keep_an_administrator
from tenant_apps.staff.services.members import put_into_group
from tenant_apps.staff.services.user_rules import (
    NO_ABSENCE,
    Absence,
    Name,
    administrators_only,
    locked,
    refuse_wrong_absence,
    refuse_wrong_email,
    refuse_wrong_end,
)


def change_details(
    *,
    user_id: UUID,
    name: Name,
    email: str,
    by: Access,
    ends_at: datetime | None = None,
    absence: Absence = NO_ABSENCE,
    at: datetime | None = None,
) -> PendingChange | None:
    """ "Save details" of "Personal Details". A changed address of somebody who may see a Restricting
    category, or is alerted as one of an alert group, waits for a second person; all else is in force at once.
    The default alert group is told who covers for such a person.

    ValidationError by field; LastAdministratorError for an end date of the last administrator.
    """
    administrators_only(by)
    with keep_an_administrator():
        member = locked(user_id)
        refuse_wrong_end(member, ends_at, at)
        refuse_wrong_absence(member, absence)
        update_user(
            user_id=user_id,
            title=name.title,
            first_name=name.first_name,
            last_name=name.last_name,
            extension=name.extension,
            by=by,
            at=at,
        )
        given = {
            "job_title": name.job_title,
            "ends_at": ends_at,
            "away_from": absence.away_from,
            "away_to": absence.away_to,
            "cover_id": absence.cover_id,
        }
        save_member(member, given, by, at)
        return change_email(user_id, email, by, at)


def change_permissions(
    *,
    user_id: UUID,
    group_id: UUID,
    sees_ungrouped: bool,
    by: Access,
    at: datetime | None = None,
) -> PendingChange | None:
    """ "Save details" of "Permissions": another user group, and whether students without a group are seen.

    A move that lets somebody who will see a Restricting category do more waits for a second person; any other
    counts from the next request on. LastAdministratorError when the last administrator would lose the rights.
    """
    administrators_only(by)
    with keep_an_administrator():
        member = locked(user_id)
        group = UserGroup.objects.filter(pk=group_id).first()
        if group is None:
            raise ValidationError({"group": "This user group is not there any more. Choose again."})
        waiting = change_group(member, group_id, by, at)
        # Ticked as the group has it is no switch of one's own: it follows the group.
        own = None if sees_ungrouped == ("ungrouped_students" in group.system_permissions) else sees_ungrouped
        save_member(member, {"sees_ungrouped": own}, by, at)
        return waiting


@transaction.atomic
def remove_keys(*, user_id: UUID, by: Access, at: datetime | None = None) -> PendingChange | None:
    """ "Remove this users 2FA devices": all of them, apps and USB keys.

    It waits for a second person as a changed address does. LastAdministratorError when
    nobody with administration privileges would have a key left.
    """
    administrators_only(by)
    if reach.may_be_alerted(locked(user_id).user_id):
        return second_person.ask(kind=ChangeKind.KEYS_REMOVED, user_id=user_id, payload={}, by=by, at=at)
    _remove_keys(user_id, by, at)
    return None


def save_member(member: StaffMember, given: Mapping[str, object], by: Access, at: datetime | None) -> None:
    """Store what differs, with one audit event; those whom a new cover concerns are told."""
    changed = [field for field, value in given.items() if getattr(member, field) != value]
    if not changed:
        return
    for field in changed:
        setattr(member, field, given[field])
    member.save(update_fields=[field.removesuffix("_id") for field in changed])
    event = record(
        "staff.changed", by=by, record=("user", member.user_id), detail={"fields": sorted(changed)}, at=at
    )
    if member.cover_id is not None and {"cover_id", "away_from", "away_to"} & set(changed):
        reach.tell_of_cover(user_id=member.user_id, cover_id=member.cover_id, event=event, by=by)


def change_email(user_id: UUID, email: str, by: Access, at: datetime | None) -> PendingChange | None:
    """Change the address, or ask a second person: then the change that waits."""
    user = get_user(user_id)
    email = email.strip().lower()
    if email == user.email:
        return None
    refuse_wrong_email(email, user_id=user_id)
    if reach.may_be_alerted(user_id):
        payload = {"before": user.email, "email": email}
        return second_person.ask(kind=ChangeKind.EMAIL, user_id=user_id, payload=payload, by=by, at=at)
    update_user(user_id=user_id, email=email, by=by, at=at)
    return None


def change_group(
    member: StaffMember, group_id: UUID, by: Access, at: datetime | None
) -> PendingChange | None:
    """Move the member to the group, or ask a second person: then the change that waits."""
    if member.group_id == group_id:
        return None
    if move_widens(from_group=member.group_id, to_group=group_id):
        payload = {"from": str(member.group_id), "to": str(group_id)}
        return second_person.ask(
            kind=ChangeKind.MEMBERSHIP, user_id=member.user_id, payload=payload, by=by, at=at
        )
    put_into_group(user_id=member.user_id, group_id=group_id, by=by, at=at)
    member.group_id = group_id
    return None


def _remove_keys(user_id: UUID, by: Access, at: datetime | None) -> None:
    with keep_an_administrator():
        remove_all_keys(user_id=user_id, by=by, at=at)


@second_person.applies(ChangeKind.EMAIL)
def _apply_email(change: PendingChange, by: Access, at: datetime) -> None:
    assert change.user_id is not None
    refuse_wrong_email(change.payload["email"], user_id=change.user_id)
    update_user(user_id=change.user_id, email=change.payload["email"], by=by, at=at)


@second_person.applies(ChangeKind.MEMBERSHIP)
def _apply_membership(change: PendingChange, by: Access, at: datetime) -> None:
    assert change.user_id is not None
    group_id = UUID(change.payload["to"])
    with keep_an_administrator():
        put_into_group(user_id=change.user_id, group_id=group_id, by=by, at=at)


@second_person.applies(ChangeKind.KEYS_REMOVED)
def _apply_keys_removed(change: PendingChange, by: Access, at: datetime) -> None:
    assert change.user_id is not None
    _remove_keys(change.user_id, by, at)
