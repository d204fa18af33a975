"""Reads of user groups, permissions, alert groups and colleagues.

Who works at a school and in which alert group is no secret among its staff; what each may read is, and
leaves this app only as sets of ids for the rules that need them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q, QuerySet

from core.access import SystemPermission
from shared_apps.people.selectors import suggest_users, users_with_keys
from tenant_apps.school_settings.selectors import FormNotices, TeamPerson, get_settings
from tenant_apps.school_settings.selectors import form_notices as fill_notices
from tenant_apps.staff.models import (
    AlertGroup,
    AlertGroupMember,
    CategoryPermission,
    MISStaff,
    StaffMember,
    UserGroup,
)

# "Can view students": without either an assigned page would lead nowhere.
VIEWS_STUDENTS = (SystemPermission.VIEW_STUDENT_LIST, SystemPermission.VIEW_STUDENT_DETAILS)


@dataclass(frozen=True, slots=True)
class GroupPermissions:
    """What a person's user group gives, before the session's key and class restrictions."""

    group_id: UUID
    group_name: str
    system: frozenset[SystemPermission]
    view_students: frozenset[UUID]
    view_incidents: frozenset[UUID]
    add_incidents: frozenset[UUID]
    sees_ungrouped: bool


@dataclass(frozen=True, slots=True)
class AlertGroupView:
    """An alert group as a button: how many it reaches now."""

    id: UUID
    name: str
    is_default: bool
    member_count: int


@dataclass(frozen=True, slots=True)
class Colleague:
    """An active member of staff as a form offers them."""

    id: UUID
    formal_name: str
    full_name: str
    group_name: str

    @property
    def initials(self) -> str:
        """First letters of forename and surname, for the round mark beside the name."""
        words = self.full_name.split()
        return "".join(word[0] for word in (words[0], words[-1])[: len(words)]).upper() if words else ""


def permissions_of(user_id: UUID) -> GroupPermissions | None:
    """The permissions of a user's group, or None for someone who is in no group. One query."""

    def granted(field: str) -> ArrayAgg:
        rows = "group__category_permissions"
        return ArrayAgg(f"{rows}__category_id", filter=Q(**{f"{rows}__{field}": True}), default=None)

    row = (
        StaffMember.objects.filter(user_id=user_id)
        .values("sees_ungrouped", "group_id", "group__name", "group__system_permissions")
        .annotate(
            students=granted("view_students"),
            incidents=granted("view_incidents"),
            adds=granted("add_incidents"),
        )
        .order_by("group_id")
        .first()
    )
    if row is None:
        return None
    system = known_permissions(row["group__system_permissions"])
    own_switch = row["sees_ungrouped"]
    return GroupPermissions(
        group_id=row["group_id"],
        group_name=row["group__name"],
        system=system,
        view_students=frozenset(row["students"] or ()),
        view_incidents=frozenset(row["incidents"] or ()),
        add_incidents=frozenset(row["adds"] or ()),
        sees_ungrouped=SystemPermission.UNGROUPED_STUDENTS in system if own_switch is None else own_switch,
    )


def known_permissions(values: Iterable[str]) -> frozenset[SystemPermission]:
    """Stored values as permissions; one that this release does not know gives nothing."""
    return frozenset(SystemPermission(value) for value in values if value in SystemPermission.values)


def groups_viewing() -> dict[UUID, tuple[str, frozenset[UUID]]]:
    """Each user group's name and the categories in which it has "View Incidents". One query.

    For telling which groups would gain or lose a record by a change to it.
    """
    groups = UserGroup.objects.annotate(
        viewable=ArrayAgg(
            "category_permissions__category_id",
            filter=Q(category_permissions__view_incidents=True),
            default=None,
        )
    ).values_list("id", "name", "viewable")
    return {group_id: (name, frozenset(viewable or ())) for group_id, name, viewable in groups}


def viewable_by(user_ids: Iterable[UUID], category_ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """For each of these people, which of these categories their group has "View Incidents" in. One query.

    For naming categories in mails; everyone asked for is in the answer.
    """
    wanted = set(user_ids)
    rows = CategoryPermission.objects.filter(
        group__members__user_id__in=wanted, category_id__in=category_ids, view_incidents=True
    ).values_list("group__members__user_id", "category_id")
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for user_id, category_id in rows:
        found[user_id].add(category_id)
    return {user_id: frozenset(found[user_id]) for user_id in wanted}


def alert_groups_for_incidents() -> list[AlertGroupView]:
    """The buttons beneath "Alert Staff Members": groups on incidents and actions that reach someone."""
    return [group for group in _alert_groups(Q(on_incidents=True)) if group.member_count]


def default_alert_group() -> AlertGroupView | None:
    """The group that is alerted when nobody is chosen."""
    return next(iter(_alert_groups(Q(is_default=True))), None)


def members_of(group_ids: Iterable[UUID]) -> list[UUID]:
    """The active members of these alert groups, each once, by name."""
    places = (
        AlertGroupMember.objects.filter(group_id__in=set(group_ids), user__is_active=True)
        .order_by("user__sort_key", "user_id")
        .values_list("user_id", flat=True)
    )
    return list(dict.fromkeys(places))


def default_group_people() -> list[TeamPerson]:
    """The active people of the default alert group with their extensions, by name."""
    places = (
        AlertGroupMember.objects.filter(group__is_default=True, user__is_active=True)
        .select_related("user")
        .order_by("user__sort_key", "user_id")
    )
    return [TeamPerson(place.user_id, place.user.formal_name, place.user.extension) for place in places]


def form_notices() -> FormNotices:
    """The texts of "Add Incident" with today's people of the default alert group."""
    return fill_notices(team=default_group_people())


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


def safeguarding_extension() -> str:
    """The extension to ring when something about an account is wrong; empty where none is known."""
    extensions = (person.extension for person in default_group_people() if person.extension)
    return next(extensions, "") or get_settings().safeguarding_line


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


def user_group_ids() -> dict[str, UUID]:
    """Ids of user groups by name."""
    return dict(UserGroup.objects.values_list("name", "id"))


def alert_group_ids() -> dict[str, UUID]:
    """Ids of alert groups by name."""
    return dict(AlertGroup.objects.values_list("name", "id"))


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


def _alert_groups(wanted: Q) -> list[AlertGroupView]:
    rows = (
        AlertGroup.objects.filter(wanted)
        .annotate(active=Count("places", filter=Q(places__user__is_active=True)))
        .order_by("-is_default", "sort_key", "id")
        .values_list("id", "name", "is_default", "active")
    )
    return [AlertGroupView(*row) for row in rows]


def _colleagues(members: QuerySet[StaffMember]) -> list[Colleague]:
    return [
        Colleague(member.user_id, member.user.formal_name, member.user.full_name, member.group.name)
        for member in members.select_related("user", "group").order_by("user__sort_key", "user_id")
    ]
