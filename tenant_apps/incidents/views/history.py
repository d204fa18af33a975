from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.access.decorators import requires
from core.access.enums import SystemPermission
from tenant_apps.incidents import selectors, services
from tenant_apps.incidents.views.typed import uuid_or_404


@requires(SystemPermission.EDIT_INCIDENTS)
@require_safe
def history(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """ "View History", of an incident."""
    incident = selectors.kept_incident(request.access, incident_id)
    page = selectors.incident_history(request.access, incident, before=_before(request))
    services.note_history(kind="incident", record_id=incident.pk, by=request.access)
    context = {"incident": incident, "of_action": False, "page": page}
    return render(request, "incidents/history.html", context)


@requires(SystemPermission.EDIT_INCIDENTS)
@require_safe
def action_history(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """ "View History", of an action."""
    action = selectors.kept_action(request.access, action_id)
    page = selectors.action_history(request.access, action, before=_before(request))
    services.note_history(kind="action", record_id=action.pk, by=request.access)
    context = {"incident": action.incident, "of_action": True, "page": page}
    return render(request, "incidents/history.html", context)


def _before(request: HttpRequest) -> UUID | None:
    return uuid_or_404(request.GET["before"]) if "before" in request.GET else None
