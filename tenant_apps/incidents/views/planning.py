from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.access.decorators import requires
from core.access.enums import SystemPermission
from tenant_apps.incidents import selectors, services
from tenant_apps.incidents.forms import AboutForm


@requires(SystemPermission.PLANNER)
@require_http_methods(["GET", "HEAD", "POST"])
def plan_incident(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """ "Add to planner", of an incident."""
    incident = selectors.get_incident(request.access, incident_id)
    context = {"incident": incident, "what": f"incident no. {incident.number}"}
    form = AboutForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.remind_of_incident(incident_id=incident_id, reminder=form.given, by=request.access)
        return _set(request, incident_id)
    return _asked(request, form, context)


@requires(SystemPermission.PLANNER)
@require_http_methods(["GET", "HEAD", "POST"])
def plan_action(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """ "Add to planner", of an action."""
    incident = selectors.get_action(request.access, action_id).incident
    context = {"incident": incident, "what": f"an action under incident no. {incident.number}"}
    form = AboutForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.remind_of_action(action_id=action_id, reminder=form.given, by=request.access)
        return _set(request, incident.pk)
    return _asked(request, form, context)


def _asked(request: HttpRequest, form: AboutForm, context: dict[str, Any]) -> HttpResponse:
    status = 422 if form.errors else 200
    return render(request, "incidents/add_to_planner.html", context | {"form": form}, status=status)


def _set(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    messages.success(request, "It was added to your planner.")
    return redirect("incidents:entry", incident_id=incident_id)
