from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core.access.decorators import requires, signed_in
from core.access.enums import SystemPermission
from core.db.keys import uuid7
from core.web.hiding import asks_to_show_names
from tenant_apps.incidents import selectors, services
from tenant_apps.incidents.forms import (
    ADDING_INCIDENT,
    ENDED,
    IncidentForm,
    PlannerForm,
    field_labels,
    planner_form,
    sections_of,
)
from tenant_apps.incidents.views.blocking import say_who_was_skipped
from tenant_apps.incidents.views.links import place_in_log
from tenant_apps.incidents.views.marks import marking
from tenant_apps.incidents.views.typed import FIELDS, Typed, faults_of, planner_faults, typed_in, uuid_or_404
from tenant_apps.staff.selectors import default_group_people, form_notices
from tenant_apps.students.adapters import TwoLists, filled_lists

ABOUT_NAMES = (
    "Spell linked students' names as in the MIS; use initials or mum/ dad/ brother/ sister for people who "
    "are not linked."
)


@requires(SystemPermission.ADD_ENTRIES)
@require_http_methods(["GET", "HEAD", "POST"])
@asks_to_show_names
def add_incident(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        typed = _begun(request)
        form = IncidentForm(access=request.access, content=typed.content)
        planner = planner_form(request.access, content=typed.planner)
        return render(
            request, "incidents/add.html", _page(form, typed, _lists(request, form, typed), planner)
        )
    form = IncidentForm(request.POST, access=request.access)
    planner = planner_form(request.access, request.POST)
    shows_names = "show_names" in request.POST and not form.settings.allow_student_search
    if shows_names or "mark_add" in request.POST:
        typed = typed_in(request.access, dict(request.POST.lists()), _draft_id(request))
        form = IncidentForm(access=request.access, content=typed.content)
        planner = planner_form(request.access, content=typed.planner)
        return render(
            request, "incidents/add.html", _page(form, typed, _lists(request, form, typed), planner)
        )
    is_complete = planner is None or planner.is_complete
    if not form.is_valid() or not is_complete:
        return _refused(request, form, planner)
    given = form.cleaned_data
    try:
        incident = services.add_incident(
            incident_id=given["draft"],
            student_id=given["student"],
            unlisted=_unlisted(given),
            text=given["text"],
            category_ids=given["categories"],
            linked=[services.LinkedStudent(student) for student in given["linked"]],
            marks=given["marks"],
            monitor_linked=given["monitor_linked"],
            share_documents=given["share_documents"],
            happened_at=given["happened_at"],
            status=given["status"],
            assignee_id=given["assign_to"],
            alert_user_ids=given["alert_staff"],
            alert_group_ids=given["alert_groups"],
            agency_ids=given["agencies"],
            answers=form.answers,
            is_practice=form.is_practice,
            reminder=planner.given if planner else None,
            by=request.access,
        )
    except services.TrainingEndedError:
        # Between the check of the form and the storing of it.
        form.add_error("training", ENDED)
        return _refused(request, form, planner)
    messages.success(request, f"Incident no. {incident.number} was added.")
    say_who_was_skipped(request, incident.pk, users=given["alert_staff"], groups=given["alert_groups"])
    if student_id := selectors.log_of(request.access, incident):
        return redirect(place_in_log(student_id, incident.pk))
    return redirect("dashboard:home")


@signed_in
@require_safe
def told(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """Who was told of one's own incident and who has opened it, for the line that changes by itself."""
    telling = selectors.telling(request.access, incident_id)
    if telling is None:
        raise Http404("not an incident of one's own")
    context = {"telling": telling, "team": default_group_people()}
    return render(request, "incidents/telling.html", context)


def _refused(request: HttpRequest, form: IncidentForm, planner: PlannerForm | None) -> HttpResponse:
    """The form again with what was typed, and why nothing was stored."""
    typed = typed_in(request.access, dict(request.POST.lists()), form.cleaned_data.get("draft") or uuid7())
    context = _page(form, typed, _lists(request, form, typed), planner)
    return render(request, "incidents/add.html", context, status=422)


def _begun(request: HttpRequest) -> Typed:
    """The form at its start: a draft taken up again, or empty but for the student it was opened for."""
    if "draft" in request.GET:
        draft = selectors.get_draft(request.access, uuid_or_404(request.GET["draft"]))
        return typed_in(request.access, draft.content, draft.pk)
    content = {"student": [request.GET["student"]]} if "student" in request.GET else {}
    return typed_in(request.access, content, uuid7())


def _unlisted(given: dict[str, Any]) -> services.Unlisted | None:
    if not given["about"]:
        return None
    return services.Unlisted(given["about"], given["unlisted_name"], given["unlisted_class"])


def _draft_id(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("draft", ""))
    except ValueError:
        return uuid7()


def _lists(request: HttpRequest, form: IncidentForm, typed: Typed) -> dict[str, TwoLists]:
    """The student fields as two lists each, where the school offers no suggestions; else nothing."""
    if form.settings.allow_student_search:
        return {}
    return {
        field: filled_lists(
            request.access,
            field,
            group=request.POST.get(f"{field}_group", ""),
            chosen_ids=[UUID(chip["value"]) for chip in getattr(typed, field)],
        )
        for field in ("student", "linked")
    }


def _page(
    form: IncidentForm, typed: Typed, lists: dict[str, TwoLists], planner: PlannerForm | None
) -> dict[str, Any]:
    notices = form_notices()
    marks = marking(typed.marks)
    left_out = {"files": form.takes_files, "maps": bool(marks.maps), "planner": planner is not None}
    return {
        "sections": sections_of(
            form, ADDING_INCIDENT, without=[key for key, has in left_out.items() if not has]
        ),
        "text_hint": f"{notices.incident_hint} {ABOUT_NAMES}",
        "lists": lists,
        "marking": marks,
        "form": form,
        "typed": typed,
        "planner": planner,
        "faults": faults_of(form, field_labels(form, FIELDS)) + planner_faults(planner),
        "notices": notices,
        "preselecting": form.preselecting_categories(),
        "assignees": form.assignee_list,
        "default_group": form.default_group,
        "draft_url": reverse("incidents:draft", args=[typed.draft_id]),
    }
