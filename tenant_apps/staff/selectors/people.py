"""Colleagues: who is active, who may be asked for what, and whom the MIS lists."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import product
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from core.access import SystemPermission
from shared_apps.people.selectors import suggest_users, users_with_keys
from tenant_apps.staff.models import MISStaff, StaffMember

# "Can view students": without either an assigned page would lead nowhere.
VIEWS_STUDENTS = (SystemPermission.VIEW_STUDENT_LIST, SystemPermission.VIEW_STUDENT_DETAILS)


@dataclass(frozen=True, slots=True)
class Colleague:
    """An active member of staff as a form offers them."""

    id: UUID
    formal_name: str
    full_name: str
    group_name: str
    away: str = ""
    """As in "away until 27 November, covered by Ms Nair"; empty for somebody who is there today."""

    @property
    def note(self) -> str:
        """What a list says beside the name: the user group, and an absence of today."""
        return f"{self.group_name}, {self.away}" if self.away else self.group_name

    @property
    def initials(self) -> str:
        """First letters of forename and surname, for the round mark beside the name."""
        words = self.full_name.split()
        return "".join(word[0] for word in (words[0], words[-1])[: len(words)]).upper() if words else ""


def active_among(user_ids: Iterable[UUID]) -> set[UUID]:
    """Those of these people who are active members of staff."""
    wanted = set(user_ids)
    if not wanted:
        return set()
    members = StaffMember.objects.filter(user_id__in=wanted, user__is_active=True)
    return set(members.values_list("user_id", flat=True))


def safety_net() -> list[UUID]:
    """Whom to alert when the default alert group has nobody active left: editors, else administrators."""
    for permission in (SystemPermission.EDIT_INCIDENTS, SystemPermission.ADMINISTRATION):
        found = list(_members_with(permission).values_list("user_id", flat=True))
        if found:
            return found
    return []


def administrators() -> list[UUID]:
    """The school's admin key users: active, with administration privileges and a registered key."""
    members = _members_with(SystemPermission.ADMINISTRATION).filter(user_id__in=users_with_keys())
    return list(members.values_list("user_id", flat=True))


def standing_of_administrators() -> frozenset[tuple[bool, bool]]:
    """What the school has among its active administrators: (without an end date, with a registered key).

    Each pair says "there is one who has at least this": (False, False) stands for any at all. One query.
    """
    rows = (
        _members_with(SystemPermission.ADMINISTRATION)
        .annotate(holds_key=Q(user_id__in=users_with_keys()))
        .values_list("ends_at", "holds_key")
    )
    return frozenset(
        pair
        for ends_at, holds_key in rows
        for pair in product({False, ends_at is None}, {False, bool(holds_key)})
    )


def key_holders_for_assignment() -> list[Colleague]:
    """Whom "Assign to" offers, by name: active, with a registered key and a group that can view students."""
    return _colleagues(
        StaffMember.objects.filter(
            user__is_active=True,
            user_id__in=users_with_keys(),
            group__system_permissions__overlap=[permission.value for permission in VIEWS_STUDENTS],
        )
    )


def suggest_staff(term: str, *, limit: int = 20) -> list[Colleague]:
    """Registered, active staff by part of a name, by name; nothing for an empty term."""
    users = suggest_users(term, limit=limit)
    return _colleagues(StaffMember.objects.filter(user__in=[user.pk for user in users]))


def colleagues(user_ids: Iterable[UUID]) -> list[Colleague]:
    """These members of staff, active or not, by name. For names beside a record that has them already."""
    return _colleagues(StaffMember.objects.filter(user_id__in=set(user_ids)))


def group_name_of(user_id: UUID) -> str:
    """The name of a user's group; empty for someone who is in none."""
    return StaffMember.objects.filter(user_id=user_id).values_list("group__name", flat=True).first() or ""


def users_by_mis_id(mis_ids: Iterable[str]) -> Mapping[str, UUID]:
    """Which user is which member of the MIS's staff, for those that are users."""
    rows = StaffMember.objects.filter(mis_id__in=set(mis_ids)).values_list("mis_id", "user_id")
    return {mis_id: user_id for mis_id, user_id in rows if mis_id is not None}


def users_gone_from_mis(*, today: date) -> tuple[list[UUID], int]:
    """Active users tied to someone whom the MIS no longer lists or who left before `today`; and of how many.

    Users who were never tied to the MIS are never among them.
    """
    at_work = set(
        MISStaff.objects.filter(is_listed=True).exclude(end_date__lt=today).values_list("mis_id", flat=True)
    )
    tied = StaffMember.objects.filter(mis_id__isnull=False, user__is_active=True)
    gone = [user for user, mis_id in tied.values_list("user_id", "mis_id") if mis_id not in at_work]
    return gone, len(at_work) + len(gone)


def _members_with(permission: SystemPermission) -> QuerySet[StaffMember]:
    return StaffMember.objects.filter(
        user__is_active=True, group__system_permissions__contains=[permission.value]
    ).order_by("user__sort_key", "user_id")


def absence_of(member: StaffMember, *, on: date) -> str:
    """The words for somebody who is away on this day, and who stands in; empty for anybody else."""
    if member.away_from is None or member.away_to is None or member.cover is None:
        return ""
    if not member.away_from <= on <= member.away_to:
        return ""
    last = member.away_to
    return f"away until {last.day} {last:%B}, covered by {member.cover.formal_name}"


def _colleagues(members: QuerySet[StaffMember]) -> list[Colleague]:
    today = timezone.localdate()
    return [
        Colleague(
            member.user_id,
            member.user.formal_name,
            member.user.full_name,
            member.group.name,
            absence_of(member, on=today),
        )
        for member in members.select_related("user", "group", "cover").order_by("user__sort_key", "user_id")
    ]
