from hashlib import sha256
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access.decorators import key_user, requires
from core.access.enums import SystemPermission
from core.db.keys import uuid7
from core.web.hiding import asks_to_show_names
from shared_apps.people.selectors import names_of
from tenant_apps.incidents import selectors, services
from tenant_apps.incidents.forms import AttachForm
from tenant_apps.incidents.selectors import Entry, ReadersAttached
from tenant_apps.incidents.views.links import place_in_log
from tenant_apps.incidents.views.typed import faults_of, typed_in
from tenant_apps.students.adapters import filled_lists


@key_user
@require_safe
def tray(request: HttpRequest) -> HttpResponse:
    """ "Tray": what was added about no student of the list, as far as it is open to the reader."""
    context = {
        "tray": selectors.tray_page(request.access),
        "may_decide": request.access.can(SystemPermission.ADD_ENTRIES),
    }
    return render(request, "incidents/tray.html", context)


@key_user
@requires(SystemPermission.ADD_ENTRIES)
@require_http_methods(["GET", "HEAD", "POST"])
@asks_to_show_names
def attach(request: HttpRequest, tray_id: UUID) -> HttpResponse:
    """ "Attach to a student": whom, and, where that changes who can read it, that this is meant."""
    entry = selectors.entry_for(request.access, selectors.get_in_tray(request.access, tray_id))
    form = AttachForm(request.POST if request.method == "POST" else None, access=request.access)
    if not form.is_bound or "show_names" in request.POST:
        return _shown(request, AttachForm(access=request.access), entry)
    if not form.is_valid():
        return _shown(request, form, entry, status=422)
    student_id = form.cleaned_data["student"]
    if changed := _changed_readers(request, form, tray_id):
        return _shown(request, form, entry, status=422, more=changed)
    incident = services.attach_incident(incident_id=tray_id, student_id=student_id, by=request.access)
    messages.success(request, f"Incident no. {incident.number} now stands in the student's log.")
    if log := selectors.log_of(request.access, incident):
        return redirect(place_in_log(log, incident.pk))
    return redirect("incidents:tray")


@key_user
@requires(SystemPermission.ADD_ENTRIES)
@require_POST
def keep(request: HttpRequest, tray_id: UUID) -> HttpResponse:
    """ "Keep it without a student"."""
    incident = services.keep_unattached(incident_id=tray_id, by=request.access)
    messages.success(request, f"Incident no. {incident.number} is kept without a student.")
    return redirect("incidents:tray")


def key_of(student_id: UUID, readers: ReadersAttached) -> str:
    """What a confirmation says: this student, and exactly these people."""
    found = [student_id, *sorted(readers.gained), "", *sorted(readers.lost)]
    return sha256("\n".join(map(str, found)).encode()).hexdigest()


def _changed_readers(request: HttpRequest, form: AttachForm, tray_id: UUID) -> dict[str, Any]:
    """Who would gain or lose sight of the incident, until exactly these were confirmed."""
    student_id = form.cleaned_data["student"]
    readers = selectors.readers_if_attached(request.access, tray_id, student_id)
    if not readers.gained and not readers.lost:
        return {}
    key = key_of(student_id, readers)
    if form.cleaned_data["confirm_readers"] == key:
        return {}
    names = names_of([*readers.gained, *readers.lost])
    return {
        "asks_readers": key,
        "gained": [one.full for one in sorted(names[user] for user in readers.gained)],
        "lost": [one.full for one in sorted(names[user] for user in readers.lost)],
    }


def _shown(
    request: HttpRequest,
    form: AttachForm,
    entry: Entry,
    *,
    status: int = 200,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    content = {"student": request.POST.getlist("student")}
    typed = typed_in(request.access, content, uuid7())
    lists = None
    if not form.takes_typed_names:
        lists = filled_lists(
            request.access,
            "student",
            group=request.POST.get("student_group", ""),
            chosen_ids=[UUID(chip["value"]) for chip in typed.student],
        )
    context = {
        "form": form,
        "entry": entry,
        "typed": typed,
        "lists": lists,
        "faults": faults_of(form),
    } | (more or {})
    return render(request, "incidents/attach.html", context, status=status)
