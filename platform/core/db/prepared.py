"""A query that every request asks, compiled once per process instead of once per request.

The ORM takes several milliseconds of processor time to compile a query with sub-queries, ten times what the
database needs to answer it. What is kept is text with places for values: it names no schema (the search path
decides that, as for every other query) and holds nobody's data.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any
from uuid import UUID, uuid5

from django.db import connection
from django.db.models import QuerySet

NAMESPACE = UUID("01a20000-0000-7000-8000-000000000000")
Given = UUID | str | Collection[UUID]


class PreparedQuery:
    """A query of `values_list` whose only values are ids and parts of texts, given by name when it is asked.

    `build` gets one stand-in id for each name and returns the query; its text stands in for a part of a text,
    to be used with `contains`, and a list of it alone for many ids, to be used with `among`. Nothing else may
    change between two requests: a query that holds a day is prepared for that day. Rows come as the driver
    gives them: only columns that the driver itself turns into the right type may be asked for (ids, text,
    numbers, booleans, times, and arrays of them).
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Any]], *names: str) -> None:
        self._build = build
        self._names = names
        self._compiled: tuple[str, tuple[Any, ...]] | None = None

    def rows(self, **values: Given) -> list[tuple[Any, ...]]:
        """The rows for these ids and parts, in the current school."""
        if self._compiled is None:
            self._compiled = self._compile()
        sql, parameters = self._compiled
        filled = [one.filled(values) if isinstance(one, _Place) else one for one in parameters]
        with connection.cursor() as cursor:
            cursor.execute(sql, filled)
            return cursor.fetchall()

    def _compile(self) -> tuple[str, tuple[Any, ...]]:
        stand_ins = {name: uuid5(NAMESPACE, name) for name in self._names}
        places: dict[str, _Place] = {}
        for name, stand_in in stand_ins.items():
            places |= {
                str(stand_in): _Place(name),
                str([stand_in]): _Place(name),
                f"%{stand_in}%": _Place(name, is_part=True),
            }
        sql, parameters = self._build(**stand_ins).query.sql_with_params()
        found = tuple(places.get(str(one), one) for one in parameters)
        missing = set(self._names) - {one.name for one in found if isinstance(one, _Place)}
        if missing:
            raise ValueError(f"The query has no place for {sorted(missing)}.")
        return sql, found


class _Place:
    """Where a value goes: an id as it is, a part of a text between the signs of a pattern."""

    def __init__(self, name: str, *, is_part: bool = False) -> None:
        self.name = name
        self._is_part = is_part

    def filled(self, values: Mapping[str, Given]) -> UUID | str | list[Any]:
        value = values[self.name]
        if self._is_part:
            return f"%{connection.ops.prep_for_like_query(str(value))}%"
        return value if isinstance(value, UUID) else list(value)
