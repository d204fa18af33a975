"""What holds for every account of the school's staff, and how a person is named, whoever changes what."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from core.access import Access
from core.db.clock import now
from shared_apps.people.selectors import find_user
from tenant_apps.school_settings.selectors import accepts_email, get_settings
from tenant_apps.staff.models import StaffMember
from tenant_apps.staff.permissions import can_administer
from tenant_apps.staff.selectors import active_among


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


def administrators_only(by: Access) -> None:
    """PermissionDenied for everybody but an administrator."""
    if not can_administer(by):
        raise PermissionDenied


def locked(user_id: UUID) -> StaffMember:
    """The member of staff with the account, kept from others until the end of the transaction."""
    return StaffMember.objects.select_for_update(of=["self"]).select_related("user").get(user_id=user_id)


def refuse_wrong_email(email: str, *, user_id: UUID | None = None) -> None:
    """ValidationError for an address outside the whitelist, and for one that is somebody else's."""
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


def refuse_wrong_end(member: StaffMember, ends_at: datetime | None, at: datetime | None) -> None:
    """ValidationError for an end that has passed, and for none where the MIS does not list the person."""
    if ends_at is None:
        if member.ends_at is not None and member.mis_id is None:
            raise ValidationError({"ends_on": "Somebody who is not in the MIS needs an end date."})
    elif ends_at <= (at or now()) and (ends_at != member.ends_at or not member.user.is_active):
        raise ValidationError({"ends_on": "This has passed already. Give a later day or time."})


def refuse_wrong_absence(member: StaffMember, absence: Absence) -> None:
    """ValidationError, by field, for half an absence, one that is over, and a cover who cannot be."""
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
