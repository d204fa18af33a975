from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from core.access.decorators import requires
from core.access.enums import SystemPermission
from core.web.hiding import asks_to_show_names
from tenant_apps.incidents import selectors, services
from tenant_apps.incidents.forms import MergeForm, MoveForm, NumberForm, SplitForm
from tenant_apps.incidents.views.confirming import unconfirmed
from tenant_apps.incidents.views.editing import back_to
from tenant_apps.incidents.views.typed import faults_of, students_chosen

NOTHING_FOUND = "No incident with this number can be merged with. Look at the number again."
OTHER_STUDENT = "That incident is about another student. Only incidents of the same student can be merged."
MIXED = "One of the two is practice and the other is not. They stay apart."


@requires(SystemPermission.EDIT_INCIDENTS)
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """ "Merge": asks for the number of the one to keep, shows it, and carries it out when told again."""
    surplus = selectors.get_incident(request.access, incident_id)
    selectors.assert_whole(request.access, incident_id)
    context: dict[str, Any] = {"incident": surplus, "form": NumberForm(), "status": 200}
    if request.method == "POST":
        form = MergeForm(request.POST)
        if not form.is_valid():
            raise Http404("no such incident")
        main = selectors.get_incident(request.access, form.cleaned_data["into"])
        if selectors.main_student(main.pk) != selectors.main_student(surplus.pk):
            raise Http404("no such incident")
        asked = unconfirmed(
            selectors.groups_changed_by_merging(surplus, main),
            selectors.readers_after_merging(surplus, main),
            form.cleaned_data["confirm_readers"],
        )
        if not asked:
            return _merged(request, incident_id, main.pk)
        context |= {"found": _shown(request, incident_id, main), "number": main.number, "status": 422} | asked
    elif "number" in request.GET:
        context |= _searched(request, surplus)
    return render(request, "incidents/merge.html", context, status=context["status"])


def _merged(request: HttpRequest, surplus_id: UUID, main_id: UUID) -> HttpResponse:
    try:
        main = services.merge_incidents(surplus_id=surplus_id, main_id=main_id, by=request.access)
    except services.CannotMergeError:
        raise Http404("no such incident") from None
    messages.success(request, f"Merged: it stands beneath incident no. {main.number} now, as an action.")
    return back_to(request, main_id)


def _searched(request: HttpRequest, surplus: Any) -> dict[str, Any]:
    form = NumberForm(request.GET)
    if not form.is_valid():
        return {"form": form, "status": 422}
    found = selectors.by_number(request.access, form.cleaned_data["number"])
    if found is None or found.pk == surplus.pk:
        # An unknown number and one that is not theirs to read answer alike.
        services.note_searched(incident_id=surplus.pk, found=None, student_ids=[], by=request.access)
        form.add_error("number", NOTHING_FOUND)
        return {"form": form, "status": 422}
    if selectors.main_student(found.pk) != selectors.main_student(surplus.pk):
        services.note_searched(incident_id=surplus.pk, found=None, student_ids=[], by=request.access)
        form.add_error("number", OTHER_STUDENT)
        return {"form": form, "status": 422}
    if selectors.is_mixed(surplus, found):
        form.add_error("number", MIXED)
        return {"form": form, "status": 422}
    return {"form": form, "found": _shown(request, surplus.pk, found), "number": found.number}


def _shown(request: HttpRequest, surplus_id: UUID, found: Any) -> selectors.Entry:
    entry = selectors.entry_for(request.access, found)
    services.note_searched(
        incident_id=surplus_id, found=found.pk, student_ids=entry.student_ids, by=request.access
    )
    return entry


@requires(SystemPermission.EDIT_INCIDENTS)
@require_http_methods(["GET", "HEAD", "POST"])
def split(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """ "Split as Incident"."""
    action = selectors.get_action(request.access, action_id)
    selectors.assert_whole(request.access, action.incident_id)
    stands = selectors.editable_incident(request.access, action.incident_id)
    form = SplitForm(
        request.POST if request.method == "POST" else None,
        access=request.access,
        filed=stands.filed,
        may_be_empty=bool(stands.stays),
    )
    asked: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        chosen = form.cleaned_data["categories"]
        before, after = selectors.filed_after(request.access, action.incident_id, chosen)
        asked = unconfirmed(
            selectors.changed_groups(before, after),
            selectors.readers_after_splitting(action, after),
            form.cleaned_data["confirm_readers"],
        )
        if not asked:
            made = services.split_action(action_id=action_id, category_ids=chosen, by=request.access)
            messages.success(request, f"The action is incident no. {made.number} now.")
            return back_to(request, made.pk)
    entry = selectors.entry_for(request.access, action.incident)
    context = {
        "form": form,
        "stands": stands,
        "action": next(line for line in entry.actions if line.id == action_id),
        "chosen": set(request.POST.getlist("categories")) if form.is_bound else set(map(str, stands.filed)),
        "faults": faults_of(form, {"categories": "Categories"}),
    } | asked
    return render(request, "incidents/split.html", context, status=422 if form.errors or asked else 200)


@requires(SystemPermission.EDIT_INCIDENTS)
@require_http_methods(["GET", "HEAD", "POST"])
@asks_to_show_names
def move(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """ "Move to another student": asks for the student and the reason."""
    incident = selectors.get_incident(request.access, incident_id)
    selectors.assert_whole(request.access, incident_id)
    now_about = selectors.main_student(incident_id)
    if now_about is None:
        raise Http404("about nobody")
    form = MoveForm(
        request.POST if request.method == "POST" else None, access=request.access, now_about=now_about
    )
    asked: dict[str, Any] = {}
    if form.is_bound and form.is_valid():
        student = form.cleaned_data["student"]
        people = selectors.readers_after_moving(incident, student)
        asked = unconfirmed(([], []), people, form.cleaned_data["confirm_readers"])
        if not asked:
            services.move_incident(
                incident_id=incident_id,
                student_id=student,
                reason=form.cleaned_data["reason"],
                by=request.access,
            )
            messages.success(request, f"Incident no. {incident.number} was moved. Those alerted are told.")
            return back_to(request, incident_id)
    context = {
        "form": form,
        "incident": incident,
        "chosen": students_chosen(request.access, request.POST.getlist("student")),
        "faults": faults_of(form, {"student": "Student", "reason": "Reason"}),
    } | asked
    return render(request, "incidents/move.html", context, status=422 if form.errors or asked else 200)
