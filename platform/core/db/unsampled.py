"""An index of which the database keeps no statistics."""

from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db.backends.ddl_references import Statement


class UnsampledGinIndex(GinIndex):
    """A GIN index on one expression, with nothing sampled of it.

    Samples of an expression on texts are a copy of what people wrote, and the planner looks for what is typed
    in a hundred of them before each search, which takes longer than the search.
    """

    def create_sql(self, *args: Any, **kwargs: Any) -> Statement:
        made = super().create_sql(*args, **kwargs)
        unsampled = "ALTER INDEX %(name)s ALTER COLUMN 1 SET STATISTICS 0"
        return Statement(f"{made.template}; {unsampled}", **made.parts)
