"""A log of 5,000 incidents: its last page beside its first, and its first beside a bare view.

Two hundred incidents come through the services; the rest are copies of their rows, each time 200 days older.
"""

import os
import re
from collections.abc import Iterable
from statistics import median
from uuid import UUID

from ops.benchmarks.measuring import Figure, Stage, in_turns, ratio
from ops.benchmarks.pages import INCIDENTS, LEAD, REQUESTS, Pages, write_records
from ops.benchmarks.preparing import close_connections, manage, ready_school

FIGURES = ["chronology5000_last_vs_first", "chronology5000_vs_bare"]
AT_MOST = 1.2
COPIES = 24

# The rows of an incident and of what hangs on it, with the columns that name a record copied with them.
_COPIED = {
    "incidents_incident": [],
    "incidents_incidentstudent": ["incident_id"],
    "incidents_incidentcategory": ["incident_id"],
    "incidents_action": ["incident_id"],
    "alerts_alert": ["record_id", "root_id"],
}
_NEW_ID = "md5({column}::text || copy)::uuid"


def measure(stage: Stage) -> Iterable[Figure]:
    """Fill a log, find its last page by its addresses, and read both ends."""
    os.environ["STATIC_ROOT"] = str(stage.folder / "static")
    manage("collectstatic", "--noinput", "--verbosity=0")
    school = ready_school()
    pages = Pages(school, LEAD)
    pupil = pages.inside(_fill)
    first = f"/students/{pupil}/incidents/"
    last = first + pages.inside(lambda: _last_page(pupil))
    for address in (first, last):
        page = pages.client.get(address).content.decode()
        entries = len(re.findall(r'id="incident-', page))
        if entries != 25:
            raise AssertionError(f"{address}: {entries} entries, not 25.")
    taken = in_turns(
        {
            "first": lambda: [pages.client.get(first) for _ in range(REQUESTS)],
            "last": lambda: [pages.client.get(last) for _ in range(REQUESTS)],
        }
    )
    yield Figure(
        "chronology5000_last_vs_first",
        ratio(taken, "last", "first"),
        at_most=AT_MOST,
        runs=taken,
        beside={
            "incidents": INCIDENTS * (1 + COPIES),
            "first_ms": round(1000 * median(taken["first"]) / REQUESTS, 1),
            "last_ms": round(1000 * median(taken["last"]) / REQUESTS, 1),
        },
    )
    yield pages.figure("chronology5000_vs_bare", first, most_queries=32)
    close_connections()


def _fill() -> UUID:
    """One pupil's incidents, none of them alerted to who reads, so that both ends hold as much."""
    from django.db import connection

    from tenant_apps.students.models import Student

    for forename in ("Ann", "Ben"):
        name = f"bee  {forename.lower()}"
        Student.objects.create(legal_forename=forename, legal_surname="Bee", sort_key=name, search_key=name)
    pupil = write_records(LEAD, alerted=0)
    with connection.cursor() as cursor:
        for table, keys in _COPIED.items():
            cursor.execute(
                "SELECT column_name FROM information_schema.columns "
                "WHERE table_schema = current_schema() AND table_name = %s ORDER BY ordinal_position",
                [table],
            )
            columns = [name for (name,) in cursor.fetchall()]
            values = [_value(column, keys) for column in columns]
            cursor.execute(
                f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} "  # noqa: S608 -- our own names
                f"FROM {table}, generate_series(1, {COPIES}) AS copy"
            )
        # What the server does by itself a minute after so many rows came.
        cursor.execute("ANALYZE")
    return pupil


def _value(column: str, keys: list[str]) -> str:
    if column == "id" or column in keys:
        return _NEW_ID.format(column=column)
    if column == "number":
        return f"number + {INCIDENTS} * copy"
    if column in {"happened_at", "recorded_at", "created_at"}:
        return f"{column} - interval '{INCIDENTS} days' * copy"
    return column


def _last_page(pupil: UUID) -> str:
    """The address of the last 25, as clicking "Older" to the end leads to it."""
    from urllib.parse import quote

    from tenant_apps.incidents.models import Incident
    from tenant_apps.incidents.selectors import Cursor

    oldest = Incident.objects.filter(participants__student=pupil).order_by("happened_at", "number")
    return f"?older={quote(str(Cursor.of(oldest[25])))}"
