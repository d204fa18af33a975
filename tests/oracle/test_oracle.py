"""The permission model against a naive evaluation: drawn schools, every selector, and the routes.

A draw is one person in one session (with the key, or without) in one drawn school: everything that this
session may see is compared, by selectors in each draw, by the pages in one draw of forty. `ORACLE_DRAWS` says
how many (200 in CI), `ORACLE_SEED` where they begin; a difference prints the seed of its school.
"""

import os
import random
import sys

import pytest
from django.db import transaction

from core.audit.context import answering
from tests.oracle import compare
from tests.oracle.naive import Viewer
from tests.oracle.world import draw_world, store

DRAWS = int(os.environ.get("ORACLE_DRAWS", "200"))
SEED = int(os.environ.get("ORACLE_SEED", "35"))
PAGES_EVERY = 40


@pytest.mark.spec(
    "SAF-01",
    "SAF-02",
    "SAF-06",
    "SAF-07",
    "SAF-08",
    "SAF-10",
    "SAF-13",
    "SAF-41",
    "USR-33",
    "GRP-08",
    "GRP-09",
)
@pytest.mark.attack("A11")
def test_product_shows_what_the_naive_evaluation_says(in_a, rf, client_for, capsys):
    draws = schools = pages = compared = 0
    differences = []
    while draws < DRAWS:
        seed = f"{SEED}:{schools}"
        draw = random.Random(seed)
        world = draw_world(draw)
        with transaction.atomic():
            store(world)
            found, count = compare.of_the_school(world, draw)
            differences += [(seed, "", one) for one in found]
            compared += count
            for person in world.staff.values():
                for elevated in (True, False) if person.has_key else (False,):
                    viewer = Viewer(world, person.id, elevated)
                    with answering(rf.get("/"), request_id="oracle"):
                        found, count = compare.by_selectors(viewer, draw)
                    if draws % PAGES_EVERY == 0 and person.is_active:
                        more, more_count = compare.by_pages(viewer, client_for)
                        found, count, pages = found + more, count + more_count, pages + 1
                    session = f"{person.name}, {'key' if elevated else 'no key'}"
                    differences += [(seed, session, one) for one in found]
                    compared += count
                    draws += 1
            transaction.set_rollback(True)
        schools += 1
        assert len(differences) < 20, differences
    with capsys.disabled():
        sys.stdout.write(
            f"\noracle: {draws} draws in {schools} schools, {pages} of them by the pages too,"
            f" {compared} comparisons, {len(differences)} differences\n"
        )
    assert not differences
