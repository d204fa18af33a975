"""Accounts of the school's staff are closed, by administrators or when their end comes, and opened again."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from shared_apps.people.selectors import get_user
from shared_apps.people.services import set_active
from tenant_apps.staff.models import PendingChange, StaffMember
from tenant_apps.staff.selectors import active_among, alert_groups_left_empty_without
from tenant_apps.staff.selectors.second_person import sees_restricting
from tenant_apps.staff.services import leaving, second_person
from tenant_apps.staff.services.administrators import LastAdministratorError, keep_an_administrator
from tenant_apps.staff.services.user_rules import administrators_only, locked, refuse_wrong_end
from tenant_apps.staff.services.users_changing import change_email, change_group, save_member


def deactivate_user(
    *, user_id: UUID, by: Access, successor_id: UUID | None = None, at: datetime | None = None
) -> None:
    """Close an account: its sessions and links end at once, and the successor takes over what it leaves.

    What the person wrote stays under their name. ValidationError when somebody has to take over and nobody is
    named, or an alert group would be left without an active member; LastAdministratorError.
    """
    administrators_only(by)
    with keep_an_administrator():
        member = locked(user_id)
        if successor_id is not None and (
            successor_id == user_id or successor_id not in active_among([successor_id])
        ):
            raise ValidationError({"successor": "Choose an active member of staff."})
        if successor_id is None:
            _refuse_what_needs_somebody(user_id)
        _close(member, successor_id, by, at or now())


def reactivate_user(
    *,
    user_id: UUID,
    email: str,
    group_id: UUID,
    by: Access,
    ends_at: datetime | None = None,
    at: datetime | None = None,
) -> list[PendingChange]:
    """Open a closed account again, under this address and in this user group.

    The same rules as for any account: what widens the way to Restricting categories waits, and until it is
    confirmed the account has its old address and group. The default alert group is told of a reader. Gives
    what waits.
    """
    administrators_only(by)
    with keep_an_administrator():
        member = locked(user_id)
        if get_user(user_id).is_active:
            raise ValidationError("This account is active already.")
        refuse_wrong_end(member, ends_at, at)
        set_active(user_id=user_id, is_active=True, by=by, at=at)
        save_member(member, {"ends_at": ends_at}, by, at)
        waiting = [change_email(user_id, email, by, at), change_group(member, group_id, by, at)]
        if sees_restricting(user_id=user_id):
            second_person.tell_of_new_reader(user_id=user_id, by=by, at=at)
        return [change for change in waiting if change is not None]


def close_ended(*, by: Access, at: datetime | None = None) -> int:
    """Close the accounts whose end has come; how many. Who stands in for somebody away takes over.

    The last administrator's stays open, whatever its end says.
    """
    administrators_only(by)
    moment = at or now()
    ended = StaffMember.objects.filter(user__is_active=True, ends_at__lte=moment)
    return _close_each(list(ended.order_by("pk").values_list("user_id", flat=True)), by, moment)


def close_missing(*, user_ids: list[UUID], by: Access, at: datetime | None = None) -> int:
    """Close the accounts of people whom the MIS no longer lists; how many. Not the last administrator's."""
    administrators_only(by)
    return _close_each(user_ids, by, at or now())


def _close(member: StaffMember, successor_id: UUID | None, by: Access, at: datetime) -> None:
    set_active(user_id=member.user_id, is_active=False, by=by, at=at)
    second_person.end_changes_about(user_id=member.user_id, by=by, at=at)
    leaving.hand_over(user_id=member.user_id, successor_id=successor_id, by=by, at=at)
    record("staff.left", by=by, record=("user", member.user_id), detail={"successor": successor_id}, at=at)


def _close_each(user_ids: list[UUID], by: Access, at: datetime) -> int:
    closed = 0
    for user_id in user_ids:
        try:
            with keep_an_administrator():
                member = locked(user_id)
                cover = _still_here(member.cover_id)
                _close(member, cover, by, at)
        except LastAdministratorError:
            continue
        closed += 1
    return closed


def _still_here(user_id: UUID | None) -> UUID | None:
    return user_id if user_id is not None and active_among([user_id]) else None


def _refuse_what_needs_somebody(user_id: UUID) -> None:
    if empty := alert_groups_left_empty_without(user_id):
        names = " and ".join(f"“{name}”" for name in empty)
        raise ValidationError(
            {
                "successor": (
                    f"{names} would be left without an active member. Choose who takes over, or add somebody"
                    " under “Alert Groups” first."
                )
            }
        )
    if any(left.needs_somebody for left in leaving.left_behind(user_id)):
        raise ValidationError({"successor": "Choose who takes over what is still open."})
