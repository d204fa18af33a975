"""audit_last_vs_first: the oldest page of "Audits" beside the newest, of a person with a million events."""

import os
from collections.abc import Iterable
from statistics import median
from typing import TYPE_CHECKING
from uuid import UUID

from ops.benchmarks.measuring import Figure, Stage, in_turns, ratio
from ops.benchmarks.pages import Pages
from ops.benchmarks.preparing import close_connections, manage, ready_school

if TYPE_CHECKING:
    from tenants.models import School

FIGURES = ["audit_last_vs_first"]
AT_MOST = 1.2
EVENTS = 1_000_000
REQUESTS = 20
HEAD = "m.coleman@stgeorges.sch.example"

# Every twenty seconds of some eight months something else; ids in the order of the times, as the product's.
_EVENTS = """
    INSERT INTO audit_auditevent
        (id, at, user_id, is_elevated, address, event, student_ids, record_kind, detail)
    SELECT (lpad(to_hex(number), 12, '0') || '7' || substr(md5(number::text), 1, 3)
            || '8' || substr(md5(number::text), 4, 15))::uuid,
           now() - interval '20 seconds' * (%(events)s - number),
           %(user)s, true, '203.0.113.7',
           (ARRAY['student.viewed', 'chronology.viewed', 'student.listed', 'key.used'])[1 + number %% 4],
           '{}', '', '{}'
    FROM generate_series(1, %(events)s) AS number
"""


def measure(stage: Stage) -> Iterable[Figure]:
    """Write a million events of one teacher, then read both ends of them as the head."""
    os.environ["STATIC_ROOT"] = str(stage.folder / "static")
    manage("collectstatic", "--noinput", "--verbosity=0")
    school = ready_school()
    pages = Pages(school, HEAD)
    user_id = pages.inside(lambda: _write_events(school))
    first = f"/admin/users/{user_id}/audits/"
    last = f"{first}?oldest=on"
    taken = in_turns(
        {
            "first": lambda: [pages.client.get(first) for _ in range(REQUESTS)],
            "last": lambda: [pages.client.get(last) for _ in range(REQUESTS)],
        }
    )
    for address in (first, last):
        answer = pages.client.get(address)
        if answer.status_code != 200 or answer.content.count(b"203.0.113.7") != 25:
            raise AssertionError(f"{address}: {answer.status_code}, not 25 events.")
    yield Figure(
        "audit_last_vs_first",
        ratio(taken, "last", "first"),
        at_most=AT_MOST,
        runs=taken,
        beside={
            "events": EVENTS,
            "first_ms": round(1000 * median(taken["first"]) / REQUESTS, 1),
            "last_ms": round(1000 * median(taken["last"]) / REQUESTS, 1),
            "behind_ms": round(pages.milliseconds(f"{first}?before={pages.inside(_behind)}"), 1),
            "security_log_ms": pages.milliseconds(f"/admin/users/{user_id}/security-log/"),
        },
    )
    close_connections()


def _write_events(school: "School") -> UUID:
    from django.db import connection

    from shared_apps.people.selectors import active_users

    user = active_users().exclude(email=HEAD).first()
    assert user is not None
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, {"events": EVENTS, "user": user.pk})
        cursor.execute("ANALYZE")
    return user.pk


def _behind() -> UUID:
    """The event after which the last page begins, reached by the keyset as by clicking "Older"."""
    from core.audit.models import AuditEvent

    event = AuditEvent.objects.filter(address="203.0.113.7").order_by("at", "id")[25]
    return event.pk
