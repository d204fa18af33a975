"""The way in for the school's MIS: no session and no form, only the school's token in a header.

Answers in JSON. What is not the token of this school gets one and the same answer, whatever else is right or
wrong about the request.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec
from uuid import UUID

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from core.access import SYSTEM
from core.access.decorators import public
from core.audit.context import address_of
from core.db.keys import uuid7
from core.web.ratelimit import is_over
from tenant_apps.documents.adapters.uploads import receive_file
from tenant_apps.documents.services import UploadRefused
from tenant_apps.imports.enums import ImportSource, ImportState
from tenant_apps.imports.selectors import get_import
from tenant_apps.imports.services import (
    MAX_PACKED,
    OWNER_KIND,
    is_token_in_force,
    note_extract,
    note_wrong_token,
    progress_of,
    queue_import,
)

P = ParamSpec("P")
HOUR: Final = 3600
# A MIS sends once a night and tries again; a person who tests it sends a few more.
EXTRACTS_AN_HOUR: Final = 30
QUESTIONS_AN_HOUR: Final = 3000
WRONG_TOKENS_AN_HOUR: Final = 30
SCHEME: Final = "bearer "
THE_ZIP: Final = "the ZIP"


def with_token(
    name: str, *, times: int
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """A view for whoever shows the school's token, at most so many times an hour."""

    def decorate(
        view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            shown = request.headers.get("Authorization", "")
            is_bearer = shown[: len(SCHEME)].lower() == SCHEME
            if not (is_bearer and is_token_in_force(shown[len(SCHEME) :].strip())):
                return _unknown(request)
            if is_over(name, "the school", times=times, seconds=HOUR):
                return _too_often()
            return view(request, *args, **kwargs)

        return guarded

    return decorate


# Exempt on purpose: a MIS has no session that a foreign page could abuse, and the token is in no cookie.
# A slow upload holds no transaction open, and nothing of it is read before the token is known.
@csrf_exempt
@transaction.non_atomic_requests
@public
@require_POST
@with_token("mis-extract", times=EXTRACTS_AN_HOUR)
def extracts(request: HttpRequest) -> HttpResponse:
    """Take one extract, encrypted as it arrives: 202 with the address that tells what becomes of it."""
    import_id = uuid7()
    try:
        document = receive_file(request, owner=(OWNER_KIND, import_id), by=SYSTEM, max_bytes=MAX_PACKED)
    except UploadRefused as refusal:
        return _answer(
            refusal.status, state=ImportState.REFUSED, faults=[_fault(refusal.sentence)], faults_total=1
        )
    with transaction.atomic():
        note_extract(import_id=import_id, document=document, source=ImportSource.API, by=SYSTEM)
        queue_import(import_id=import_id)
    address = reverse("imports:api-extract", args=[import_id])
    response = _answer(202, id=str(import_id), state=ImportState.WAITING, address=address)
    response["Location"] = address
    return response


@public
@require_GET
@with_token("mis-progress", times=QUESTIONS_AN_HOUR)
def extract(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """What became of an extract: rows done of rows in all, then counts, or faults with their places."""
    try:
        entry = get_import(SYSTEM, import_id)
    except Http404:
        return _answer(404, error="There is no such extract.")
    progress = None if entry.is_finished else progress_of(import_id)
    return _answer(
        200,
        id=str(entry.id),
        state=entry.state,
        is_finished=entry.is_finished,
        rows_done=entry.rows_total if entry.is_finished else progress.done if progress else 0,
        rows_total=progress.total if progress else entry.rows_total,
        received_at=entry.uploaded_at,
        finished_at=entry.finished_at,
        counts={line.file: dict(line.numbers) for line in entry.counts},
        warnings=entry.warnings,
        faults=[
            {
                "file": fault.file,
                "line": fault.line,
                "column": fault.column,
                "value": fault.value,
                "reason": fault.reason,
            }
            for fault in entry.faults
        ],
        faults_total=entry.faults_total,
    )


def _unknown(request: HttpRequest) -> HttpResponse:
    if is_over("mis-token", str(address_of(request)), times=WRONG_TOKENS_AN_HOUR, seconds=HOUR):
        return _too_often()
    note_wrong_token()
    response = _answer(401, error="This needs the school's extract token: Authorization: Bearer <token>.")
    response["WWW-Authenticate"] = 'Bearer realm="extracts"'
    return response


def _too_often() -> HttpResponse:
    response = _answer(429, error="Too many requests. Try again later.")
    response["Retry-After"] = str(HOUR)
    return response


def _fault(reason: str) -> dict[str, str | int]:
    return {"file": THE_ZIP, "line": 0, "column": "", "value": "", "reason": reason}


def _answer(status: int, **told: Any) -> JsonResponse:
    return JsonResponse(told, status=status)
