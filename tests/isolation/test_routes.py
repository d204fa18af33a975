"""A2, A6: every route that takes a record's id, tried with ids that mean something in both schools."""

import pytest
from django.db import connection
from django.urls import reverse

from core.access.checks import routes_of
from core.tenancy import in_school
from tests.isolation.conftest import MARKERS, ONLY_B, SHARED
from tests.pdf_text import words_of

PARTS = {
    "imports": "head",
    "school_settings": "head",
    "classes": "head",
    "administration": "head",
    "agencies": "head",
    "forms": "head",
    "staff": "head",
    "alerts:user-alerts": "head",
    "alerts:remove-alerts": "head",
    "incidents:own-action": "support",
    "maps:disable": "head",
    "maps:enable": "head",
}
# Pages that tell a state and none of the record's words.
SILENT = {
    "imports:columns",
    "imports:progress",
    "administration:export-audits",
    "profile:export-report",
    "incidents:blocked",
    "incidents:delete",
    "incidents:delete-action",
    "incidents:merge",
    "incidents:move",
    "incidents:readers",
    "incidents:change-status",
    "incidents:plan-action",
    "incidents:plan-incident",
    "incidents:told",
    "incidents:withdraw-alerts",
}


def record_routes():
    """(route, names of its ids) of every route of a school's host that takes a record's id."""
    found = []
    for name, pattern, _ in routes_of("config.urls_school"):
        ids = [part.split(">")[0] for part in str(pattern).split("<uuid:")[1:]]
        if ids:
            found.append((name, tuple(ids)))
    return sorted(found)


ROUTES = record_routes()


def address(route, ids, planted, known):
    values = {**known, "waiting_id": planted.waiting_id}
    return reverse(route, urlconf="config.urls_school", kwargs={name: values[name] for name in ids})


def body_of(response):
    content = b"".join(response) if response.streaming else response.content
    if response.get("Content-Type") == "application/pdf":
        return words_of(content)
    return content.decode("utf-8", "replace")


def fingerprint(school):
    """What the school stores, its audit and sessions aside."""
    with in_school(school), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")
        names = [name for (name,) in cursor.fetchall() if name not in {"audit_auditevent", "django_session"}]
        cursor.execute(
            " UNION ALL ".join(
                f"SELECT '{name}', count(*), sum(hashtextextended(row::text, 0)) FROM \"{name}\" AS row"
                for name in names
            )
        )
        return cursor.fetchall()


def test_every_kind_of_id_is_planted():
    """A route with a new kind of record fails here until the harness plants one."""
    assert {name for _, ids in ROUTES for name in ids} <= set(SHARED) | {"waiting_id"}
    assert len(ROUTES) > 10


@pytest.mark.attack("A2")
@pytest.mark.spec("TEN-07")
@pytest.mark.spec("TEN-08")
@pytest.mark.spec("TEN-10")
@pytest.mark.parametrize(("route", "ids"), ROUTES, ids=[name for name, _ in ROUTES])
def test_same_id_shows_each_school_its_own(twins, client_for, route, ids):
    seen = {}
    for letter, other in (("a", "b"), ("b", "a")):
        planted = twins[letter]
        reader = getattr(planted.reader, PARTS.get(route) or PARTS.get(route.split(":")[0], "lead"))
        response = client_for(reader).get(address(route, ids, planted, SHARED))
        seen[letter] = (response.status_code, body_of(response))
        assert MARKERS[other] not in seen[letter][1]
        assert str(ONLY_B["incident_id"]) not in seen["a"][1]
    assert seen["a"][0] == seen["b"][0]
    assert seen["a"][0] in {200, 302, 401, 405}
    if seen["a"][0] == 200 and route not in SILENT:
        assert MARKERS["a"] in seen["a"][1]
        assert MARKERS["b"] in seen["b"][1]


@pytest.mark.attack("A2")
@pytest.mark.spec("TEN-07")
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("route", "ids"), ROUTES, ids=[name for name, _ in ROUTES])
def test_other_schools_record_is_not_found_and_not_touched(twins, client_for, route, ids, method):
    """For the head too, who may do everything in Ashgrove. A draft's address makes a new draft of one's."""
    if ids == ("waiting_id",):
        planted = twins["b"]
    else:
        planted = twins["a"]
    before = fingerprint(twins["b"].school)
    for part in ("head", "lead"):
        browser = client_for(getattr(twins["a"].reader, part))
        response = getattr(browser, method)(
            address(route, ids, planted, ONLY_B), {"text": "x", "school": twins["b"].school.schema_name}
        )
        assert response.status_code in {401, 404, 405, 403} or (
            route == "incidents:draft" and method == "post"
        ), route
        assert MARKERS["b"] not in body_of(response)
    assert fingerprint(twins["b"].school) == before


@pytest.mark.spec("TEN-13")
def test_numbers_count_per_school(twins):
    from tenant_apps.incidents.models import Incident

    numbers = {}
    for letter, planted in twins.items():
        with in_school(planted.school):
            numbers[letter] = set(Incident.objects.values_list("number", flat=True))
    assert numbers["a"] & numbers["b"]


LISTS = [
    "dashboard:home",
    "dashboard:morning",
    "profile:search",
    "students:suggest",
    "students:names",
    "staff:suggest",
    "staff:users",
    "staff:user-groups",
    "staff:alert-groups",
    "imports:home",
    "incidents:add",
    "incidents:readers-of-form",
    "incidents:tray",
    "helpdesk:contact",
    "people:sessions",
]


@pytest.mark.attack("A6")
@pytest.mark.parametrize("route", LISTS)
@pytest.mark.parametrize("word", ["", MARKERS["b"], "o"])
def test_lists_and_suggestions_show_one_school(twins, client_for, route, word):
    """A6: naming the other school or its words in the query changes nothing."""
    browser = client_for(twins["a"].reader.head)
    school = twins["b"].school
    address = reverse(route, urlconf="config.urls_school")
    response = browser.get(
        address,
        {
            "q": word,
            "term": word,
            "school": school.schema_name,
            "schema": school.schema_name,
            "tenant": school.id,
        },
    )
    assert response.status_code == 200
    page = body_of(response).replace(f'value="{MARKERS["b"]}"', "").replace(f"“{MARKERS['b']}”", "")
    assert f"{MARKERS['b']}-" not in page
    assert "birchwood" not in page.lower()
