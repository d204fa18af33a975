"""search_extra_ms and register_queries: the quick search beside a bare view, and what a register asks for."""

import os
from collections.abc import Iterable
from statistics import median

from ops.benchmarks.measuring import Figure, Stage
from ops.benchmarks.pages import LEAD, REQUESTS, Pages, prepare_monitoring
from ops.benchmarks.preparing import DEMO_DATA, close_connections, manage, ready_school

FIGURES = ["search_extra_ms", "register_queries"]
PUPILS = 2000
RESULTS = 50
TERM = "an"
MOST_EXTRA_MS = 5.0
MOST_QUERIES = 6


def measure(stage: Stage) -> Iterable[Figure]:
    """Bring a whole school in, make it 2,000 pupils strong, and look for 50 of them."""
    os.environ["STATIC_ROOT"] = str(stage.folder / "static")
    manage("collectstatic", "--noinput", "--verbosity=0")
    school = ready_school()
    manage("import_extract", "--school", school.schema_name, DEMO_DATA / "extracts" / "stgeorges-full.zip")
    pages = Pages(school, LEAD)
    groups = pages.inside(prepare_monitoring)
    pages.inside(_fill_up)
    address = f"/students/search/?q={TERM}"
    # As the search box asks while one types: for the names alone, without a page around them.
    pages.client.defaults["HTTP_HX_REQUEST"] = "true"
    found = pages.client.get(address).content.count(b'class="row no-dot')
    if found != RESULTS:
        raise AssertionError(f"The search shows {found} pupils, not {RESULTS}.")
    taken, queries = pages.beside_bare(address)
    page, bare = (1000 * median(taken[side]) / REQUESTS for side in ("page", "bare"))
    yield Figure(
        "search_extra_ms",
        page - bare,
        unit="ms",
        at_most=MOST_EXTRA_MS,
        runs=taken,
        beside={
            "ms": round(page, 1),
            "bare_ms": round(bare, 1),
            "queries": queries,
            "pupils": PUPILS,
            "results": found,
        },
    )
    del pages.client.defaults["HTTP_HX_REQUEST"]
    register = f"/students/register/{groups['tutor']}/"
    yield Figure(
        "register_queries",
        pages.own_queries(register, frame_of="/account/"),
        unit="queries",
        at_most=MOST_QUERIES,
        beside={"ms": pages.milliseconds(register)},
    )
    close_connections()


def _fill_up() -> None:
    """Copy pupils, with their groups, until there are enough of them."""
    from itertools import cycle

    from core.db.keys import uuid7
    from tenant_apps.students.models import Membership, Student

    standing = list(Student.objects.filter(archived_at=None))
    groups = dict(Membership.objects.filter(end_date=None).values_list("student_id", "group_id"))
    start = dict(Membership.objects.filter(end_date=None).values_list("student_id", "start_date"))
    for pupil in cycle(standing):
        if Student.objects.filter(archived_at=None).count() >= PUPILS:
            return
        before, pupil.pk = pupil.pk, uuid7()
        pupil.mis_id = pupil.upn = None
        pupil.save(force_insert=True)
        if before in groups:
            Membership.objects.create(student=pupil, group_id=groups[before], start_date=start[before])
