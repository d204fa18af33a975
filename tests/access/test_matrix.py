"""The matrix is complete, and the product does what it says."""

import re

import pytest
from django.urls import reverse

from core.access.checks import URLCONFS, routes_of
from core.audit.models import AuditEvent
from core.db.keys import uuid7
from tests.access.conftest import FORMS, RELATIONS, stored, undone
from tests.access.matrix import OUTCOMES, ROLES, ROWS
from tests.access.rendering import PAGE, page
from tests.shared_apps.operators import test_console

# The console's own web process, as its own tests start it.
console = test_console.console
HOSTS = {"config.urls_school": "school", "config.urls_auth": "auth", "config.urls_platform": "console"}
SCHOOL_ROWS = [row for row in ROWS if row.host == "school"]
REFUSALS = ("L", "F", "N")


def routes():
    return {(HOSTS[urlconf], name) for urlconf in URLCONFS for name, _, _ in routes_of(urlconf)}


def test_every_route_has_a_name():
    assert [pattern for urlconf in URLCONFS for name, pattern, _ in routes_of(urlconf) if not name] == []


def test_every_route_has_a_row():
    assert routes() - {(row.host, row.route) for row in ROWS} == set()


def test_every_row_has_a_route():
    assert {(row.host, row.route) for row in ROWS} - routes() == set()


def test_every_row_says_all_and_says_it_once():
    titles = [(row.host, row.title) for row in ROWS]
    assert len(titles) == len(set(titles))
    for row in ROWS:
        assert len(row.letters) == len(row.roles), row.title
        assert set(row.letters) <= set(OUTCOMES), row.title
        assert row.relation in RELATIONS, row.title
        assert row.sent in FORMS, row.title


def test_page_of_permissions_is_as_the_matrix_says():
    assert PAGE.read_text() == page(), "docs/permissions.md is stale: run ops/permissions"


@pytest.fixture
def browser_of(client_for, cast, school_a):
    """A browser at Ashgrove's address; the other school's lead brings that school's session along."""

    def make(role):
        if role.part == "outsider":
            browser = client_for(cast.outsider)
            browser.defaults["HTTP_HOST"] = client_for().defaults["HTTP_HOST"]
            return browser
        return client_for(getattr(cast, role.part).user if role.part else None, elevated=role.is_elevated)

    return make


def outcome(response, has_changed):
    """The letter of an answer, or what is wrong with it."""
    leads_to = response.get("Location", "")
    letter = {403: "F", 404: "N", 422: "R", 400: "R", 401: "T"}.get(response.status_code)
    if letter is None and response.status_code in (302, 303) and leads_to.startswith("/login/"):
        letter = "L"
    if letter is None and response.status_code in (200, 201, 204, 302, 303):
        is_get = response.wsgi_request.method == "GET"
        letter = "S" if is_get else "D" if has_changed else "K"
    return letter or str(response.status_code)


def ask(row, role, address, sent, browser):
    """The letter for one role, and complaints about what it left behind."""
    if row.route == "documents:upload":
        address += f"?draft={uuid7()}"
    for value in sent.values():
        if hasattr(value, "seek"):
            value.seek(0)
    # Reading writes at most that something was opened; what matters is what a POST leaves behind.
    before = stored() if row.method == "POST" else None
    events = AuditEvent.objects.filter(event="access.refused").count()
    response = browser.get(address) if row.method == "GET" else browser.post(address, sent)
    body = b"".join(response) if response.streaming else response.content
    has_changed = before is not None and stored() != before
    refused = AuditEvent.objects.filter(event="access.refused").count() - events
    letter = outcome(response, has_changed)
    complaints = []
    if letter in REFUSALS and has_changed and row.route != "people:logout":
        complaints.append(f"{role.name}: refused, but something was stored")
    if letter == "F" and refused != 1:
        complaints.append(f"{role.name}: refused, but {refused} events in the audit")
    if letter in REFUSALS and b"Pushed in the corridor" in body:
        complaints.append(f"{role.name}: refused, but shown")
    return letter, complaints


@pytest.mark.parametrize("row", SCHOOL_ROWS, ids=lambda row: row.title)
def test_product_does_what_the_matrix_says(row, world, browser_of):
    letters, complaints = [], []
    # What is asked for is made once: each role finds it as it was made.
    address = reverse(row.route, urlconf="config.urls_school", kwargs=RELATIONS[row.relation](world))
    sent = FORMS[row.sent](world) if row.method == "POST" else {}
    for role in ROLES:
        with undone():
            letter, more = ask(row, role, address, sent, browser_of(role))
        letters.append(letter)
        complaints.extend(more)
    asked = dict(zip((role.name for role in ROLES), row.letters, strict=True))
    assert dict(zip(asked, letters, strict=True)) == asked
    assert complaints == []


@pytest.mark.parametrize("row", [row for row in ROWS if row.host == "auth"], ids=lambda row: row.title)
def test_auth_host_does_what_the_matrix_says(row, db):
    from django.test import Client

    address = reverse(row.route, urlconf="config.urls_auth")
    response = Client(HTTP_HOST="auth.localhost").generic(row.method, address)
    assert outcome(response, has_changed=False) == row.outcomes


def test_console_does_what_the_matrix_says(console):
    port, _ = console
    operator = test_console.Browser(port)
    operator.sign_in()
    for row in sorted((row for row in ROWS if row.host == "console"), key=lambda row: "out" in row.route):
        # Of no record: the console's process has a database of its own.
        address = reverse(row.route, urlconf="config.urls_platform", kwargs=RELATIONS[row.relation](None))
        letters = [call_console(browser, row, address) for browser in (test_console.Browser(port), operator)]
        assert letters == row.letters, row.title


def call_console(browser, row, address):
    """The letter of an answer of the console's own process."""
    if row.method == "GET":
        status, _, headers = browser.get(address)
    else:
        _, form, _ = browser.get("/") if browser.get("/")[0] == 200 else browser.get("/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[1]
        sent = {"csrfmiddlewaretoken": token, "email": "n.obody@provider.example", "password": "wrong"}
        status, _, headers = browser.get(address, sent, Origin=f"http://{browser.host}")
    if status == 302:
        return "L" if headers["Location"] == "/login/" else "S"
    return {200: "S", 422: "R", 403: "F", 404: "N"}[status]
