""" "Audits" and "Security log" of one user."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.access.decorators import requires
from core.access.enums import SystemPermission
from core.web.tables import CONTENT_TYPE, csv_pieces
from tenant_apps.administration import selectors
from tenant_apps.administration.forms.audits import AuditsForm, SecurityLogForm
from tenant_apps.administration.services import audits as services
from tenant_apps.staff.selectors import get_user_view
from tenant_apps.students.selectors import students_by_ids, visible_among

FILTERS = ("event", "since", "until", "student")


@requires(SystemPermission.ADMINISTRATION)
@require_safe
def user_audits(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """Every click of a user, 25 a page."""
    person = get_user_view(request.access, user_id)
    form = AuditsForm(request.GET)
    asked = form.asked()
    given = form.cleaned_data
    page = selectors.user_audits(
        request.access,
        user_id,
        asked,
        before=given.get("before"),
        after=given.get("after"),
        oldest=bool(given.get("oldest")),
    )
    services.note_audits_viewed(user_id=user_id, by=request.access)
    filters = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    context = {
        "person": person,
        "form": form,
        "page": page,
        "is_filtered": bool(filters),
        "names_students": selectors.names_students(request.access),
        "chosen_student": _chosen(request, asked.student_id),
        "newest_url": _address(filters) if page.newer else "",
        "newer_url": _address(filters, after=page.newer) if page.newer else "",
        "older_url": _address(filters, before=page.older) if page.older else "",
        "oldest_url": _address(filters, oldest="on") if page.older else "",
        "export_query": urlencode(filters),
    }
    return render(request, "administration/user_audits.html", context)


@requires(SystemPermission.ADMINISTRATION)
@require_safe
def export_audits(request: HttpRequest, user_id: UUID) -> StreamingHttpResponse:
    """The same lines as a CSV file; its event is committed before the first byte."""
    get_user_view(request.access, user_id)
    asked = AuditsForm(request.GET).asked()
    services.note_audits_exported(
        user_id=user_id, by=request.access, event=asked.event, student_id=asked.student_id
    )
    rows = selectors.exported_rows(request.access, user_id, asked)
    response = StreamingHttpResponse(csv_pieces(rows), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = 'attachment; filename="audits.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


@requires(SystemPermission.ADMINISTRATION)
@require_safe
def security_log(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """How often a user signed in with two-factor authentication, when, and from where."""
    person = get_user_view(request.access, user_id)
    form = SecurityLogForm(request.GET)
    before = form.cleaned_data["before"] if form.is_valid() else None
    log = selectors.security_log(request.access, user_id, before=before)
    services.note_security_log_viewed(user_id=user_id, by=request.access)
    context = {
        "person": person,
        "log": log,
        "newest_url": "?" if before else "",
        "older_url": _address({}, before=log.older) if log.older else "",
    }
    return render(request, "administration/security_log.html", context)


def _chosen(request: HttpRequest, student_id: UUID | None) -> list[dict[str, Any]]:
    if student_id is None or not selectors.names_students(request.access):
        return []
    found = students_by_ids(visible_among(request.access, [student_id]))
    return [
        {"value": student.id, "label": student.name, "note": student.place, "initials": student.initials}
        for student in found.values()
    ]


def _address(filters: dict[str, str], **page: object) -> str:
    return f"?{urlencode({**filters, **page})}"
