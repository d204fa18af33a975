"""Reads of student groups."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from core.access import Access
from tenant_apps.classes.models import RestrictedKind, StudentGroup


@dataclass(frozen=True, slots=True)
class GroupView:
    """A student group as lists show it."""

    id: UUID
    kind: str
    name: str
    sort_key: str
    teacher_id: UUID | None
    ended_on: date | None


def current_groups(access: Access, *, kinds: Collection[str] = ()) -> list[GroupView]:
    """Groups that have not ended and that this person may see into, by kind and name.

    With restricted kinds a person sees the listed groups only: a group of a kind that is not restricted would
    show students who are not theirs.
    """
    groups = StudentGroup.objects.filter(ended_on__isnull=True)
    if kinds:
        groups = groups.filter(kind__in=kinds)
    if access.classes is not None:
        groups = groups.filter(id__in=access.classes)
    return _views(groups)


def groups_by_ids(group_ids: Iterable[UUID]) -> Mapping[UUID, GroupView]:
    """These groups, ended ones too, by id. For names beside students whom the caller may see."""
    return {group.id: group for group in _views(StudentGroup.objects.filter(id__in=set(group_ids)))}


def restricted_kinds() -> frozenset[str]:
    """The kinds of group under "Restrict Access"."""
    return frozenset(RestrictedKind.objects.values_list("kind", flat=True))


def _views(groups: Any) -> list[GroupView]:
    return [
        GroupView(*row)
        for row in groups.order_by("kind", "sort_key", "id").values_list(
            "id", "kind", "name", "sort_key", "teacher_id", "ended_on"
        )
    ]
