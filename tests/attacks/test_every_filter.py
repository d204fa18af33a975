"""A30, A32, A33 and A52: hostile values in every filter, sorting and page number that an address may carry.

Which names an address may carry is found out by asking: what a view looks up in the address is tried.
"""

from copy import copy

import pytest
from django.db import connection, reset_queries
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.db.keys import uuid7
from tests.access.conftest import RELATIONS, undone, world
from tests.access.matrix import ROLES, ROWS
from tests.attacks.conftest import body_of
from tests.attacks.planting import HARMFUL, PAYLOAD

__all__ = ["world"]

HOSTILE = {
    "markup, SQL, lines and half a letter": (
        PAYLOAD + "name'); DROP TABLE incidents_incident; -- a\r\nSet-Cookie: a=b\r\n\r\n%ud800 \u202e\x1b[0m"
    ),
    "SQL in an order": "-id,(SELECT pg_sleep(10))",
    "a path through tables": "student__incident__text",
    "NUL": "\x00",
    "a huge number": "9" * 40,
    "below nothing": "-1",
    "the last day": "9999-12-31",
    "an id of nothing": str(uuid7()),
    "many words and wildcards": "ab cd %_ " * 1_500,
}
# What a page may cost beyond the same page without a filter.
MORE_QUERIES = 20
LONGEST_QUERY = 40_000
PAGES = list(
    {
        row.route: row
        for row in reversed(ROWS)
        if (row.host, row.method) == ("school", "GET") and set(row.letters[4:]) & {"S", "K"}
    }.values()
)


@pytest.fixture
def asked(monkeypatch):
    """The names that views look up in an address."""
    names = set()

    def watch(method):
        ask = getattr(QueryDict, method)

        def watched(self, name, *given, **named):
            if isinstance(name, str):
                names.add(name)
            return ask(self, name, *given, **named)

        monkeypatch.setattr(QueryDict, method, watched)

    for method in ("get", "getlist", "__getitem__", "__contains__"):
        watch(method)
    return names


@pytest.mark.attack("A30", "A32", "A33", "A52")
def test_no_filter_breaks_a_page_or_makes_it_dear(world, client_for, cast, asked):
    faults, tried = [], {}
    assert world.behaviour
    browsers = {role: client_for(getattr(cast, role.part)) for role in ROLES[4:]}
    for row in PAGES:
        role = next(
            role for role, letter in reversed(list(zip(ROLES, row.letters, strict=True))) if letter in "SK"
        )
        browser = browsers[role]
        browser.raise_request_exception = False
        with undone():
            address = reverse(
                row.route, urlconf="config.urls_school", kwargs=RELATIONS[row.relation](copy(world))
            )
            asked.clear()
            with CaptureQueriesContext(connection) as captured:
                body_of(browser.get(address))
            plain = len(captured)
            reset_queries()
            # A form looks its names up once something is sent.
            body_of(browser.get(address, dict.fromkeys(asked, "x")))
            names = {name for name in asked if not name.startswith("csrf")}
            tried[row.route] = names
            for what, value in HOSTILE.items() if names else ():
                with CaptureQueriesContext(connection) as captured:
                    response = browser.get(address, dict.fromkeys(names, value))
                    body = body_of(response)
                dear = [query["sql"] for query in captured]
                reset_queries()
                if response.status_code >= 500:
                    faults.append((row.route, what, response.status_code))
                if "html" in response.headers.get("Content-Type", ""):
                    faults += [(row.route, what, mark) for mark in HARMFUL if mark in body]
                if response.cookies.get("Set-Cookie") or "a=b" in str(response.cookies):
                    faults.append((row.route, what, "cookie"))
                if len(dear) > plain + MORE_QUERIES:
                    faults.append((row.route, what, f"{len(dear)} queries instead of {plain}"))
                longest = max(map(len, dear), default=0)
                if longest > LONGEST_QUERY:
                    faults.append((row.route, what, f"a query of {longest} letters"))
    assert faults == []
    # What is known to be there was found by asking.
    assert "q" in tried["profile:search"]
    assert "q" in tried["students:suggest"]
    assert {"since", "until", "event", "before"} <= tried["profile:audit-report"]
    assert len([names for names in tried.values() if names]) > 20, tried
