"""A condition with any number of ids in one value, so that a prepared query can leave them open.

`field IN (…)` has as many places as ids; `field = ANY(…)` has one.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import Field, ForeignKey, Lookup, Q


def among(field: str, ids: Collection[UUID]) -> Q:
    """Rows whose `field`, an id or a foreign key, is one of these; none for no ids."""
    return Q(**{f"{field}__{_Among.lookup_name}": list(ids)})


@ForeignKey.register_lookup
@Field.register_lookup
class _Among(Lookup):
    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s)", (*parameters, self.rhs)
