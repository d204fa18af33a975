"""The tab "Attendance"."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.access.decorators import requires
from core.access.enums import SystemPermission
from tenant_apps.profile import selectors
from tenant_apps.profile.forms import YearForm
from tenant_apps.profile.views.frame import tab_context
from tenant_apps.students.services import note_viewed


@requires(SystemPermission.VIEW_STUDENT_DETAILS)
@require_safe
def attendance(request: HttpRequest, student_id: UUID) -> HttpResponse:
    """Figures, trend, and a calendar of the marks of one academic year."""
    form = YearForm(request.GET)
    year = form.cleaned_data["year"] if form.is_valid() else None
    shown = selectors.attendance(request.access, student_id, year=year)
    note_viewed(student_id=student_id, by=request.access)
    context = {**tab_context(request, shown.header, "attendance"), "attendance": shown}
    return render(request, "profile/attendance.html", context)
