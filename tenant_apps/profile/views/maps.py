from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.access.decorators import requires
from core.access.enums import SystemPermission
from tenant_apps.incidents.selectors import combined_map
from tenant_apps.incidents.services import note_combined
from tenant_apps.profile.views.frame import tab_context
from tenant_apps.students.selectors import get_student, student_header


@requires(SystemPermission.VIEW_STUDENT_DETAILS)
@require_safe
def map_of_student(request: HttpRequest, student_id: UUID, map_id: UUID) -> HttpResponse:
    """One of the "Combined maps": every mark on it, and beside it the incidents that they belong to."""
    student = get_student(request.access, student_id)
    combined = combined_map(request.access, student_id, map_id)
    note_combined(
        student_id=student_id, entries=[one.entry.id for one in combined.entries], by=request.access
    )
    context = {**tab_context(request, student_header(student), "overview"), "combined": combined}
    return render(request, "profile/combined_map.html", context)
