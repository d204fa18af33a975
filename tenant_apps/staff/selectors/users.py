""" "Admin" > "Users": the lists, one user, and what the forms there offer. For administrators only."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q
from django.http import Http404
from django.utils import timezone

from core.access import Access, SystemPermission
from core.db.text import search_key
from shared_apps.people.selectors import users_with_keys
from tenant_apps.school_settings.selectors import closures, get_settings
from tenant_apps.staff.models import AlertGroup, AlertGroupMember, MISStaff, StaffMember, UserGroup
from tenant_apps.staff.permissions import can_administer
from tenant_apps.staff.selectors.people import absence_of

PAGE = 25
DAY_ENDS = time(18)
# A term ends before a holiday; half-term, a week, ends none.
WEEKDAYS_OF_A_HOLIDAY = 6
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class UserRow:
    """One line of the list of users."""

    id: UUID
    name: str
    title: str
    email: str
    group_name: str
    job_title: str
    has_key: bool
    ends_at: datetime | None
    away: str


@dataclass(frozen=True, slots=True)
class UserPage:
    """A page of a list of users; `after` continues it, None at its end."""

    rows: list[UserRow]
    after: UUID | None


@dataclass(frozen=True, slots=True)
class UserView:
    """One user as the administration sees them."""

    id: UUID
    title: str
    first_name: str
    last_name: str
    email: str
    extension: str
    job_title: str
    group_id: UUID
    group_name: str
    is_active: bool
    has_key: bool
    in_mis: bool
    ends_at: datetime | None
    away_from: date | None
    away_to: date | None
    cover_id: UUID | None
    sees_ungrouped: bool

    @property
    def full_name(self) -> str:
        """As in "Martin Coleman"."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def formal_name(self) -> str:
        """As in "Dr Coleman"."""
        return f"{self.title} {self.last_name}" if self.title else self.full_name


@dataclass(frozen=True, slots=True)
class Choice:
    """An entry of a drop-down list."""

    id: UUID
    label: str


def users_page(access: Access, *, term: str = "", after: UUID | None = None) -> UserPage:
    """Active users by name, 25 a page, those whose name or user group fits what was typed."""
    return _page(access, _fitting(term), is_active=True, after=after)


def deactivated_page(access: Access, *, term: str = "", after: UUID | None = None) -> UserPage:
    """Deactivated users, in the same way."""
    return _page(access, _fitting(term), is_active=False, after=after)


def has_deactivated(access: Access) -> bool:
    """Whether there is anybody to be found under "Deactivated Users"."""
    return can_administer(access) and StaffMember.objects.filter(user__is_active=False).exists()


def get_user_view(access: Access, user_id: UUID) -> UserView:
    """One user of the school, active or not. Raises Http404 for anybody else, and for who may not look."""
    if not can_administer(access):
        raise Http404("no such user")
    member = (
        StaffMember.objects.filter(user_id=user_id)
        .select_related("user", "group")
        .annotate(has_key=Q(user_id__in=users_with_keys()))
        .first()
    )
    if member is None:
        raise Http404("no such user")
    user = member.user
    of_group = SystemPermission.UNGROUPED_STUDENTS.value in member.group.system_permissions
    return UserView(
        id=user.pk,
        title=user.title,
        first_name=user.first_name,
        last_name=user.last_name,
        email=user.email,
        extension=user.extension,
        job_title=member.job_title,
        group_id=member.group_id,
        group_name=member.group.name,
        is_active=user.is_active,
        has_key=member.has_key,
        in_mis=member.mis_id is not None,
        ends_at=member.ends_at,
        away_from=member.away_from,
        away_to=member.away_to,
        cover_id=member.cover_id,
        sees_ungrouped=of_group if member.sees_ungrouped is None else member.sees_ungrouped,
    )


def mis_staff_without_account(access: Access, *, today: date) -> list[Choice]:
    """Whom "New User" offers: at work today according to the MIS, full-time or not, and no user yet."""
    if not can_administer(access):
        return []
    users = StaffMember.objects.filter(mis_id=OuterRef("mis_id"))
    people = (
        MISStaff.objects.filter(~Exists(users), is_listed=True, start_date__lte=today)
        .exclude(end_date__lt=today)
        .order_by("last_name", "first_name", "mis_id")
    )
    return [Choice(person.pk, _mis_label(person)) for person in people]


def user_group_choices() -> list[Choice]:
    """Every user group, by name."""
    return [Choice(*row) for row in UserGroup.objects.order_by("name", "id").values_list("id", "name")]


def active_choices(*, but: UUID | None = None) -> list[Choice]:
    """Every active user, by name, with the user group."""
    members = StaffMember.objects.filter(user__is_active=True)
    if but is not None:
        members = members.exclude(user_id=but)
    rows = members.order_by("user__sort_key", "user_id").values_list(
        "user_id", "user__first_name", "user__last_name", "group__name"
    )
    return [Choice(user_id, f"{last}, {first} ({group})") for user_id, first, last, group in rows]


def alert_groups_left_empty_without(user_id: UUID) -> list[str]:
    """Names of the alert groups in which this person is the only active member."""
    others = AlertGroupMember.objects.filter(group=OuterRef("pk"), user__is_active=True).exclude(
        user_id=user_id
    )
    groups = AlertGroup.objects.filter(~Exists(others), places__user_id=user_id)
    return list(groups.order_by("sort_key", "id").values_list("name", flat=True))


def alert_groups_reaching_nobody() -> list[str]:
    """Names of the alert groups without an active member."""
    groups = AlertGroup.objects.annotate(
        active=Count("places", filter=Q(places__user__is_active=True))
    ).filter(active=0)
    return list(groups.order_by("sort_key", "id").values_list("name", flat=True))


def covers_of(user_ids: Iterable[UUID], *, on: date) -> dict[UUID, UUID]:
    """Who of these people is away on this day, and the active colleague who stands in. One query."""
    wanted = set(user_ids)
    if not wanted:
        return {}
    away = StaffMember.objects.filter(away_from__lte=on, away_to__gte=on, user_id__in=wanted)
    return dict(away.filter(cover__is_active=True).values_list("user_id", "cover_id"))


def is_past_end(user_id: UUID, *, at: datetime) -> bool:
    """Whether the account has an end and it has come."""
    return StaffMember.objects.filter(user_id=user_id, ends_at__lte=at).exists()


def end_of_term(today: date) -> date:
    """The last school day before the next holiday longer than a half-term, by the school's closures; else
    the end of the academic year, and after it today.
    """
    settings = get_settings()
    if today >= settings.year_end:
        return today
    closed = {closure.date for closure in closures()}
    last = None
    gap = 0
    day = today
    while day <= settings.year_end:
        if day.weekday() < SATURDAY:
            if day in closed:
                gap += 1
                if gap >= WEEKDAYS_OF_A_HOLIDAY and last is not None:
                    return last
            else:
                last, gap = day, 0
        day += timedelta(days=1)
    return settings.year_end


def default_end(today: date, *, is_short: bool) -> datetime:
    """When the account of somebody outside the MIS ends unless it is said: 18:00 today for supply and
    visitors, on the last day of term for others.
    """
    day = today if is_short else end_of_term(today)
    return timezone.make_aware(datetime.combine(day, DAY_ENDS))


def _page(access: Access, fitting: Q, *, is_active: bool, after: UUID | None) -> UserPage:
    if not can_administer(access):
        return UserPage([], None)
    members = (
        StaffMember.objects.filter(fitting, user__is_active=is_active)
        .select_related("user", "group", "cover")
        .annotate(has_key=Q(user_id__in=users_with_keys()))
        .order_by("user__sort_key", "user_id")
    )
    place = StaffMember.objects.filter(user_id=after).select_related("user").first() if after else None
    if place is not None:
        members = members.filter(
            Q(user__sort_key__gt=place.user.sort_key)
            | Q(user__sort_key=place.user.sort_key, user_id__gt=place.user_id)
        )
    found = list(members[: PAGE + 1])
    shown = found[:PAGE]
    today = timezone.localdate()
    rows = [
        UserRow(
            id=member.user_id,
            name=member.user.full_name,
            title=member.user.title,
            email=member.user.email,
            group_name=member.group.name,
            job_title=member.job_title,
            has_key=member.has_key,
            ends_at=member.ends_at,
            away=absence_of(member, on=today),
        )
        for member in shown
    ]
    return UserPage(rows, shown[-1].user_id if len(found) > PAGE else None)


def _fitting(term: str) -> Q:
    if not term.strip():
        return Q()
    fits = Q(group__name__icontains=term.strip())
    words = search_key(term).split()
    if not words:
        return fits
    by_name = Q()
    for word in words:
        # The stored key holds words parted by spaces, so a word begins the key or follows a space.
        by_name &= Q(user__sort_key__startswith=word) | Q(user__sort_key__contains=f" {word}")
    return by_name | fits


def _mis_label(person: MISStaff) -> str:
    name = f"{person.last_name}, {person.first_name}"
    rest = ", ".join(part for part in (person.job_title, person.email) if part)
    return f"{name} ({rest})" if rest else name
