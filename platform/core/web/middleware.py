"""The outermost layers of a request: its id, log line, headers and size, and the questions about health."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase

from core.audit.context import answering
from core.db.keys import uuid7
from core.web.errors import answer
from core.web.logging import request_id

logger = logging.getLogger("core.web.request")

GetResponse = Callable[[HttpRequest], HttpResponseBase]

METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})
# Some frameworks let these turn a harmless request into another. None of ours does, and none is let in.
OVERRIDES: Final = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
    # Records must not come back with the "Back" button of a shared computer. Static files say otherwise.
    "Cache-Control": "no-store",
}


class RequestContextMiddleware:
    """Gives the request an id, the audit its context, the log its line and every answer its headers.

    Comes first of all. Refuses what is too large before anything reads it, and methods under a false name.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        identity = str(uuid7())
        token = request_id.set(identity)
        try:
            with answering(request, request_id=identity):
                response = _refusal(request) or self.get_response(request)
            response["X-Request-ID"] = identity
            for name, value in HEADERS.items():
                response.setdefault(name, value)
            _log(request, response, time.perf_counter() - started)
            return response
        finally:
            request_id.reset(token)


class HealthMiddleware:
    """Answers /healthz and /readyz on every host, before hosts, sessions and schools are looked at."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info == "/healthz":
            return HttpResponse("ok\n", content_type="text/plain")
        if request.path_info == "/readyz":
            return _ready()
        return self.get_response(request)


def _ready() -> HttpResponse:
    """Ready means: the database answers. Valkey may be away; nothing is refused for it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        response = HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
        response["Retry-After"] = "5"
        return response
    return HttpResponse("ready\n", content_type="text/plain")


def _refusal(request: HttpRequest) -> HttpResponse | None:
    if request.method not in METHODS or any(name in request.headers for name in OVERRIDES):
        return answer(400)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit():
        return answer(400)
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if request.content_type == "multipart/form-data":
        limit = settings.BODY_MAX_BYTES
    if int(length) > limit:
        return answer(413)
    return None


def _log(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    """One line a request: the route's name instead of its address, which may hold a token or a search."""
    match = request.resolver_match
    school = getattr(request, "school", None)
    logger.info(
        "%s %s %d %d ms %s",
        request.method if request.method in METHODS else "other",
        match.view_name if match else "-",
        response.status_code,
        round(seconds * 1000),
        school.schema_name if school is not None else "-",
    )
