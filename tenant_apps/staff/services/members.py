"""Members of staff: which user is in which group, and whom the MIS lists."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core.access import Access
from core.audit.services import record
from tenant_apps.staff.models import MISStaff, StaffMember
from tenant_apps.staff.permissions import can_administer
from tenant_apps.staff.services.administrators import keep_an_administrator


@dataclass(frozen=True, slots=True, kw_only=True)
class MISPerson:
    """One line of the MIS's staff."""

    mis_id: str
    title: str = ""
    first_name: str
    last_name: str
    email: str = ""
    job_title: str = ""
    start_date: date
    end_date: date | None = None
    is_full_time: bool = True


@transaction.atomic
def add_member(
    *,
    user_id: UUID,
    group_id: UUID,
    by: Access,
    job_title: str = "",
    mis_id: str | None = None,
    ends_at: datetime | None = None,
    at: datetime | None = None,
) -> StaffMember:
    """Put a user into a user group. Administrators only. Raises IntegrityError for one who is in a group."""
    if not can_administer(by):
        raise PermissionDenied
    member = StaffMember.objects.create(
        user_id=user_id, group_id=group_id, job_title=job_title, mis_id=mis_id, ends_at=ends_at
    )
    record("staff.added", by=by, record=("user", user_id), detail={"group": group_id}, at=at)
    return member


def move_to_group(*, user_id: UUID, group_id: UUID, by: Access, at: datetime | None = None) -> None:
    """Move a member of staff to another user group, which sets all their permissions from the next request
    on.

    Administrators only. It waits for nobody: `users_changing.change_permissions` asks a second person where
    one is needed. Raises StaffMember.DoesNotExist for one who is in no group, LastAdministratorError.
    """
    if not can_administer(by):
        raise PermissionDenied
    with keep_an_administrator():
        put_into_group(user_id=user_id, group_id=group_id, by=by, at=at)


def put_into_group(*, user_id: UUID, group_id: UUID, by: Access, at: datetime | None = None) -> None:
    """The move itself, for callers that asked who may and keep an administrator."""
    member = StaffMember.objects.select_for_update().get(user_id=user_id)
    before, member.group_id = member.group_id, group_id
    member.save(update_fields=["group"])
    record(
        "staff.group_changed", by=by, record=("user", user_id), detail={"from": before, "to": group_id}, at=at
    )


@transaction.atomic
def record_mis_staff(
    *, people: Iterable[MISPerson], by: Access, is_whole: bool = True, at: datetime | None = None
) -> int:
    """Store the MIS's list of staff, and tie users to it by their email address; the number changed.

    Whoever is not on a whole list any more stays, marked as not listed. The same list twice changes nothing.
    Nobody becomes a user by it, and a user's name, group and address stay theirs. System and administrators
    only.
    """
    if not can_administer(by):
        raise PermissionDenied
    known = {row.mis_id: row for row in MISStaff.objects.select_for_update()}
    fields = [
        "title",
        "first_name",
        "last_name",
        "email",
        "job_title",
        "start_date",
        "end_date",
        "is_full_time",
    ]
    new, changed, listed = [], [], set()
    for person in people:
        listed.add(person.mis_id)
        values = {field: getattr(person, field) for field in fields} | {"is_listed": True}
        values["email"] = person.email.strip().lower()
        row = known.get(person.mis_id)
        if row is None:
            new.append(MISStaff(mis_id=person.mis_id, **values))
        elif any(getattr(row, field) != value for field, value in values.items()):
            for field, value in values.items():
                setattr(row, field, value)
            changed.append(row)
    for row in known.values():
        if is_whole and row.mis_id not in listed and row.is_listed:
            row.is_listed = False
            changed.append(row)
    MISStaff.objects.bulk_create(new, batch_size=500)
    MISStaff.objects.bulk_update(changed, [*fields, "is_listed"], batch_size=500)
    _tie_users()
    if new or changed:
        record("staff.mis_recorded", by=by, detail={"added": len(new), "changed": len(changed)}, at=at)
    return len(new) + len(changed)


def _tie_users() -> None:
    """Give users without a MIS id that of the listed person with the same address, if there is just one."""
    untied = list(StaffMember.objects.filter(mis_id=None).select_related("user"))
    by_email: dict[str, list[MISStaff]] = {}
    for row in MISStaff.objects.filter(email__in=[member.user.email for member in untied], is_listed=True):
        by_email.setdefault(row.email, []).append(row)
    taken = set(StaffMember.objects.exclude(mis_id=None).values_list("mis_id", flat=True))
    tied = []
    for member in untied:
        rows = by_email.get(member.user.email, [])
        if len(rows) == 1 and rows[0].mis_id not in taken:
            member.mis_id, member.job_title = rows[0].mis_id, rows[0].job_title or member.job_title
            tied.append(member)
    StaffMember.objects.bulk_update(tied, ["mis_id", "job_title"])
