"""Changes of a category that are more than one room's: its permissions, and who reads its incidents by it."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404

from core.access import Access
from core.audit.services import record
from core.db.references import used_among
from core.outbox.services import owe
from tenant_apps.categories.selectors import (
    CategoryMap,
    category_map,
    close_upward,
    get_category,
    merging_fault,
)
from tenant_apps.categories.services import merge_categories, save_category
from tenant_apps.incidents.selectors import ReadersChange, Reading, readers_changed
from tenant_apps.staff.selectors import default_group_people, groups_viewing
from tenant_apps.staff.services.default_permissions import Rights
from tenant_apps.staff.services.user_groups import GainsToConfirmError, set_rights_of_category

OPENED_MAIL = "administration.category_opened"


@dataclass(frozen=True, slots=True)
class ReaderLine:
    """A user group that gains or loses incidents. `incidents` is None for who may not count them."""

    group_name: str
    incidents: int | None


@dataclass(frozen=True, slots=True)
class Readers:
    """Which user groups a change lets read more, and which fewer. `token` names exactly the gains."""

    gained: tuple[ReaderLine, ...] = ()
    lost: tuple[ReaderLine, ...] = ()
    token: str = ""


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a change: the category, who reads fewer, whether something waits for a second person."""

    id: UUID
    lost: tuple[ReaderLine, ...] = ()
    waits: bool = False


class ToConfirmError(Exception):
    """Somebody would read more, and whoever saves has not confirmed exactly that. Nothing was changed."""

    def __init__(self, readers: Readers, gains: GainsToConfirmError | None = None) -> None:
        super().__init__("who would read more is not confirmed")
        self.readers, self.gains = readers, gains


@transaction.atomic
def add_category(
    *, values: Mapping[str, Any], rights: Mapping[UUID, Rights], by: Access, at: datetime | None = None
) -> Saved:
    """A new category with its permissions. It holds no record, so nobody gains by it. Administrators only."""
    category = save_category(**values, by=by, at=at)
    set_rights_of_category(category_id=category.id, rights=rights, is_new=True, by=by, at=at)
    return Saved(category.id)


@transaction.atomic
def change_category(
    *,
    category_id: UUID,
    values: Mapping[str, Any],
    rights: Mapping[UUID, Rights],
    by: Access,
    confirmed_rights: str = "",
    confirmed_readers: str = "",
    at: datetime | None = None,
) -> Saved:
    """The whole of a category: its values and every group's permissions in it. Administrators only.

    A group that would read more, by its permissions or because the category is Restricting no longer or
    stands elsewhere, is asked for first: ToConfirmError. Permissions that open Restricting records further
    wait for a second person. What takes records out of a Restricting category is for who may view it. Raises
    Http404, and ValidationError by field.
    """
    _assert_administrator(by)
    before = get_category(category_id)
    categories = category_map()
    after = categories | {
        category_id: replace(
            before, parent_id=values["parent_id"], is_restricting=bool(values["is_restricting"])
        )
    }
    opened = _opened(category_id, categories, after, {})
    if fault := _opening_fault(opened, category_id, categories, by):
        raise ValidationError({"is_restricting" if category_id in opened else "parent_id": fault})
    readers = _compare([category_id], categories, after, {}, by)
    gains: GainsToConfirmError | None = None
    waiting: list[Any] = []
    try:
        with transaction.atomic():
            # The stricter of both states decides whether a permission has to wait.
            if not before.is_restricting:
                save_category(category_id=category_id, **values, by=by, at=at)
            waiting = list(
                set_rights_of_category(
                    category_id=category_id, rights=rights, confirmed=confirmed_rights, by=by, at=at
                )
            )
            if before.is_restricting:
                save_category(category_id=category_id, **values, by=by, at=at)
    except GainsToConfirmError as error:
        gains = error
    if gains is not None or (readers.token and readers.token != confirmed_readers):
        raise ToConfirmError(readers, gains)
    _note_readers(category_id, readers, opened, by, at)
    return Saved(category_id, readers.lost, bool(waiting))


@transaction.atomic
def merge(
    *,
    source_id: UUID,
    target_id: UUID,
    by: Access,
    confirmed_readers: str = "",
    at: datetime | None = None,
) -> Saved:
    """ "Merge": the first category becomes the second, for good. Administrators only.

    A group that would read more incidents than before is asked for first: ToConfirmError. Raises Http404,
    and ValidationError where the two do not fit, or where records would leave a Restricting category that
    this administrator may not view.
    """
    _assert_administrator(by)
    categories = category_map()
    if source_id not in categories or target_id not in categories:
        raise Http404("no such category")
    opened: frozenset[UUID] = frozenset()
    readers = Readers()
    if not merging_fault(source_id, target_id, categories=categories):
        moved = {
            one.id: replace(one, parent_id=target_id)
            for one in categories.values()
            if one.parent_id == source_id
        }
        moves = {source_id: target_id}
        opened = _opened(source_id, categories, categories | moved, moves)
        if fault := _opening_fault(opened, source_id, categories, by):
            raise ValidationError(fault)
        readers = _compare([source_id], categories, categories | moved, moves, by)
    if readers.token and readers.token != confirmed_readers:
        raise ToConfirmError(readers)
    merge_categories(source_id=source_id, target_id=target_id, by=by, at=at)
    _note_readers(source_id, readers, opened, by, at)
    return Saved(target_id, readers.lost)


def _assert_administrator(by: Access) -> None:
    if not (by.is_administrator or by.is_system):
        raise PermissionDenied


def _opened(
    category_id: UUID, before: CategoryMap, after: CategoryMap, moves: Mapping[UUID, UUID]
) -> frozenset[UUID]:
    """The Restricting categories that records under this category, or beneath it, would carry no longer."""
    opened: set[UUID] = set()
    for one in _with_below(category_id, before):
        was = {held for held in close_upward([one], categories=before) if before[held].is_restricting}
        moved = close_upward([moves.get(one, one)], categories=after) if _fits(one, moves, after) else was
        opened |= was - {held for held in moved if after[held].is_restricting}
    return frozenset(opened)


def _fits(category_id: UUID, moves: Mapping[UUID, UUID], after: CategoryMap) -> bool:
    """Whether every parent on the way up is there; one that is not is refused when it is saved."""
    step: UUID | None = moves.get(category_id, category_id)
    for _ in range(len(after)):
        if step is None:
            return True
        if step not in after:
            return False
        step = after[step].parent_id
    return False


def _opening_fault(opened: Collection[UUID], category_id: UUID, categories: CategoryMap, by: Access) -> str:
    """Why this administrator may not take records out of these Restricting categories; empty when they may.

    Who may not view them could otherwise open them first, and then let themselves in without anybody else.
    """
    if by.is_system or set(opened) <= by.view_incidents:
        return ""
    if not used_among("category", _with_below(category_id, categories)):
        return ""
    names = " and ".join(
        f"“{categories[one].name}”" for one in sorted(opened) if one not in by.view_incidents
    )
    return (
        f"Records would no longer be kept under {names}, which is Restricting. Only an administrator who may"
        " view its incidents can do that."
    )


def _with_below(category_id: UUID, categories: CategoryMap) -> list[UUID]:
    return [category_id, *(one.id for one in categories.values() if one.parent_id == category_id)]


def _compare(
    touching: Collection[UUID],
    before: CategoryMap,
    after: CategoryMap,
    moves: Mapping[UUID, UUID],
    by: Access,
) -> Readers:
    groups = groups_viewing()
    viewing = {group: viewable for group, (_, viewable) in groups.items()}
    change = readers_changed(
        touching=touching, before=Reading(before, viewing), after=Reading(after, viewing), moves=moves
    )
    # Numbers of incidents are for those who may read the category; names of groups are every administrator's.
    may_count = by.is_system or all(
        category in by.view_incidents for category in [*touching, *moves.values()]
    )

    def lines(counts: Counter[UUID]) -> tuple[ReaderLine, ...]:
        named = sorted((groups[group][0], number) for group, number in counts.items())
        return tuple(ReaderLine(name, number if may_count else None) for name, number in named)

    return Readers(lines(change.gained), lines(change.lost), _token(change))


def _token(change: ReadersChange) -> str:
    if not change.gained:
        return ""
    return sha256(",".join(sorted(map(str, change.gained))).encode()).hexdigest()[:24]


def _note_readers(
    category_id: UUID, readers: Readers, opened: Collection[UUID], by: Access, at: datetime | None
) -> None:
    """The audit event; and where a Restricting category holds less than before, a mail to the default alert
    group, whether or not a user group reads more by it at once.
    """
    if not (readers.gained or readers.lost or opened):
        return
    event = record(
        "category.readers_changed",
        by=by,
        record=("category", category_id),
        detail={
            "groups_gained": len(readers.gained),
            "groups_lost": len(readers.lost),
            "opened": sorted(map(str, opened)),
        },
        at=at,
    )
    if opened:
        for person in default_group_people():
            owe(
                OPENED_MAIL,
                key=f"{event.pk}:{person.user_id}",
                payload={
                    "recipient": str(person.user_id),
                    "by": str(by.user_id) if by.user_id else None,
                    "groups": len(readers.gained),
                },
            )
