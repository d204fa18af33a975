"""Writes refusals into the audit, after the request's own transaction is gone."""

from __future__ import annotations

import logging
from collections.abc import Callable
from uuid import UUID

from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponseBase

from core.audit.services import record_refusal

logger = logging.getLogger(__name__)


class RefusalMiddleware:
    """An event for every 403, and for every 404 on the route of one record.

    Comes after the middleware of school and sign-in. A visitor's 404 on a route without a record is noise and
    stays out. An event that cannot be written changes nothing for the person: it was a refusal already.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code in (403, 404) and getattr(request, "school", None) is not None:
            self._note(request, response.status_code)
        return response

    def _note(self, request: HttpRequest, status: int) -> None:
        match = request.resolver_match
        record = _record_of(request)
        if status == 404 and record is None:
            return
        try:
            # A failure inside a surrounding transaction must not take that one with it.
            with transaction.atomic():
                record_refusal(
                    status=status,
                    route=match.view_name if match else "",
                    method=request.method if request.method in METHODS else "other",
                    record=record,
                )
        except DatabaseError:
            logger.exception("A refusal could not be written into the audit.")


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _record_of(request: HttpRequest) -> tuple[str, UUID] | None:
    """(kind, id) of the record that the address names: the route's first UUID, by the name it has there."""
    match = request.resolver_match
    if match is None:
        return None
    for name, value in match.kwargs.items():
        if isinstance(value, UUID):
            kind = name.removesuffix("_id")
            return (kind if kind not in ("id", "pk", "uuid") else match.app_name)[:32], value
    return None
