from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access.decorators import key_user, requires, signed_in
from core.access.enums import SystemPermission
from tenant_apps.incidents import selectors, services
from tenant_apps.incidents.forms import FollowingForm
from tenant_apps.incidents.views.links import add_links, add_pins, place_in_log
from tenant_apps.incidents.views.readers import shown_to
from tenant_apps.incidents.views.searching import LapsedSearchError, kept_search, say_lapsed, searched
from tenant_apps.monitoring.selectors import monitored_now
from tenant_apps.staff.permissions import can_block_readers
from tenant_apps.students.permissions import sees_contacts
from tenant_apps.students.selectors import get_student, student_header


@requires(SystemPermission.VIEW_STUDENT_DETAILS)
@require_safe
def chronology(request: HttpRequest, student_id: UUID) -> HttpResponse:
    """The "Incidents" tab: the student's log as far as it is open to the reader, or what a search finds."""
    student = get_student(request.access, student_id)
    try:
        search = kept_search(request, student_id)
    except LapsedSearchError:
        return say_lapsed(request, student_id)
    page = selectors.chronology_page(
        request.access,
        student_id,
        highlighted=_uuid_or_none(request.GET.get("incident")),
        older_than=selectors.Cursor.read(request.GET.get("older")),
        newer_than=selectors.Cursor.read(request.GET.get("newer")),
        search=search,
    )
    services.note_listed(
        student_id=student_id,
        entries=[entry.id for entry in page.shown],
        highlighted=page.highlighted,
        search=search,
        by=request.access,
    )
    add_links(page.shown, request.access, highlighted=page.highlighted)
    add_pins(page.shown, request.access, student_id)
    context = {
        "student": student_header(student),
        "page": page,
        "tab": "incidents",
        "monitored": monitored_now(request.access, [student_id])[student_id],
        "may_add": request.access.can(SystemPermission.ADD_ENTRIES),
        "may_block": can_block_readers(request.access),
        "sees_contacts": sees_contacts(request.access),
    } | searched(request, search)
    if page.highlighted:
        highlighted = selectors.get_incident(request.access, page.highlighted)
        context |= shown_to(request, selectors.readers_of(highlighted))
    return render(request, "incidents/chronology.html", context)


@signed_in
@require_safe
def entry(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """One incident: within its student's log where that is open to the reader, else by itself."""
    try:
        incident = selectors.get_incident(request.access, incident_id)
    except Http404:
        if (stands_now := selectors.stands_now(incident_id)) is None:
            raise
        # For whom it is not open either, that address is as unknown as this one.
        selectors.get_incident(request.access, stands_now)
        return redirect("incidents:entry", incident_id=stands_now)
    if student_id := selectors.log_of(request.access, incident):
        return redirect(place_in_log(student_id, incident_id))
    shown = selectors.entry_for(request.access, incident, with_deleted=True)
    services.note_opened(incident=incident, student_ids=shown.student_ids, by=request.access)
    add_links([shown], request.access, highlighted=None)
    context = {"entry": shown} | shown_to(request, selectors.readers_of(incident))
    return render(request, "incidents/entry.html", context)


@signed_in
@require_POST
def mark_read(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    services.mark_read(incident_id=incident_id, by=request.access)
    messages.success(request, "Marked as read.")
    if selectors.may_read_incident(request.access, incident_id):
        return redirect("incidents:entry", incident_id=incident_id)
    return redirect("dashboard:home")


@key_user
@require_http_methods(["GET", "HEAD", "POST"])
def change_status(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """Status and assignee of one incident."""
    incident = selectors.get_incident(request.access, incident_id)
    selectors.assert_whole(request.access, incident_id)
    form = FollowingForm(
        request.POST if request.method == "POST" else None,
        assigned_now=incident.assignee_id,
        barred=selectors.barred_from_incident(incident_id),
        initial={"status": incident.status, "assign_to": incident.assignee_id},
    )
    if request.method == "POST" and form.is_valid():
        services.change_status(
            incident_id=incident_id,
            status=form.cleaned_data["status"],
            assignee_id=form.cleaned_data["assign_to"],
            by=request.access,
        )
        messages.success(request, "Status and assignee were saved.")
        if selectors.may_read_incident(request.access, incident_id):
            return redirect("incidents:entry", incident_id=incident_id)
        return redirect("dashboard:home")
    context = {"form": form, "incident": incident, "assignees": form.assignee_list}
    return render(request, "incidents/change_status.html", context, status=422 if form.errors else 200)


def _uuid_or_none(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None
