"""The scheduler: says again every minute what all schools still owe, and starts what runs by the clock.

It keeps nothing: killed and started anew it finds everything in the database. Two of them at once only
nudge twice.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import DatabaseError, connection
from django_tenants.utils import get_tenant_model
from redis.exceptions import RedisError

from core.db.clock import now
from core.outbox import tasks
from core.outbox.jobs import SchoolQueue
from core.outbox.models import OutboxEntry
from core.outbox.registry import periodic_functions
from core.outbox.services import nudge
from core.tenancy import in_public, in_school

logger = logging.getLogger(__name__)

# Schools in one statement: a thousand parts still plan in milliseconds, and a cell has about as many.
SCHOOLS_AT_ONCE: Final = 500


def schools() -> list[Any]:
    """All schools whose jobs run: those that are not suspended."""
    with in_public():
        return list(get_tenant_model().objects.filter(is_suspended=False).order_by("schema_name"))


def schools_in_debt(candidates: list[Any], *, at: datetime | None = None) -> list[Any]:
    """Those that owe something that is due, asked in one UNION ALL."""
    owing: list[Any] = []
    for start in range(0, len(candidates), SCHOOLS_AT_ONCE):
        some = candidates[start : start + SCHOOLS_AT_ONCE]
        names = _names_in_debt([school.schema_name for school in some], at or now())
        owing.extend(school for school in some if school.schema_name in names)
    return owing


def replay() -> int:
    """Nudge the workers for every school in debt, and for the provider itself; how many nudges arrived."""
    arrived = sum(nudge(school, urgent=False) for school in schools_in_debt(schools()))
    if _names_in_debt([settings.PUBLIC_SCHEMA_NAME], now()):
        arrived += nudge(None, urgent=False)
    return arrived


class Clock:
    """When each periodic function ran last, in this process."""

    def __init__(self) -> None:
        self._ran: dict[str, datetime] = {}

    def run_due(self, *, at: datetime) -> int:
        """Enqueue for every school what is due; how many jobs. What Valkey could not take is due again."""
        due = [
            one
            for one in periodic_functions()
            if one.name not in self._ran or at - self._ran[one.name] >= timedelta(minutes=one.minutes)
        ]
        if not due:
            return 0
        queue, jobs = SchoolQueue(), 0
        all_schools = schools()
        for one in due:
            for school in all_schools:
                with in_school(school):
                    queue.enqueue(tasks.run_periodic, one.name)
                jobs += 1
            self._ran[one.name] = at
        return jobs


def tick(clock: Clock) -> None:
    """One round. Whatever is away now is asked again in the next round."""
    try:
        replay()
        clock.run_due(at=now())
    except (RedisError, DatabaseError) as error:
        logger.warning("This round of the scheduler was cut short by %s.", type(error).__name__)


def _names_in_debt(schemas: list[str], at: datetime) -> set[str]:
    if not schemas:
        return set()
    quote = connection.ops.quote_name
    table = quote(OutboxEntry._meta.db_table)  # noqa: SLF001 -- Django's documented way to a table's name
    # The schemas are named in full: this is the one statement that reads several schools, and only yes or no.
    parts = [
        f"SELECT %s WHERE EXISTS (SELECT 1 FROM {quote(schema)}.{table} "  # noqa: S608 -- quoted names, all ours
        "WHERE done_at IS NULL AND dead_at IS NULL AND due_at <= %s)"
        for schema in schemas
    ]
    parameters = [value for schema in schemas for value in (schema, at)]
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), parameters)
        return {row[0] for row in cursor.fetchall()}
