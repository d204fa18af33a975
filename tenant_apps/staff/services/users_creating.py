"""Administrators open accounts of the school's staff: for people whom the MIS lists, and for others."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from core.access import Access
from core.db.clock import now
from shared_apps.people.services import create_user, request_reset
from tenant_apps.staff.models import MISStaff, StaffMember, UserGroup
from tenant_apps.staff.selectors.second_person import sees_restricting
from tenant_apps.staff.services import second_person
from tenant_apps.staff.services.members import add_member
from tenant_apps.staff.services.user_rules import Name, administrators_only, refuse_wrong_email


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
    administrators_only(by)
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
    administrators_only(by)
    if ends_at <= (at or now()):
        raise ValidationError({"ends_on": "The account would have ended already. Give a later day or time."})
    person = _listed_under(email)
    mis_id = person.mis_id if person else None
    return _create(name, email, group_id, mis_id, ends_at, sends_reset, by, at)


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
    refuse_wrong_email(email)
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
