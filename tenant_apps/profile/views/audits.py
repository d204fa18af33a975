"""The tab "Audit Report"."""

from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.access.decorators import key_user, requires
from core.access.enums import SystemPermission
from core.web.tables import CONTENT_TYPE, csv_pieces
from tenant_apps.profile import selectors, services
from tenant_apps.profile.forms import ReportForm
from tenant_apps.profile.views.frame import tab_context
from tenant_apps.students.selectors import get_student, student_header

FILTERS = ("event", "since", "until")


@key_user
@requires(SystemPermission.VIEW_STUDENT_DETAILS)
@require_safe
def audit_report(request: HttpRequest, student_id: UUID) -> HttpResponse:
    """All activity on the system about the pupil that the reader may know of, 25 a page."""
    student = get_student(request.access, student_id)
    form = ReportForm(request.GET, choices=selectors.report_choices(request.access))
    asked, given = form.asked(), form.cleaned_data
    page = selectors.audit_report(
        request.access,
        student_id,
        asked,
        before=given.get("before"),
        after=given.get("after"),
        oldest=bool(given.get("oldest")),
    )
    services.note_report_viewed(student_id=student_id, by=request.access)
    filters = {name: request.GET[name] for name in FILTERS if request.GET.get(name)}
    context = {
        **tab_context(request, student_header(student), "audits"),
        "form": form,
        "page": page,
        "is_filtered": bool(filters),
        "newest_url": _address(filters) if page.newer else "",
        "newer_url": _address(filters, after=page.newer) if page.newer else "",
        "older_url": _address(filters, before=page.older) if page.older else "",
        "oldest_url": _address(filters, oldest="on") if page.older else "",
        "export_query": urlencode(filters),
    }
    return render(request, "profile/audit_report.html", context)


@key_user
@requires(SystemPermission.VIEW_STUDENT_DETAILS)
@require_safe
def export_report(request: HttpRequest, student_id: UUID) -> StreamingHttpResponse:
    """The same lines as a CSV file; its event is committed before the first byte."""
    get_student(request.access, student_id)
    form = ReportForm(request.GET, choices=selectors.report_choices(request.access))
    asked = form.asked()
    services.note_report_exported(student_id=student_id, by=request.access)
    rows = selectors.report_rows(request.access, student_id, asked)
    response = StreamingHttpResponse(csv_pieces(rows), content_type=CONTENT_TYPE)
    response["Content-Disposition"] = 'attachment; filename="audit-report.csv"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _address(filters: dict[str, str], **page: object) -> str:
    return f"?{urlencode({**filters, **page})}"
