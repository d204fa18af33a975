"""A query that every request asks, compiled once per process instead of once per request.

The ORM takes several milliseconds of processor time to compile a query with sub-queries, ten times what the
database needs to answer it. What is kept is text with places for values: it names no schema and holds
nobody's data.

The database takes as long to parse and plan such a query as to answer it. Where the same plan is good for all
values (`is_planned_once`), it keeps the query as a prepared statement, and plans it anew only when the search
path is not the one it was planned for: the path decides whose tables are read, as for every other query.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from functools import cache
from itertools import chain
from typing import Any
from uuid import UUID, uuid5

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import CharField, QuerySet, TextField
from django.db.models.functions import Cast
from django.db.models.sql import Query
from psycopg import sql as composing

NAMESPACE = UUID("01a20000-0000-7000-8000-000000000000")
# The places for values in a statement, those of one list together; `%%` is a sign of the statement.
PLACES = re.compile(r"\bIN \((?P<listed>%s(?:, %s)*)\)|%s|%%")
Given = UUID | str | Collection[UUID]


@cache
def stand_in(name: str) -> UUID:
    """The id that stands for the value of this name while its query is compiled."""
    return uuid5(NAMESPACE, name)


class PreparedQuery:
    """A query of `values_list` whose only values are ids and parts of texts, given by name when it is asked.

    `build` gets one stand-in id for each name and returns the query; its text stands in for a part of a text,
    to be used with `contains`, and a list of it alone for many ids, to be used with `among`. Nothing else may
    change between two requests: a query that holds a day is prepared for that day. Rows come as the driver
    gives them: only columns that the driver itself turns into the right type may be asked for (ids, text,
    numbers, booleans, times, and arrays of them).

    For each of `sets` the query may look for `stand_in(name)` with `in`, alone or among other such, and asks
    for all its members. It need not do so; nor for the ids that `spare` names.

    `is_planned_once` is for queries whose rows are well found in one way whatever the values are: by ids, or
    through all of a student's texts. The first page of a log is not among them: a log has two incidents or
    five thousand.
    """

    def __init__(
        self,
        build: Callable[..., QuerySet[Any, Any]],
        *names: str,
        sets: Collection[str] = (),
        spare: Collection[str] = (),
        is_planned_once: bool = False,
    ) -> None:
        self._build = build
        self._is_planned_once = is_planned_once
        self._names = names
        self._sets = tuple(sets)
        self._spare = tuple(spare)
        self._compiled: tuple[str, tuple[_Place | _Sets, ...]] | None = None

    def rows(self, **values: Given) -> list[tuple[Any, ...]]:
        """The rows for these ids, parts and sets, in the current school."""
        is_new = self._compiled is None
        sql, places = self._compiled = self._compiled or self._compile()
        if not sql:
            return []
        # The backend is core.tenancy's own, which Django's types do not know.
        database: Any = connection
        with database.preparing_cursor() if self._is_planned_once else database.cursor() as cursor:
            cursor.execute(sql, [place.filled(values) for place in places])
            if is_new and self._is_planned_once:
                _assert_lasting(cursor.description)
            return cursor.fetchall()

    def _compile(self) -> tuple[str, tuple[_Place | _Sets, ...]]:
        """The statement and what fills it; an empty one for a query that never finds anything."""
        stand_ins = {name: stand_in(name) for name in self._names}
        places: dict[str, _Place | _Sets] = {str(stand_in(name)): _Sets((name,)) for name in self._sets}
        for name, standing in {**stand_ins, **{name: stand_in(name) for name in self._spare}}.items():
            places |= {
                str(standing): _Place(name),
                str([standing]): _Place(name),
                f"%{standing}%": _Place(name, is_part=True),
            }
        try:
            query = self._build(**stand_ins).query
            sql, parameters = (_of_lasting_types(query) if self._is_planned_once else query).sql_with_params()
        except EmptyResultSet:
            return "", ()
        found = [places.get(str(one), one) for one in parameters]
        missing = set(self._names) - {one.name for one in found if isinstance(one, _Place)}
        if missing:
            raise ValueError(f"The query has no place for {sorted(missing)}.")
        return _with_places(sql, found)


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


class _Sets:
    """Where the members of some sets go, as one array."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names

    def filled(self, values: Mapping[str, Any]) -> list[UUID]:
        return list(chain.from_iterable(values[name] for name in self.names))


def _of_lasting_types(query: Query) -> Query:
    """The query with its columns of limited length read as plain text.

    A migration that lengthens one under a running process would change the type of the statement's rows, and
    for that the database refuses a prepared statement as long as the connection lives.
    """
    query.select = tuple(_of_lasting_type(column) for column in query.select)
    query.annotations = {name: _of_lasting_type(column) for name, column in query.annotations.items()}
    return query


def _of_lasting_type(column: Any) -> Any:
    match column.output_field:
        case CharField():
            return Cast(column, TextField())
        case ArrayField(base_field=CharField()):
            return Cast(column, ArrayField(TextField()))
    return column


def _assert_lasting(columns: Any) -> None:
    limited = [column.name for column in columns if column.display_size]
    if limited:
        raise ValueError(f"Columns of limited length, to be cast to text: {limited}.")


def _with_places(sql: str, parameters: list[Any]) -> tuple[str, tuple[_Place | _Sets, ...]]:
    """The statement with a place for each value, and an array for every list of sets: they have any number of
    members. Whatever else filled it is written into it, where the database sees it when it plans.
    """
    remaining = iter(parameters)
    filling: list[_Place | _Sets] = []

    def place(found: re.Match[str]) -> str:
        if found[0] == "%%":
            return found[0]
        here = [next(remaining) for _ in range((found["listed"] or "%s").count("%s"))]
        sets = [one for one in here if isinstance(one, _Sets)]
        if sets:
            if not found["listed"] or len(sets) < len(here):
                raise ValueError(f"{sets[0].names} stands where only sets with `in` may stand.")
            filling.append(_Sets(tuple(chain.from_iterable(one.names for one in sets))))
            return "= ANY(%s)"
        filling.extend(one for one in here if isinstance(one, _Place))
        written = ["%s" if isinstance(one, _Place) else _literal(one) for one in here]
        return f"IN ({', '.join(written)})" if found["listed"] else written[0]

    return PLACES.sub(place, sql), tuple(filling)


def _literal(value: Any) -> str:
    return composing.Literal(value).as_string(connection.connection).replace("%", "%%")
