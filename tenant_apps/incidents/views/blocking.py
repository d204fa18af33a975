from collections.abc import Collection
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.access.decorators import key_user
from tenant_apps.incidents import selectors, services
from tenant_apps.staff.permissions import can_block_readers
from tenant_apps.staff.selectors import blockable_colleagues, members_of
from tenant_apps.students.forms import NOBODY_LEFT, BlockForm
from tenant_apps.students.services import NobodyLeftError


@key_user
@require_http_methods(["GET", "HEAD", "POST"])
def blocked(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """ "Staff who may not see this record", of one incident."""
    if not can_block_readers(request.access):
        raise PermissionDenied
    incident = selectors.get_incident(request.access, incident_id)
    form = BlockForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        change = services.lift_incident_block if form.lifts else services.block_incident_reader
        try:
            change(incident_id=incident_id, user_id=form.user_id, by=request.access)
        except NobodyLeftError:
            form.add_error("block", NOBODY_LEFT)
        else:
            messages.success(
                request, "The block was lifted." if form.lifts else "The block stands from now on."
            )
            if selectors.may_read_incident(request.access, incident_id):
                return redirect("incidents:blocked", incident_id=incident_id)
            return redirect("dashboard:home")
    lines = selectors.blocked_readers_of(incident_id)
    context = {
        "incident": incident,
        "form": form,
        "lines": lines,
        "people": blockable_colleagues(but=[line.user_id for line in lines]),
    }
    return render(request, "incidents/blocked.html", context, status=422 if form.errors else 200)


def say_who_was_skipped(
    request: HttpRequest, incident_id: UUID, *, users: Collection[UUID], groups: Collection[UUID]
) -> None:
    """After adding: how many of those chosen were not alerted because they may not see the record."""
    meant = {*users, *members_of(groups)} - {request.access.user_id}
    skipped = len(meant & selectors.barred_from_incident(incident_id))
    if skipped == 1:
        messages.warning(request, "1 person of those chosen may not see this record and was not alerted.")
    elif skipped:
        said = f"{skipped} people of those chosen may not see this record and were not alerted."
        messages.warning(request, said)
