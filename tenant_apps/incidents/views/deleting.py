from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from core.access.decorators import requires
from core.access.enums import SystemPermission
from tenant_apps.incidents import selectors, services
from tenant_apps.incidents.forms import DeleteForm
from tenant_apps.incidents.views.links import place_in_log


@requires(SystemPermission.EDIT_INCIDENTS)
@require_http_methods(["GET", "HEAD", "POST"])
def delete_incident(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """ "Delete", of an incident: asks for the reason."""
    incident = selectors.get_incident(request.access, incident_id)
    selectors.assert_whole(request.access, incident_id)
    form = DeleteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        log = selectors.log_of(request.access, incident)
        services.delete_incident(
            incident_id=incident_id, reason=form.cleaned_data["reason"], by=request.access
        )
        messages.success(request, f"Incident no. {incident.number} was deleted. It can be restored.")
        return redirect(place_in_log(log, incident_id)) if log else redirect("dashboard:home")
    context = {"form": form, "incident": incident, "of_action": False}
    return render(request, "incidents/delete.html", context, status=422 if form.errors else 200)


@requires(SystemPermission.EDIT_INCIDENTS)
@require_http_methods(["GET", "HEAD", "POST"])
def delete_action(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """ "Delete", of an action."""
    action = selectors.get_action(request.access, action_id)
    selectors.assert_whole(request.access, action.incident_id)
    form = DeleteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.delete_action(action_id=action_id, reason=form.cleaned_data["reason"], by=request.access)
        messages.success(request, "The action was deleted. It can be restored.")
        return redirect("incidents:entry", incident_id=action.incident_id)
    context = {"form": form, "incident": action.incident, "of_action": True}
    return render(request, "incidents/delete.html", context, status=422 if form.errors else 200)


@requires(SystemPermission.EDIT_INCIDENTS)
@require_POST
def restore_incident(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """ "Restore", of an incident."""
    incident = services.restore_incident(incident_id=incident_id, by=request.access)
    messages.success(request, f"Incident no. {incident.number} was restored.")
    return redirect("incidents:entry", incident_id=incident_id)


@requires(SystemPermission.EDIT_INCIDENTS)
@require_POST
def restore_action(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """ "Restore", of an action."""
    action = services.restore_action(action_id=action_id, by=request.access)
    messages.success(request, "The action was restored.")
    return redirect("incidents:entry", incident_id=action.incident_id)
