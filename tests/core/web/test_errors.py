from types import SimpleNamespace

import psycopg
import pytest
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError, ProgrammingError
from psycopg_pool import PoolTimeout

from core.web import errors

STATUSES = [400, 403, 404, 413, 423, 429, 500, 503]


def database_error(cause, kind=OperationalError):
    error = kind("of Zebedee Quillfeather")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize("status", STATUSES)
def test_page_needs_no_database(status, django_assert_num_queries, db):
    with django_assert_num_queries(0):
        response = errors.answer(status)
    assert response.status_code == status
    assert b"<h1>" in response.content
    assert b"<script" not in response.content.replace(b"<script src", b"").replace(
        b'<script type="module" src', b""
    )


@pytest.mark.parametrize(
    ("error", "unavailable"),
    [
        (database_error(PoolTimeout("none")), True),
        (database_error(psycopg.errors.TooManyConnections()), True),
        (database_error(psycopg.errors.AdminShutdown()), True),
        (database_error(psycopg.errors.CannotConnectNow()), True),
        (database_error(psycopg.OperationalError("refused")), True),
        (database_error(None, InterfaceError), True),
        (database_error(psycopg.errors.DeadlockDetected()), False),
        (database_error(psycopg.errors.UndefinedTable(), ProgrammingError), False),
        (RuntimeError(), False),
    ],
)
def test_only_a_missing_connection_is_unavailable(error, unavailable):
    assert errors.is_unavailable(error) is unavailable


@pytest.mark.parametrize(
    ("error", "status"), [(database_error(PoolTimeout("none")), 503), (RuntimeError("Quillfeather"), 500)]
)
def test_fault_is_told_from_absence_and_neither_is_quoted(error, status, caplog):
    try:
        raise error
    except Exception:  # noqa: BLE001 -- as Django calls it: while the exception is being handled
        response = errors.server_error(SimpleNamespace())
    assert response.status_code == status
    assert b"Quillfeather" not in response.content
    assert (response.get("Retry-After") == "10") is (status == 503)


@pytest.mark.parametrize(("error", "status"), [(RequestDataTooBig(), 413), (SuspiciousOperation("x"), 400)])
def test_body_that_is_too_large_has_its_own_page(error, status):
    assert errors.bad_request(SimpleNamespace(), error).status_code == status
