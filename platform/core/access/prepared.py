"""Queries by what somebody may see, compiled once for each kind of access instead of once per request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from core.access.access import Access
from core.db.prepared import Given, PreparedQuery, stand_in

PERSON: Final = "access_person"
CLASSES: Final = "access_classes"
# The sets of categories in an access, which permissions intersect and subtract.
CATEGORIES: Final = ("view_students", "view_incidents", "add_incidents", "restricting")
# How many kinds of access each query remembers: the user groups of a process's schools, a few times over.
KINDS: Final = 256


class QueryByAccess:
    """A `PreparedQuery` with conditions that an access makes, which `build` gets as its first value.

    That access has stand-ins for its ids. Besides the values given by name, `build` may read the day; nothing
    else that differs between two requests or two schools.
    """

    def __init__(
        self, build: Callable[..., QuerySet[Any, Any]], *names: str, is_planned_once: bool = False
    ) -> None:
        def prepare(kind: Access, members: tuple[str, ...], _day: date) -> PreparedQuery:
            return PreparedQuery(
                partial(build, kind), *names, sets=members, spare=[PERSON], is_planned_once=is_planned_once
            )

        self._prepared = lru_cache(maxsize=KINDS)(prepare)

    def rows(self, access: Access, **values: Given) -> list[tuple[Any, ...]]:
        """The rows for this access and these values, in the current school."""
        kind, members = kind_of(access)
        # The day says which memberships run, and is compiled in.
        prepared = self._prepared(kind, tuple(members), timezone.localdate())
        person = {PERSON: access.user_id} if access.user_id else {}
        return prepared.rows(**person, **members, **values)


@lru_cache(maxsize=KINDS)
def kind_of(access: Access) -> tuple[Access, Mapping[str, Collection[UUID]]]:
    """The access with stand-ins for the ids in it, and by the name of each stand-in for a set its members.

    Categories that are in the same of its sets share a stand-in. So what a permission makes of the sets (what
    two have in common, what one has and another has not) stands for exactly what it would be, and is empty
    exactly where that is. Remembered, because a page asks several queries for one access.
    """
    sets: list[Collection[UUID]] = [getattr(access, name) for name in CATEGORIES]
    members: dict[str, Collection[UUID]] = {}
    shared: defaultdict[tuple[bool, ...], list[UUID]] = defaultdict(list)
    for category in {category for one in sets for category in one}:
        shared[tuple(category in one for one in sets)].append(category)
    standing: dict[str, set[UUID]] = {name: set() for name in CATEGORIES}
    for where, categories in sorted(shared.items()):
        holding = [name for name, is_in in zip(CATEGORIES, where, strict=True) if is_in]
        part = "+".join(holding)
        members[part] = categories
        for name in holding:
            standing[name].add(stand_in(part))
    classes = access.classes
    if classes:
        members[CLASSES] = classes
        classes = frozenset({stand_in(CLASSES)})
    kind = replace(
        access,
        user_id=stand_in(PERSON) if access.user_id else None,
        classes=classes,
        view_students=frozenset(standing["view_students"]),
        view_incidents=frozenset(standing["view_incidents"]),
        add_incidents=frozenset(standing["add_incidents"]),
        restricting=frozenset(standing["restricting"]),
    )
    return kind, MappingProxyType(members)
