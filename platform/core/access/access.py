"""The type `Access`, the access of the system itself, and the reduction of a session without a key."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import PermissionDenied

from core.access.enums import KEPT_WITHOUT_KEY, OverviewBlock, SystemPermission


class Everything(frozenset[UUID]):
    """A set that contains every category: for the system itself, which has no user group.

    It cannot be listed, so a query that would need its members fails loudly instead of finding nothing;
    such a selector asks `access.is_system` first.
    """

    def __contains__(self, item: object) -> bool:
        return True

    def __bool__(self) -> bool:
        return True

    def __iter__(self) -> Iterator[UUID]:
        raise TypeError("The system's access has no list of categories: ask access.is_system.")

    def __and__(self, other: AbstractSet[object]) -> frozenset[Any]:
        return frozenset(other)

    def __rand__(self, other: AbstractSet[object]) -> frozenset[Any]:
        return frozenset(other)

    def __rsub__(self, other: AbstractSet[object]) -> frozenset[Any]:
        return frozenset()

    def __ge__(self, other: AbstractSet[object]) -> bool:
        return True

    def __le__(self, other: AbstractSet[object]) -> bool:
        return isinstance(other, Everything)

    def isdisjoint(self, other: object) -> bool:
        return not other

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Everything)

    def __hash__(self) -> int:
        return hash(Everything)

    def __repr__(self) -> str:
        return "Everything()"


EVERYTHING: Final = Everything()
NOTHING: Final[frozenset[UUID]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What one person may do in one school during one request.

    The loader named by `settings.ACCESS_LOADER` makes it from user group, class restrictions and the
    session's key, already reduced: `system` and the category sets hold what counts now.
    """

    user_id: UUID | None
    is_elevated: bool
    """A key was used in this session."""
    has_key: bool
    """The account has a registered key, used or not."""
    system: frozenset[SystemPermission]
    view_students: frozenset[UUID]
    view_incidents: frozenset[UUID]
    add_incidents: frozenset[UUID]
    restricting: frozenset[UUID]
    """All Restricting categories of the school, whoever may view them."""
    classes: frozenset[UUID] | None
    """Student groups the person is limited to; None is all classes."""
    restricted_kinds: frozenset[str]
    sees_ungrouped: bool
    overview_blocks: frozenset[OverviewBlock]
    """The blocks of a student's "Overview" that are read and shown; the others are not even asked for."""
    may_read_alerts: bool
    """Whether an alert opens its record in this session: always with a key; without one by the school's
    "Non-key reading" and the address of the request."""

    def can(self, permission: SystemPermission) -> bool:
        """Whether the system permission counts in this session."""
        return permission in self.system

    @property
    def is_system(self) -> bool:
        """Whether this is the system itself (imports, seeds, jobs), which no category limits."""
        return isinstance(self.view_incidents, Everything)

    @property
    def is_editor(self) -> bool:
        """May edit and hide entries, and sees hidden ones."""
        return SystemPermission.EDIT_INCIDENTS in self.system

    @property
    def is_administrator(self) -> bool:
        """May open "Admin": the permission and a key in the session, both."""
        return self.is_elevated and SystemPermission.ADMINISTRATION in self.system

    @property
    def hidden_restricting(self) -> frozenset[UUID]:
        """Restricting categories whose incidents this person may not read, whatever else they carry."""
        return self.restricting - self.view_incidents

    @property
    def viewable_restricting(self) -> frozenset[UUID]:
        """Restricting categories whose incidents this person may read."""
        return self.restricting & self.view_incidents


class KeyNeededError(PermissionDenied):
    """The record would open, but the school asks for a key, or for its own network, to read what it holds."""


def reduce_without_key(access: Access) -> Access:
    """What remains of an access in a session without a key: adding, files and the library; no reading.

    The one place that knows this rule; loaders pass every access through it. A session with a key comes
    back unchanged.
    """
    if access.is_elevated:
        return access
    return replace(
        access,
        system=access.system & KEPT_WITHOUT_KEY,
        view_students=NOTHING,
        view_incidents=NOTHING,
        sees_ungrouped=False,
        overview_blocks=frozenset(),
    )


NOBODY: Final = Access(
    user_id=None,
    is_elevated=False,
    has_key=False,
    system=frozenset(),
    view_students=NOTHING,
    view_incidents=NOTHING,
    add_incidents=NOTHING,
    restricting=NOTHING,
    classes=NOTHING,
    restricted_kinds=frozenset(),
    sees_ungrouped=False,
    overview_blocks=frozenset(),
    may_read_alerts=False,
)

SYSTEM: Final = Access(
    user_id=None,
    is_elevated=True,
    has_key=True,
    system=frozenset(SystemPermission),
    view_students=EVERYTHING,
    view_incidents=EVERYTHING,
    add_incidents=EVERYTHING,
    restricting=NOTHING,
    classes=None,
    restricted_kinds=frozenset(),
    sees_ungrouped=True,
    overview_blocks=frozenset(OverviewBlock),
    may_read_alerts=True,
)
