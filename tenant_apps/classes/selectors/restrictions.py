"""What "Admin" > "Groups" shows: restricted kinds, their groups, and who is listed for each."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404

from core.access import Access
from core.audit.selectors import events_of_record
from shared_apps.people.selectors import names_of
from tenant_apps.classes.adapters import origins_of
from tenant_apps.classes.enums import GroupKind
from tenant_apps.classes.models import ClassAccess, ClassAccessGroup, RestrictedKind, StudentGroup
from tenant_apps.staff.permissions import can_administer
from tenant_apps.staff.selectors.registered import (
    RegisteredPerson,
    UserGroupLine,
    registered_staff,
    user_group_lines,
    user_group_of,
)

# The school's restrictions as a whole, for the audit, which names records by an id.
RESTRICTIONS_ID = UUID("0190d0c4-0000-7000-8000-636c61737365")

# A class "came from" another when at least this part of its students did: one pupil who moved house does not
# make the people of the old class see the new one.
PART_THAT_COUNTS = 4


@dataclass(frozen=True, slots=True)
class Listed:
    """Who is listed for one group."""

    user_ids: frozenset[UUID] = frozenset()
    user_group_ids: frozenset[UUID] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.user_ids or self.user_group_ids)

    def __or__(self, other: "Listed") -> "Listed":
        return Listed(self.user_ids | other.user_ids, self.user_group_ids | other.user_group_ids)


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group of "Groups" with the names of those listed for it."""

    id: UUID
    name: str
    people: list[str]
    user_groups: list[str]
    is_new: bool

    @property
    def names(self) -> list[str]:
        """User groups, then people."""
        return [*self.user_groups, *self.people]


@dataclass(frozen=True, slots=True)
class KindLine:
    """A kind of group that the MIS sends."""

    kind: str
    label: str
    is_restricted: bool
    groups: list[GroupLine]

    @property
    def without_people(self) -> int:
        """How many of its groups list nobody."""
        return sum(1 for group in self.groups if not group.names)


@dataclass(frozen=True, slots=True)
class Proposal:
    """For a new group: the people of the groups that its students came from."""

    group_id: UUID
    group_name: str
    origins: list[str]
    listed: Listed
    names: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Change:
    """What restricting exactly these kinds would do."""

    see_less: int
    see_more: int
    unseen_groups: list[str]
    """Groups of the restricted kinds that list nobody: only people above restrictions see their students."""


@dataclass(frozen=True, slots=True)
class LastChange:
    """When the restricted kinds were last changed, and whether the provider did it on request."""

    at: datetime
    by_provider: bool
    name: str


def restriction_lines(access: Access) -> list[KindLine]:
    """The kinds as in the MIS, each with its groups of today. Administrators only. Five queries."""
    _administrators_only(access)
    restricted = set(RestrictedKind.objects.values_list("kind", flat=True))
    by_kind: dict[str, list[StudentGroup]] = defaultdict(list)
    for group in StudentGroup.objects.filter(ended_on__isnull=True).order_by("kind", "sort_key", "id"):
        by_kind[group.kind].append(group)
    names, user_groups = _listed_names()
    return [
        KindLine(
            kind=kind.value,
            label=kind.label,
            is_restricted=kind.value in restricted,
            groups=[
                GroupLine(
                    id=group.pk,
                    name=group.name,
                    people=names[group.pk],
                    user_groups=user_groups[group.pk],
                    is_new=group.awaits_people_since is not None and kind.value in restricted,
                )
                for group in by_kind[kind.value]
            ],
        )
        for kind in GroupKind
        if by_kind[kind.value] or kind.value in restricted
    ]


def awaiting_groups(access: Access) -> list[tuple[UUID, str]]:
    """Groups that an import brought while their kind was restricted and that nobody has saved since.

    Empty for everybody but administrators. One query.
    """
    if not access.is_administrator:
        return []
    return [(group.pk, group.name) for group in _awaiting()]


def proposals(access: Access) -> list[Proposal]:
    """For each new group whose students came from groups that list somebody: these people and user groups.

    Administrators only. A fixed number of queries.
    """
    _administrators_only(access)
    new = {group.pk: group for group in _awaiting()}
    origins = {
        group_id: [
            origin for origin, came in counts.items() if came * PART_THAT_COUNTS >= sum(counts.values())
        ]
        for group_id, counts in origins_of(list(new)).items()
    }
    wanted = {origin for found in origins.values() for origin in found}
    listed = _listed(wanted)
    old = dict(StudentGroup.objects.filter(pk__in=wanted).values_list("id", "name"))
    people = names_of(user for one in listed.values() for user in one.user_ids)
    groups = {line.id: line.name for line in user_group_lines()} if listed else {}
    found = []
    for group_id, group in new.items():
        together = Listed()
        for origin in origins.get(group_id, []):
            together |= listed.get(origin, Listed())
        if together:
            persons = sorted(people[user] for user in together.user_ids if user in people)
            found.append(
                Proposal(
                    group_id=group_id,
                    group_name=group.name,
                    origins=sorted(old[origin] for origin in origins[group_id]),
                    listed=together,
                    names=[
                        *sorted(groups[one] for one in together.user_group_ids if one in groups),
                        *(person.formal for person in persons),
                    ],
                )
            )
    return found


def change_of_kinds(access: Access, kinds: Collection[str]) -> Change:
    """What would happen if exactly these kinds were restricted. Administrators only. Six queries."""
    _administrators_only(access)
    before = set(RestrictedKind.objects.values_list("kind", flat=True))
    after = set(kinds)
    groups = list(StudentGroup.objects.filter(ended_on__isnull=True).order_by("kind", "sort_key", "id"))
    listed = _listed({group.pk for group in groups})
    less = more = 0
    for person in registered_staff():
        if person.is_above_classes or not person.views_students:
            continue
        had, has = (_seen(person, groups, listed, restricted) for restricted in (before, after))
        less += (had is None and has is not None) or (had is not None and has is not None and not had <= has)
        more += (has is None and had is not None) or (had is not None and has is not None and not has <= had)
    unseen = [group.name for group in groups if group.kind in after and not listed.get(group.pk)]
    return Change(less, more, unseen)


def _seen(
    person: RegisteredPerson,
    groups: Iterable[StudentGroup],
    listed: Mapping[UUID, Listed],
    restricted: Collection[str],
) -> frozenset[UUID] | None:
    """The groups that would be the person's; None is all classes, as for somebody listed in each of them."""
    of_kinds = [group.pk for group in groups if group.kind in restricted]
    own = frozenset(
        group_id
        for group_id in of_kinds
        if (one := listed.get(group_id))
        and (person.id in one.user_ids or person.group_id in one.user_group_ids)
    )
    return None if len(own) == len(of_kinds) else own


def get_group(access: Access, group_id: UUID) -> StudentGroup:
    """A group that has not ended; Http404 else. Administrators only."""
    _administrators_only(access)
    group = StudentGroup.objects.filter(pk=group_id, ended_on__isnull=True).first()
    if group is None:
        raise Http404
    return group


def listed_for(access: Access, group_id: UUID) -> Listed:
    """The people and user groups listed for one group. Administrators only."""
    _administrators_only(access)
    return _listed({group_id}).get(group_id, Listed())


def people_to_list(access: Access, listed: Listed) -> tuple[list[RegisteredPerson], list[UserGroupLine]]:
    """All registered staff (and who is listed although the account is closed) and all user groups."""
    _administrators_only(access)
    return registered_staff(besides=listed.user_ids), user_group_lines()


def get_person(access: Access, user_id: UUID) -> RegisteredPerson:
    """A member of staff, whatever became of the account; Http404 else. Administrators only."""
    _administrators_only(access)
    person = next((one for one in registered_staff(besides=[user_id]) if one.id == user_id), None)
    if person is None:
        raise Http404
    return person


def classes_of_user(access: Access, user_id: UUID) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """The groups that list this person, and those that list the person's user group. Administrators only."""
    _administrators_only(access)
    own = ClassAccess.objects.filter(user_id=user_id).values_list("group_id", flat=True)
    through = ClassAccessGroup.objects.filter(user_group_id=user_group_of(user_id))
    return frozenset(own), frozenset(through.values_list("group_id", flat=True))


def last_change(access: Access) -> LastChange | None:
    """The last change to the restricted kinds, for administrators to see who made it."""
    event = events_of_record(access, "class_restrictions", RESTRICTIONS_ID).first()
    if event is None:
        return None
    person = names_of([event.user_id]).get(event.user_id) if event.user_id else None
    return LastChange(event.at, bool(event.detail.get("by_provider")), person.formal if person else "")


def _administrators_only(access: Access) -> None:
    if not can_administer(access):
        raise PermissionDenied


def _awaiting() -> list[StudentGroup]:
    restricted = RestrictedKind.objects.values("kind")
    return list(
        StudentGroup.objects.filter(
            awaits_people_since__isnull=False, ended_on__isnull=True, kind__in=restricted
        ).order_by("kind", "sort_key", "id")
    )


def _listed(group_ids: Collection[UUID]) -> dict[UUID, Listed]:
    users: dict[UUID, set[UUID]] = defaultdict(set)
    groups: dict[UUID, set[UUID]] = defaultdict(set)
    people = ClassAccess.objects.filter(group_id__in=group_ids)
    for group_id, user_id in people.values_list("group_id", "user_id"):
        users[group_id].add(user_id)
    user_groups = ClassAccessGroup.objects.filter(group_id__in=group_ids)
    for group_id, user_group_id in user_groups.values_list("group_id", "user_group_id"):
        groups[group_id].add(user_group_id)
    return {
        group_id: Listed(frozenset(users[group_id]), frozenset(groups[group_id]))
        for group_id in {*users, *groups}
    }


def _listed_names() -> tuple[dict[UUID, list[str]], dict[UUID, list[str]]]:
    people: dict[UUID, list[str]] = defaultdict(list)
    rows = ClassAccess.objects.filter(group__ended_on__isnull=True, user__is_active=True)
    for row in rows.select_related("user").order_by("user__sort_key", "user_id"):
        people[row.group_id].append(row.user.formal_name)
    user_groups: dict[UUID, list[str]] = defaultdict(list)
    lists = ClassAccessGroup.objects.filter(group__ended_on__isnull=True)
    for group_id, name in lists.order_by("user_group__name").values_list("group_id", "user_group__name"):
        user_groups[group_id].append(name)
    return people, user_groups
