from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.access.decorators import signed_in
from tenant_apps.alerts.services import withdraw_alerts as withdraw
from tenant_apps.incidents import selectors
from tenant_apps.incidents.forms import WithdrawingForm


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw_alerts(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """ "Withdraw alert": ends unread alerts to an incident and its actions, and says who had opened it."""
    told = selectors.withdrawable(request.access, incident_id)
    form = WithdrawingForm(request.POST if request.method == "POST" else None, offered=told.open_ids)
    if request.method == "POST" and form.is_valid():
        alerts = withdraw(root_id=incident_id, alert_ids=form.cleaned_data["alerts"], by=request.access)
        messages.success(request, selectors.withdrawn_sentence({alert.pk for alert in alerts}, told))
        if told.number_only:
            return redirect("dashboard:home")
        return redirect("incidents:entry", incident_id=incident_id)
    context = {"told": told, "form": form, "chosen": request.POST.getlist("alerts")}
    return render(request, "incidents/withdraw_alerts.html", context, status=422 if form.errors else 200)
