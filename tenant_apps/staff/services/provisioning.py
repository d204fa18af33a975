"""The first user groups, people and alert group of a new school."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.access import Access
from core.audit.services import record
from shared_apps.people.services import create_user
from tenant_apps.categories.selectors import CategoryMap, category_map
from tenant_apps.staff.models import CategoryPermission, StaffMember, UserGroup
from tenant_apps.staff.services.alert_groups import save_alert_group
from tenant_apps.staff.services.default_permissions import DEFAULT_GROUPS, DSL_SLT, Rights, default_rights

DEFAULT_ALERT_GROUP = "Safeguarding team"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    """Someone on a school's set-up sheet."""

    email: str
    title: str
    first_name: str
    last_name: str
    user_group: str


@transaction.atomic
def create_default_groups(
    *, also: Collection[str] = (), by: Access, at: datetime | None = None
) -> tuple[dict[str, UUID], list[str]]:
    """Make the default user groups with their permissions for the school's categories, and new empty ones.

    `also` are further names, made with no permissions. Gives the groups' ids by name in lower case, and the
    names of categories outside the default list: there Admin and DSL/SLT have every right and nobody else
    has any.
    """
    groups = {
        default.name.casefold(): UserGroup(
            name=default.name,
            is_key_group=default.is_key_group,
            system_permissions=sorted(permission.value for permission in default.system_permissions),
            overview_blocks=sorted(block.value for block in default.overview_blocks),
        )
        for default in DEFAULT_GROUPS
    }
    for name in also:
        groups.setdefault(name.strip().casefold(), UserGroup(name=name.strip(), is_key_group=False))
    UserGroup.objects.bulk_create(groups.values())
    given, unknown = _rights_of_categories(category_map())
    CategoryPermission.objects.bulk_create(
        CategoryPermission(group=groups[group.casefold()], category_id=category_id, **rights._asdict())
        for category_id, by_group in given.items()
        for group, rights in by_group.items()
    )
    ids = {name: group.id for name, group in groups.items()}
    record("user_group.added", by=by, detail={"groups": list(ids.values())}, at=at)
    return ids, unknown


@transaction.atomic
def seed_staff(*, people: Sequence[NewPerson], by: Access, at: datetime | None = None) -> list[str]:
    """User groups, users without passwords, and the default alert group of DSL/SLT, from a set-up sheet.

    Gives the names of categories outside the default list, for the result of provisioning. Raises
    ValidationError when nobody is in DSL/SLT: the default alert group may not be empty.
    """
    groups, unknown = create_default_groups(also=[person.user_group for person in people], by=by, at=at)
    in_group: dict[str, list[UUID]] = {}
    members = []
    for person in people:
        user = create_user(
            email=person.email,
            title=person.title,
            first_name=person.first_name,
            last_name=person.last_name,
            by=by,
            at=at,
        )
        group = person.user_group.strip().casefold()
        in_group.setdefault(group, []).append(user.pk)
        members.append(StaffMember(user=user, group_id=groups[group]))
    StaffMember.objects.bulk_create(members)
    record("staff.added", by=by, detail={"users": [member.user_id for member in members]}, at=at)
    save_alert_group(
        name=DEFAULT_ALERT_GROUP,
        member_ids=in_group.get(DSL_SLT.casefold(), []),
        is_default=True,
        # The default group stands on every form, however large the school's team is.
        insists=True,
        by=by,
        at=at,
    )
    return unknown


def _rights_of_categories(categories: CategoryMap) -> tuple[dict[UUID, dict[str, Rights]], list[str]]:
    given: dict[UUID, dict[str, Rights]] = {}
    unknown = []
    for category in categories.values():
        parent = categories[category.parent_id].name if category.parent_id else ""
        given[category.id], is_known = default_rights(
            name=category.name, parent_name=parent, is_restricting=category.is_restricting
        )
        if not is_known:
            unknown.append(f"{parent} > {category.name}" if parent else category.name)
    return given, unknown
