"""Accounts of the school's staff: opened, changed, closed and opened again by administrators.

What may take a school its last administrator goes through `keep_an_administrator`; what may let somebody at
Restricting categories waits for a second person. Each function that may have to wait gives back the change
that waits, or None when it is in force.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from shared_apps.people.selectors import find_user, get_user
from shared_apps.people.services import create_user, request_reset, set_active, update_user
from shared_apps.people.services.keys import remove_all_keys
from tenant_apps.school_settings.selectors import accepts_email, get_settings
from tenant_apps.staff.enums import ChangeKind
from tenant_apps.staff.models import MISStaff, PendingChange, StaffMember, UserGroup
from tenant_apps.staff.permissions import can_administer
from tenant_apps.staff.selectors import active_among, alert_groups_left_empty_without, move_widens
from tenant_apps.staff.selectors.second_person import sees_restricting
from tenant_apps.staff.services import leaving, reach, second_person
from tenant_apps.staff.services.administrators import LastAdministratorError, keep_an_administrator
from tenant_apps.staff.services.members import add_member, put_into_group

__all__ = [
    "Absence",
    "LastAdministratorError",
    "Name",
    "change_details",
    "change_permissions",
    "close_ended",
    "close_missing",
    "create_from_mis",
    "create_outside_mis",
    "deactivate_user",
    "keep_an_administrator",
    "reactivate_user",
    "remove_keys",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """How somebody is called, and what they do."""

    title: str = ""
    first_name: str
    last_name: str
    job_title: str = ""
    extension: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """From when to when somebody is away, both days included, and who stands in; all of it or nothing."""

    away_from: date | None = None
    away_to: date | None = None
    cover_id: UUID | None = None


NO_ABSENCE = Absence()


@transaction.atomic
def create_from_mis(
    *,
    mis_staff_id: UUID,
    group_id: UUID,
    by: Access,
    email: str = "",
    sends_reset: bool = False,
    at: datetime | None = None,
) -> UUID:
    """Make somebody whom the MIS lists a user; without `email` at the address that the MIS holds.

    ValidationError for an address that is taken or outside the whitelist, and for somebody who is a user
    already. The id of the user.
    """
    _administrators_only(by)
    person = MISStaff.objects.select_for_update().filter(pk=mis_staff_id, is_listed=True).first()
    if person is None or StaffMember.objects.filter(mis_id=person.mis_id).exists():
        raise ValidationError({"person": "This person is not on the list any more. Choose again."})
    name = Name(
        title=person.title[:20],
        first_name=person.first_name,
        last_name=person.last_name,
        job_title=person.job_title,
    )
    email = email or person.email
    if not email:
        raise ValidationError({"email": "The MIS holds no address for this person. Enter one."})
    return _create(name, email, group_id, person.mis_id, None, sends_reset, by, at)


@transaction.atomic
def create_outside_mis(
    *,
    name: Name,
    email: str,
    group_id: UUID,
    ends_at: datetime,
    by: Access,
    sends_reset: bool = False,
    at: datetime | None = None,
) -> UUID:
    """Make somebody a user whom the MIS does not list, until `ends_at`.

    Somebody whom the MIS does list under that address, and who is no user yet, is that person: the account is
    tied to the MIS, so that it closes with the MIS as well. ValidationError as above, and for an end that has
    passed.
    """
    _administrators_only(by)
    if ends_at <= (at or now()):
        raise ValidationError({"ends_on": "The account would have ended already. Give a later day or time."})
    person = _listed_under(email)
    mis_id = person.mis_id if person else None
    return _create(name, email, group_id, mis_id, ends_at, sends_reset, by, at)


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
    _administrators_only(by)
    with keep_an_administrator():
        member = _locked(user_id)
        _refuse_wrong_end(member, ends_at, at)
        _refuse_wrong_absence(member, absence)
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
        _save(member, given, by, at)
        return _change_email(user_id, email, by, at)


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
    _administrators_only(by)
    with keep_an_administrator():
        member = _locked(user_id)
        group = UserGroup.objects.filter(pk=group_id).first()
        if group is None:
            raise ValidationError({"group": "This user group is not there any more. Choose again."})
        waiting = _change_group(member, group_id, by, at)
        # Ticked as the group has it is no switch of one's own: it follows the group.
        own = None if sees_ungrouped == ("ungrouped_students" in group.system_permissions) else sees_ungrouped
        _save(member, {"sees_ungrouped": own}, by, at)
        return waiting


def deactivate_user(
    *, user_id: UUID, by: Access, successor_id: UUID | None = None, at: datetime | None = None
) -> None:
    """Close an account: its sessions and links end at once, and the successor takes over what it leaves.

    What the person wrote stays under their name. ValidationError when somebody has to take over and nobody is
    named, or an alert group would be left without an active member; LastAdministratorError.
    """
    _administrators_only(by)
    with keep_an_administrator():
        member = _locked(user_id)
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
    _administrators_only(by)
    with keep_an_administrator():
        member = _locked(user_id)
        if get_user(user_id).is_active:
            raise ValidationError("This account is active already.")
        _refuse_wrong_end(member, ends_at, at)
        set_active(user_id=user_id, is_active=True, by=by, at=at)
        _save(member, {"ends_at": ends_at}, by, at)
        waiting = [_change_email(user_id, email, by, at), _change_group(member, group_id, by, at)]
        if sees_restricting(user_id=user_id):
            second_person.tell_of_new_reader(user_id=user_id, by=by, at=at)
        return [change for change in waiting if change is not None]


@transaction.atomic
def remove_keys(*, user_id: UUID, by: Access, at: datetime | None = None) -> PendingChange | None:
    """ "Remove this users 2FA devices": all of them, apps and USB keys.

    It waits for a second person as a changed address does. LastAdministratorError when
    nobody with administration privileges would have a key left.
    """
    _administrators_only(by)
    if reach.may_be_alerted(_locked(user_id).user_id):
        return second_person.ask(kind=ChangeKind.KEYS_REMOVED, user_id=user_id, payload={}, by=by, at=at)
    _remove_keys(user_id, by, at)
    return None


def close_ended(*, by: Access, at: datetime | None = None) -> int:
    """Close the accounts whose end has come; how many. Who stands in for somebody away takes over.

    The last administrator's stays open, whatever its end says.
    """
    _administrators_only(by)
    moment = at or now()
    ended = StaffMember.objects.filter(user__is_active=True, ends_at__lte=moment)
    return _close_each(list(ended.order_by("pk").values_list("user_id", flat=True)), by, moment)


def close_missing(*, user_ids: list[UUID], by: Access, at: datetime | None = None) -> int:
    """Close the accounts of people whom the MIS no longer lists; how many. Not the last administrator's."""
    _administrators_only(by)
    return _close_each(user_ids, by, at or now())


@second_person.applies(ChangeKind.EMAIL)
def _apply_email(change: PendingChange, by: Access, at: datetime) -> None:
    assert change.user_id is not None
    _refuse_wrong_email(change.payload["email"], user_id=change.user_id)
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


def _administrators_only(by: Access) -> None:
    if not can_administer(by):
        raise PermissionDenied


def _locked(user_id: UUID) -> StaffMember:
    return StaffMember.objects.select_for_update(of=["self"]).select_related("user").get(user_id=user_id)


def _create(
    name: Name,
    email: str,
    group_id: UUID,
    mis_id: str | None,
    ends_at: datetime | None,
    sends_reset: bool,
    by: Access,
    at: datetime | None,
) -> UUID:
    _refuse_wrong_email(email)
    if not UserGroup.objects.filter(pk=group_id).exists():
        raise ValidationError({"group": "This user group is not there any more. Choose again."})
    try:
        with transaction.atomic():
            user = create_user(
                email=email,
                title=name.title,
                first_name=name.first_name,
                last_name=name.last_name,
                extension=name.extension,
                by=by,
                at=at,
            )
    except IntegrityError as error:
        # Somebody else made the account between the question and the answer.
        raise ValidationError({"email": "This address belongs to somebody already."}) from error
    add_member(
        user_id=user.pk,
        group_id=group_id,
        job_title=name.job_title,
        mis_id=mis_id,
        ends_at=ends_at,
        by=by,
        at=at,
    )
    if sees_restricting(group_id=group_id):
        second_person.tell_of_new_reader(user_id=user.pk, by=by, at=at)
    if sends_reset:
        request_reset(email=user.email, at=at)
    return user.pk


def _listed_under(email: str) -> MISStaff | None:
    """The one person whom the MIS lists under the address and who is no user; None if there are several."""
    found = MISStaff.objects.filter(email=email.strip().lower(), is_listed=True)
    users = StaffMember.objects.filter(mis_id__isnull=False).values("mis_id")
    rows = list(found.exclude(mis_id__in=users)[:2])
    return rows[0] if len(rows) == 1 else None


def _save(member: StaffMember, given: Mapping[str, object], by: Access, at: datetime | None) -> None:
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


def _change_email(user_id: UUID, email: str, by: Access, at: datetime | None) -> PendingChange | None:
    user = get_user(user_id)
    email = email.strip().lower()
    if email == user.email:
        return None
    _refuse_wrong_email(email, user_id=user_id)
    if reach.may_be_alerted(user_id):
        payload = {"before": user.email, "email": email}
        return second_person.ask(kind=ChangeKind.EMAIL, user_id=user_id, payload=payload, by=by, at=at)
    update_user(user_id=user_id, email=email, by=by, at=at)
    return None


def _change_group(
    member: StaffMember, group_id: UUID, by: Access, at: datetime | None
) -> PendingChange | None:
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
                member = _locked(user_id)
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


def _refuse_wrong_email(email: str, *, user_id: UUID | None = None) -> None:
    if not accepts_email(email):
        domains = ", ".join(sorted(get_settings().email_whitelist)) or "none yet"
        raise ValidationError(
            {"email": f"Only addresses of these domains are accepted (“Settings”): {domains}."}
        )
    holder = find_user(email)
    if holder is None or holder.pk == user_id:
        return
    if holder.is_active:
        raise ValidationError({"email": f"This address belongs to {holder.full_name} already."})
    raise ValidationError(
        {
            "email": (
                f"This address belongs to {holder.full_name}, whose account is deactivated. Reactivate it"
                " under “Deactivated Users”."
            )
        }
    )


def _refuse_wrong_end(member: StaffMember, ends_at: datetime | None, at: datetime | None) -> None:
    if ends_at is None:
        if member.ends_at is not None and member.mis_id is None:
            raise ValidationError({"ends_on": "Somebody who is not in the MIS needs an end date."})
    elif ends_at <= (at or now()) and (ends_at != member.ends_at or not member.user.is_active):
        raise ValidationError({"ends_on": "This has passed already. Give a later day or time."})


def _refuse_wrong_absence(member: StaffMember, absence: Absence) -> None:
    given = (absence.away_from, absence.away_to, absence.cover_id)
    if given == (None, None, None):
        return
    faults = {}
    if absence.away_from is None:
        faults["away_from"] = "Enter the first day of the absence."
    if absence.away_to is None:
        faults["away_to"] = "Enter the last day of the absence."
    elif absence.away_from is not None and absence.away_to < absence.away_from:
        faults["away_to"] = "The last day of the absence lies before the first."
    elif absence.away_to < timezone.localdate() and absence.away_to != member.away_to:
        faults["away_to"] = "The absence is over already. Give a later day."
    if absence.cover_id is None:
        faults["cover"] = "Choose who covers the absence."
    elif absence.cover_id == member.user_id:
        faults["cover"] = "Nobody can cover their own absence. Choose somebody else."
    elif absence.cover_id != member.cover_id and absence.cover_id not in active_among([absence.cover_id]):
        faults["cover"] = "Choose an active member of staff."
    if faults:
        raise ValidationError(faults)
