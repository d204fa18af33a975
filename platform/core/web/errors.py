"""The error pages. They need no database, no session and no school, and say nothing about the fault.

Each is rendered from `templates/errors/<status>.html` without context processors. Django calls these by the
names in the URL confs; middleware and views call `answer`.
"""

from __future__ import annotations

import logging
import sys
from typing import Final

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from core.access import KeyNeededError

logger = logging.getLogger(__name__)

RETRY_SECONDS: Final = 10


def answer(status: int, *, retry_after: int | None = None) -> HttpResponse:
    """The page of a status for which there is one: 400, 403, 404, 413, 423, 429, 500 or 503.

    `retry_after`, in seconds, tells the browser when to come back.
    """
    response = _page(f"errors/{status}.html", status)
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response


def _page(template: str, status: int) -> HttpResponse:
    response = HttpResponse(render_to_string(template), status=status)
    response["Cache-Control"] = "no-store"
    return response


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 when the body was too large."""
    return answer(413 if isinstance(exception, RequestDataTooBig) else 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: yours, but not allowed; with the reason where it is only the key that is missing."""
    if isinstance(exception, KeyNeededError):
        return _page("errors/403_key.html", 403)
    return answer(403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form that did not come from our own page. The reason would help nobody but an attacker."""
    return answer(403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: not there, or not yours; the same answer."""
    return answer(404)


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 with Retry-After when the database has no connection to give.

    Called while the exception is being handled, so it can tell one from the other.
    """
    error = sys.exc_info()[1]
    if error is not None and is_unavailable(error):
        logger.error("The database is not available: %s", type(error).__name__)
        return answer(503, retry_after=RETRY_SECONDS)
    logger.error("A request failed", exc_info=error)
    return answer(500)


def is_unavailable(error: BaseException) -> bool:
    """Whether an exception means that no connection to the database can be had now."""
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, OperationalError):
        return False
    cause = error.__cause__
    state = getattr(cause, "sqlstate", None)
    # 53: too many connections, memory, disk; 57P: shutting down, starting up; 08: connection lost. An error
    # without a state never reached the server: refused, timed out, or the pool had none to give.
    return state is None or state[:2] in ("53", "08") or state[:3] == "57P"
