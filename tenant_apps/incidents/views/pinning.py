from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from core.access.decorators import requires
from core.access.enums import SystemPermission
from tenant_apps.incidents import services
from tenant_apps.incidents.views.links import place_in_log


@requires(SystemPermission.EDIT_INCIDENTS)
@require_POST
def pin(request: HttpRequest, student_id: UUID, incident_id: UUID) -> HttpResponse:
    """ "Pin Post"."""
    services.pin_incident(incident_id=incident_id, student_id=student_id, by=request.access)
    messages.success(request, "The incident now stands at the top of the chronology.")
    return redirect(place_in_log(student_id, incident_id))


@requires(SystemPermission.EDIT_INCIDENTS)
@require_POST
def unpin(request: HttpRequest, student_id: UUID, incident_id: UUID) -> HttpResponse:
    """ "Unpin Post"."""
    services.unpin_incident(incident_id=incident_id, student_id=student_id, by=request.access)
    messages.success(request, "The incident stands in its place by date again.")
    return redirect(place_in_log(student_id, incident_id))
