"""What members of a user group would gain by a change: told before it is saved, and whether it has to wait.

Nobody's view widens silently. Who can see students or incidents of a Restricting category, or whatever else
opens those records further to somebody who sees them, needs a second person (`GROUP_RIGHTS`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from core.access import SystemPermission
from core.access.enums import OverviewBlock
from tenant_apps.categories.selectors import CategoryMap
from tenant_apps.staff.models import CategoryPermission, UserGroup
from tenant_apps.staff.services.default_permissions import Rights

# Permissions by which members see, or come at, more of the records than before.
OPENING = frozenset(
    {
        SystemPermission.VIEW_STUDENT_LIST,
        SystemPermission.VIEW_STUDENT_DETAILS,
        SystemPermission.EDIT_INCIDENTS,
        SystemPermission.RUN_REPORTS,
        SystemPermission.FILES,
        SystemPermission.ADMINISTRATION,
        SystemPermission.UNGROUPED_STUDENTS,
        SystemPermission.ALL_CLASSES,
    }
)
VIEWS = {"view_students": "View Students", "view_incidents": "View Incidents"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """All that a user group gives its members."""

    system: frozenset[str] = frozenset()
    blocks: frozenset[str] = frozenset()
    rights: Mapping[UUID, Rights]

    def of(self, category_id: UUID) -> Rights:
        """The rights in one category; none where nothing is ticked."""
        return self.rights.get(category_id, Rights())


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """What one group would gain. `people` are its active members, `lines` the gain in words."""

    group_id: UUID
    group_name: str
    people: int
    views: tuple[tuple[str, UUID], ...]
    system: tuple[str, ...]
    blocks: tuple[str, ...]
    waiting_views: tuple[tuple[str, UUID], ...]
    waiting_system: tuple[str, ...]
    lines: tuple[str, ...]
    waiting_lines: tuple[str, ...]

    @property
    def waits(self) -> bool:
        """Whether some of it needs a second person."""
        return bool(self.waiting_views or self.waiting_system)


class GainsToConfirmError(Exception):
    """People would see more, and whoever saves has not yet confirmed exactly that. Nothing was changed.

    To confirm, save the same again with `confirmed` set to `token`.
    """

    def __init__(self, gains: Iterable[Gain]) -> None:
        super().__init__("what people would gain is not confirmed")
        self.gains = list(gains)
        self.token = token_of(self.gains)


def token_of(gains: Iterable[Gain]) -> str:
    """A short name of exactly these gains: with more or other ones, or for more people, it is another."""
    parts = sorted(
        f"{gain.group_id}:{gain.people}:{what}"
        for gain in gains
        for what in (*gain.system, *gain.blocks, *(f"{right}:{category}" for right, category in gain.views))
    )
    return sha256("\n".join(parts).encode()).hexdigest()[:24]


def held_by(group: UserGroup) -> Held:
    """What a group gives now. One query."""
    rows = CategoryPermission.objects.filter(group=group)
    return Held(
        system=frozenset(group.system_permissions),
        blocks=frozenset(group.overview_blocks),
        rights={
            row.category_id: Rights(row.view_students, row.view_incidents, row.add_incidents) for row in rows
        },
    )


def gain_of(group: UserGroup, before: Held, after: Held, categories: CategoryMap) -> Gain | None:
    """What the members would gain; None for a group that nobody is in, or that gains nothing."""
    members = group.members.values_list("user__is_active", flat=True)
    people = list(members)
    views = tuple(
        (right, category_id)
        for category_id in categories
        for right in VIEWS
        if getattr(after.of(category_id), right) and not getattr(before.of(category_id), right)
    )
    system = tuple(sorted((after.system - before.system) & {permission.value for permission in OPENING}))
    blocks = tuple(sorted(after.blocks - before.blocks))
    if not people or not (views or system or blocks):
        return None
    waiting_views = tuple(view for view in views if categories[view[1]].is_restricting)
    sees_restricting = any(
        category.is_restricting and any(after.of(category.id)[:2]) for category in categories.values()
    )
    waiting_system = system if sees_restricting else ()
    return Gain(
        group_id=group.pk,
        group_name=group.name,
        people=sum(people),
        views=views,
        system=system,
        blocks=blocks,
        waiting_views=waiting_views,
        waiting_system=waiting_system,
        lines=(*_words(views, categories), *_system_words(system), *_block_words(blocks)),
        waiting_lines=(*_words(waiting_views, categories), *_system_words(waiting_system)),
    )


def without_waiting(after: Held, gain: Gain) -> Held:
    """What may be written at once: all but that which needs a second person."""
    rights = dict(after.rights)
    for right, category_id in gain.waiting_views:
        rights[category_id] = after_without(rights.get(category_id, Rights()), right)
    return Held(system=after.system - set(gain.waiting_system), blocks=after.blocks, rights=rights)


def after_without(rights: Rights, right: str) -> Rights:
    """The same rights but one."""
    return rights._replace(**{right: False})


def payload_of(gain: Gain) -> dict[str, object]:
    """What waits, as the change keeps it."""
    return {
        "views": [[right, str(category_id)] for right, category_id in gain.waiting_views],
        "system": list(gain.waiting_system),
        "says": [f"{line}." for line in gain.waiting_lines],
    }


def _words(views: Iterable[tuple[str, UUID]], categories: CategoryMap) -> list[str]:
    found = []
    for right, category_id in views:
        category = categories[category_id]
        parent = categories.get(category.parent_id) if category.parent_id else None
        path = f"{parent.name} > {category.name}" if parent else category.name
        found.append(f"“{VIEWS[right]}” in “{path}”" + (" (Restricting)" if category.is_restricting else ""))
    return found


def _system_words(values: Iterable[str]) -> list[str]:
    return [f"“{SystemPermission(value).label}”" for value in values]


def _block_words(values: Iterable[str]) -> list[str]:
    return [f"“{OverviewBlock(value).label}” of a student’s overview" for value in values]
