"""users_queries: what "Admin" > "Users" asks of the database in a school with 300 users."""

import os
from collections.abc import Iterable

from ops.benchmarks.measuring import Figure, Stage
from ops.benchmarks.pages import Pages
from ops.benchmarks.preparing import close_connections, manage, ready_school

FIGURES = ["users_queries"]
AT_MOST = 8
USERS = 300
HEAD = "m.coleman@stgeorges.sch.example"


def measure(stage: Stage) -> Iterable[Figure]:
    """Fill the school with users, some with keys, then count the queries of the list beyond the frame's."""
    os.environ["STATIC_ROOT"] = str(stage.folder / "static")
    manage("collectstatic", "--noinput", "--verbosity=0")
    pages = Pages(ready_school(), HEAD)
    pages.inside(_add_users)
    address = "/admin/users/"
    own = pages.own_queries(address)
    yield Figure(
        "users_queries",
        float(own),
        unit="queries",
        at_most=AT_MOST,
        beside={
            "users": pages.inside(_count),
            "ms": pages.milliseconds(address),
            "found_ms": pages.milliseconds(f"{address}?q=teach"),
            "found_queries": pages.own_queries(f"{address}?q=teach"),
        },
    )
    close_connections()


def _add_users() -> None:
    from django_otp.plugins.otp_totp.models import TOTPDevice

    from core.access import SYSTEM
    from shared_apps.people.services import create_user
    from tenant_apps.staff.selectors import user_group_ids
    from tenant_apps.staff.services import add_member

    groups = list(user_group_ids().values())
    for number in range(_count(), USERS):
        user = create_user(
            email=f"user{number}@stgeorges.sch.example",
            first_name="Sam",
            last_name=f"Number {number}",
            by=SYSTEM,
        )
        add_member(user_id=user.pk, group_id=groups[number % len(groups)], by=SYSTEM)
        if number % 3 == 0:
            TOTPDevice.objects.create(user=user, name="Phone", confirmed=True)


def _count() -> int:
    from shared_apps.people.selectors import active_users

    return active_users().count()
