"""What every answer has, whoever asked for what."""

import logging
import re
from uuid import uuid4

import pytest
from django.test import Client

from core.access.checks import URLCONFS, routes_of
from core.audit.models import AuditEvent
from core.web.logging import PlainFormatter

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "worker-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}
ANSWERS = [
    # host, path, status
    (None, "/login/", 200),
    (None, "/", 302),
    (None, "/nothing/here/", 404),
    (None, "/healthz", 200),
    (None, "/readyz", 200),
    (None, "/static/nothing.css", 404),
    ("unknown.localhost", "/", 404),
    ("localhost", "/", 200),
    ("auth.localhost", "/", 200),
    ("platform.localhost", "/", 404),
    ("evil.example", "/", 404),
    ("bad_host!", "/", 404),
]


def policy_of(response):
    return {part.strip() for part in response["Content-Security-Policy"].split(";")}


def values_for(pattern):
    """An address of a route with something in each of its places."""
    samples = {"uuid": str(uuid4()), "int": "7", "slug": "x", "str": "x", "path": "x"}
    return "/" + re.sub(r"<(?:(\w+):)?\w+>", lambda match: samples[match[1] or "str"], pattern)


def school_routes():
    return sorted({(name, pattern) for name, pattern, _ in routes_of("config.urls_school")})


@pytest.mark.attack("A50")
@pytest.mark.parametrize(("host", "path", "status"), ANSWERS)
def test_every_answer_has_the_policy_and_cannot_be_framed(db, client_for, host, path, status):
    """A50."""
    client = client_for() if host is None else Client(HTTP_HOST=host)
    response = client.get(path)
    assert response.status_code == status
    assert policy_of(response) == POLICY
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cache-Control"] == "no-store" or "private" in response["Cache-Control"]
    assert "Server" not in response


@pytest.mark.attack("A50")
@pytest.mark.parametrize("status", [400, 403, 405, 413])
def test_refusals_have_the_policy_too(client_for, cast, status, settings):
    asked = {
        400: lambda: client_for().get("/login/", HTTP_X_HTTP_METHOD_OVERRIDE="DELETE"),
        403: lambda: Client(enforce_csrf_checks=True, HTTP_HOST="ashgrove.localhost").post("/login/"),
        405: lambda: client_for(cast.lead).get("/logout/"),
        413: lambda: client_for().post(
            "/login/", "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1), content_type="text/plain"
        ),
    }[status]()
    assert asked.status_code == status
    assert policy_of(asked) == POLICY
    assert asked["X-Frame-Options"] == "DENY"


@pytest.mark.attack("A53")
def test_error_pages_tell_nothing(client_for, cast, school_a):
    """A53: no trace, version, path, setting or school; and nothing to tell "not there" from "not yours"."""
    browser = client_for(cast.teacher)
    pages = [
        browser.get("/nothing/here/").content.decode(),
        browser.get(f"/incidents/{uuid4()}/").content.decode(),
    ]
    pages.append(client_for().get("/login/", HTTP_X_HTTP_METHOD_OVERRIDE="PUT").content.decode())
    for page in pages:
        for leak in ("Traceback", "Django", "platform/", "tenant_apps", "SELECT", school_a.name, "Ellery"):
            assert leak not in page
    assert pages[0] == pages[1]


@pytest.mark.attack("A53")
@pytest.mark.parametrize(
    "path",
    [
        "/static/",
        "/static/css/",
        "/static/../manage.py",
        "/static/%2e%2e/manage.py",
        "/.git/config",
        "/.env",
        "/manage.py",
        "/documents/",
        "/server-status",
        "/static/..%2f..%2fetc/passwd",
    ],
)
def test_paths_that_tell_too_much_are_not_there(client_for, path):
    """A53."""
    response = client_for().get(path)
    assert response.status_code == 404
    assert b"This page is not here" in response.content


@pytest.mark.attack("A18")
@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_method_under_a_false_name_is_refused(client_for, cast, name):
    """A18."""
    response = client_for(cast.lead).get("/logout/", headers={name: "POST"})
    assert response.status_code == 400


@pytest.mark.attack("A18")
def test_method_in_a_field_changes_nothing(client_for, cast):
    """A18: `_method` is a field like any other."""
    browser = client_for(cast.lead)
    assert browser.get("/logout/?_method=POST").status_code == 405
    assert browser.get("/account/").status_code == 200


def test_unknown_method_is_refused(client_for):
    assert client_for().generic("TRACE", "/login/").status_code == 400
    assert client_for().generic("PROPFIND", "/login/").status_code == 400


@pytest.mark.attack("A4")
def test_forwarded_host_is_not_read(client_for, school_a, school_b):
    """A4: the page is the school's of the Host header, whatever else a client sends."""
    forged = {
        "X-Forwarded-Host": "birchwood.localhost",
        "X-Host": "birchwood.localhost",
        "Forwarded": "host=birchwood.localhost",
        "X-Original-Host": "birchwood.localhost",
    }
    response = client_for().get("/login/", headers=forged)
    assert school_a.name in response.content.decode()
    assert school_b.name not in response.content.decode()


@pytest.mark.attack("A49")
@pytest.mark.parametrize(("name", "pattern"), school_routes())
def test_post_without_the_token_is_refused(client_for, cast, in_a, name, pattern):
    """A49: on every route, whatever it does with a POST; and nothing but the refusal is written."""
    browser = client_for(cast.head)
    browser.handler.enforce_csrf_checks = True
    written = AuditEvent.objects.exclude(event__in=("access.refused", "extract_token.refused"))
    before = written.count()
    response = browser.post(values_for(pattern))
    # A sender has no session and no cookie to abuse: it is asked for the school's own token.
    assert response.status_code == (401 if name == "imports:api-extracts" else 403), name
    assert written.count() == before


def test_all_url_confs_have_the_error_pages():
    from django.urls import get_resolver

    for urlconf in URLCONFS:
        resolver = get_resolver(urlconf)
        for status in (400, 403, 404, 500):
            assert resolver.resolve_error_handler(status).__module__ == "core.web.errors"


@pytest.mark.attack("A54")
def test_request_leaves_one_line_without_its_query(client_for, cast, caplog):
    """A54."""
    caplog.set_level(logging.INFO)
    client_for(cast.lead).get("/login/?next=/students/&email=z.quillfeather@school.example&q=Quillfeather")
    lines = [PlainFormatter().format(record) for record in caplog.records]
    (line,) = [one for one in lines if "core.web.request" in one]
    assert "people:login" in line
    assert not [one for one in lines if "quillfeather" in one.lower()]


def test_request_has_an_id_that_the_log_knows(client_for, caplog):
    caplog.set_level(logging.INFO)
    response = client_for().get("/healthz")
    assert re.fullmatch(r"[0-9a-f-]{36}", response["X-Request-ID"])


def test_body_over_the_limit_is_refused_before_it_is_read(client_for, settings):
    response = client_for().post(
        "/login/", "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1), content_type="text/plain"
    )
    assert response.status_code == 413
    assert b"too large" in response.content
    assert (
        client_for().post("/login/", b"", content_type="text/plain", CONTENT_LENGTH="-1").status_code == 400
    )


def test_form_fields_over_the_limit_are_refused(client_for, settings):
    """Within the limit for uploads, but not in a file."""
    big = "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
    assert client_for().post("/login/", {"email": big}).status_code == 413


@pytest.mark.attack("A14")
def test_extra_fields_do_nothing(client_for, cast, in_a):
    """A14: a form takes the fields it has."""
    from shared_apps.people.models import User

    before = User.objects.filter(pk=cast.teacher.user.pk).values().get()
    browser = client_for(cast.teacher)
    for path in ("/account/theme/", "/account/"):
        browser.post(
            path,
            {"theme": "dark", "is_admin": "1", "is_superuser": "1", "group": "Admin", "email": "x@y.example"},
        )
    after = User.objects.filter(pk=cast.teacher.user.pk).values().get()
    assert {key for key in before if before[key] != after[key]} <= {"theme", "last_login"}
    assert cast.teacher.access.system == cast.teacher._access(is_elevated=True).system
    assert not cast.teacher.access.is_administrator
