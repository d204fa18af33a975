from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from core.access.decorators import key_user, requires
from core.access.enums import SystemPermission
from core.db.keys import uuid7
from core.web.hiding import asks_to_show_names
from tenant_apps.incidents import selectors, services
from tenant_apps.incidents.forms import (
    ADDING_ACTION,
    ENDED,
    ActionForm,
    CopyForm,
    PlannerForm,
    field_labels,
    planner_form,
    sections_of,
)
from tenant_apps.incidents.selectors import Entry
from tenant_apps.incidents.views.blocking import say_who_was_skipped
from tenant_apps.incidents.views.typed import FIELDS, Typed, faults_of, planner_faults, typed_in, uuid_or_404
from tenant_apps.staff.selectors import form_notices


@requires(SystemPermission.ADD_ENTRIES)
@require_http_methods(["GET", "HEAD", "POST"])
@asks_to_show_names
def add_action(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    incident = selectors.incident_for_action(request.access, incident_id)
    is_readable = selectors.may_read_incident(request.access, incident_id)
    shown = selectors.entry_for if is_readable else selectors.own_entry
    entry = shown(request.access, incident)
    own = {
        "own_words": selectors.own_words_under(request.access, incident_id),
        "is_readable": is_readable,
    }
    if request.method != "POST":
        typed = _begun(request)
        form = ActionForm(access=request.access, content=typed.content)
        planner = planner_form(request.access, content=typed.planner)
        return render(request, "incidents/add_action.html", _page(form, typed, entry, planner) | own)
    form = ActionForm(request.POST, access=request.access)
    planner = planner_form(request.access, request.POST)
    is_complete = planner is None or planner.is_complete
    valid = form.is_valid() and is_complete
    readers = _changed_readers(request, form, entry) if valid else {}
    if not valid or readers:
        return _refused(request, form, entry, readers | own, planner)
    given = form.cleaned_data
    try:
        action = services.add_action(
            action_id=given["draft"],
            incident_id=incident_id,
            text=given["text"],
            happened_at=given["happened_at"],
            category_ids=given["categories"],
            copies_to_linked=given["copy_to_linked"],
            share_documents=given["share_documents"],
            agency_ids=given["agencies"],
            answers=form.answers,
            is_practice=form.is_practice,
            alert_user_ids=given["alert_staff"],
            alert_group_ids=given["alert_groups"],
            alerts_incident_recipients=given["like_incident"],
            reminder=planner.given if planner else None,
            by=request.access,
        )
    except services.TrainingEndedError:
        # Between the check of the form and the storing of it.
        form.add_error("training", ENDED)
        return _refused(request, form, entry, own, planner)
    messages.success(request, "The action was added.")
    say_who_was_skipped(request, incident_id, users=given["alert_staff"], groups=given["alert_groups"])
    if not is_readable:
        return redirect("incidents:own-action", action_id=action.pk)
    return redirect("incidents:entry", incident_id=incident_id)


@key_user
@requires(SystemPermission.ADD_ENTRIES)
@require_http_methods(["GET", "HEAD", "POST"])
@asks_to_show_names
def copy_action(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """ "Add to linked incidents": a copy to linked students that was forgotten when the action was added."""
    incident = selectors.get_action(request.access, action_id).incident
    selectors.assert_whole(request.access, incident.pk)
    entry = selectors.entry_for(request.access, incident)
    action = next(action for action in entry.actions if action.id == action_id)
    offered = [student.id for student in action.not_copied_to]
    form = CopyForm(request.POST if request.method == "POST" else None, offered=offered)
    if request.method == "POST" and form.is_valid():
        services.add_to_linked_incidents(
            action_id=action_id,
            student_ids=form.cleaned_data["students"],
            share_documents=form.cleaned_data["share_documents"],
            by=request.access,
        )
        messages.success(request, "The action was added to the linked students' logs.")
        return redirect("incidents:entry", incident_id=incident.pk)
    chosen = request.POST.getlist("students") if form.is_bound else [str(student) for student in offered]
    context = {
        "entry": entry,
        "action": action,
        "form": form,
        "chosen": chosen,
        "faults": faults_of(form, FIELDS | {"students": "Linked student(s)"}),
    }
    return render(request, "incidents/copy_action.html", context, status=422 if form.errors else 200)


@key_user
@require_POST
def decide_category(request: HttpRequest, waiting_id: UUID) -> HttpResponse:
    """Confirms or declines a category that someone without a key proposed."""
    is_accepted = request.POST.get("decision") == "confirm"
    incident = services.decide_waiting_category(
        waiting_id=waiting_id, is_accepted=is_accepted, by=request.access
    )
    messages.success(request, "The category was added." if is_accepted else "The category was declined.")
    return redirect("incidents:entry", incident_id=incident.pk)


def _refused(
    request: HttpRequest, form: ActionForm, entry: Entry, more: dict[str, Any], planner: PlannerForm | None
) -> HttpResponse:
    """The form again with what was typed, and why nothing was stored."""
    typed = typed_in(request.access, dict(request.POST.lists()), form.cleaned_data.get("draft") or uuid7())
    context = _page(form, typed, entry, planner) | more
    return render(request, "incidents/add_action.html", context, status=422)


def _changed_readers(request: HttpRequest, form: ActionForm, entry: Entry) -> dict[str, Any]:
    """The user groups that would gain or lose sight of the incident, until a key user has confirmed them."""
    if (
        not request.access.is_elevated
        or form.cleaned_data["confirm_readers"]
        or not form.cleaned_data["categories"]
    ):
        return {}
    gained, lost = services.widened_groups(entry.carried_ids, form.cleaned_data["categories"])
    return {"groups_gained": gained, "groups_lost": lost, "asks_readers": True} if gained or lost else {}


def _begun(request: HttpRequest) -> Typed:
    if "draft" in request.GET:
        draft = selectors.get_draft(request.access, uuid_or_404(request.GET["draft"]))
        return typed_in(request.access, draft.content, draft.pk)
    return typed_in(request.access, {}, uuid7())


def _page(form: ActionForm, typed: Typed, entry: Entry, planner: PlannerForm | None) -> dict[str, Any]:
    draft_url = reverse("incidents:draft", args=[typed.draft_id])
    left_out = {"linked": entry.linked, "files": form.takes_files, "planner": planner}
    return {
        "sections": sections_of(
            form, ADDING_ACTION, without=[key for key, has in left_out.items() if not has], linked="copies"
        ),
        "form": form,
        "typed": typed,
        "entry": entry,
        "faults": faults_of(
            form, field_labels(form, FIELDS | {"text": "Action Taken", "categories": "Add Categories"})
        )
        + planner_faults(planner),
        "planner": planner,
        "notices": form_notices(),
        "draft_url": f"{draft_url}?incident={entry.id}",
    }
