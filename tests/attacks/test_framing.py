"""A50, A53, A28: no answer of any route can be framed, tells what runs here or leads elsewhere."""

import re
from uuid import uuid4

import pytest
from django.test import Client

from core.access.checks import routes_of
from tests.attacks.conftest import body_of

HOSTS = {
    "config.urls_school": "ashgrove.localhost",
    "config.urls_auth": "auth.localhost",
}
ROUTES = [
    (HOSTS[urlconf], name, str(pattern)) for urlconf in HOSTS for name, pattern, _ in routes_of(urlconf)
]
LEAKS = re.compile(
    r"Traceback|Django|gunicorn|WSGI|psycopg|SELECT |/platform/|tenant_apps|\.py\b|s_[a-z0-9]{16}"
)


@pytest.mark.attack("A50", "A53")
@pytest.mark.parametrize(
    ("host", "name", "pattern"), ROUTES, ids=[f"{host} {name}" for host, name, _ in ROUTES]
)
def test_no_route_can_be_framed_or_tells_too_much(client_for, cast, in_a, host, name, pattern):
    path = "/" + re.sub(r"<\w+:\w+>", str(uuid4()), pattern)
    browsers = (
        [client_for(cast.head), client_for()] if host.startswith("ashgrove") else [Client(HTTP_HOST=host)]
    )
    for browser in browsers:
        for answer in (browser.get(path), browser.post(path), browser.put(path)):
            policy = answer["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in policy
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert answer["X-Frame-Options"] == "DENY"
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert "Server" not in answer
            assert "X-Powered-By" not in answer
            if answer.status_code >= 400:
                assert not LEAKS.search(body_of(answer).decode("utf-8", "replace"))


@pytest.mark.attack("A50")
def test_print_and_file_cannot_be_framed(client_for, cast, add, students_a):
    from core.db.keys import uuid7
    from tenant_apps.documents.services import receive

    draft = uuid7()
    document = receive([b"<html>x"], name="x.html", owner=("draft", draft), by=cast.lead.access)
    add(incident_id=draft)
    client = client_for(cast.lead)
    paths = (
        f"/incidents/{draft}/print/",
        f"/students/{students_a[0].pk}/incidents/pdf/",
        f"/documents/{document.id}/",
    )
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert "private" in answer["Cache-Control"] or "no-store" in answer["Cache-Control"]
    assert "sandbox" in client.get(paths[2])["Content-Security-Policy"]


@pytest.mark.attack("A28")
@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_no_route_leads_to_another_host(client_for, cast, in_a, wanted):
    """Whatever it calls the place to go to next."""
    names = ("next", "url", "redirect", "return_to", "continue")
    for _, _, pattern in (one for one in ROUTES if "<" not in one[2] and one[0].startswith("ashgrove")):
        for browser in (client_for(cast.lead, elevated=False), client_for()):
            sent = dict.fromkeys(names, wanted)
            for answer in (browser.get(f"/{pattern}", sent), browser.post(f"/{pattern}", sent)):
                assert "evil" not in answer.get("Location", "").split("?")[0], pattern
                assert not answer.get("Location", "").startswith(("//", "http", "javascript"))
                assert "evil" not in answer.get("HX-Redirect", "")
