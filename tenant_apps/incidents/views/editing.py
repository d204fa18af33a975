from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from core.access.decorators import requires
from core.access.enums import SystemPermission
from core.db.keys import uuid7
from core.web.hiding import asks_to_show_names
from tenant_apps.form_builder.adapters import typed_values
from tenant_apps.incidents import selectors, services
from tenant_apps.incidents.forms import (
    EDITING_ACTION,
    EDITING_INCIDENT,
    EditForm,
    EditIncidentForm,
    Stands,
    field_labels,
    sections_of,
)
from tenant_apps.incidents.forms.marks import value_of
from tenant_apps.incidents.selectors import Editable
from tenant_apps.incidents.selectors.marks import Marked
from tenant_apps.incidents.services import ChangedMeanwhileError, LinkedStudent
from tenant_apps.incidents.views.blocking import say_who_was_skipped
from tenant_apps.incidents.views.confirming import unconfirmed
from tenant_apps.incidents.views.marks import Marking, marking
from tenant_apps.incidents.views.typed import FIELDS, faults_of, typed_in


@requires(SystemPermission.EDIT_INCIDENTS)
@require_http_methods(["GET", "HEAD", "POST"])
@asks_to_show_names
def edit_incident(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """ "Edit", of an incident. Who saves second is told and sees both texts; who widens the readers, whom."""
    stands = selectors.editable_incident(request.access, incident_id)
    form = EditIncidentForm(
        request.POST if request.method == "POST" else None,
        access=request.access,
        main=stands.main,
        linked_now=[link.student.id for link in stands.links],
        may_be_empty=bool(stands.stays),
        content=_content(stands),
        stands=_answered(stands),
        files=[document.id for document in stands.files],
    )
    if not form.is_bound:
        return _shown(request, form, stands, stands)
    if "mark_add" in request.POST:
        return _shown(request, form, stands, None)
    given = form.cleaned_data if form.is_valid() else None
    if given is None:
        return _shown(request, form, stands, None, status=422)
    if given["seen"] != stands.seen:
        return _told_second(request, form, stands)
    if changed := _changed_readers(request, form, stands):
        return _shown(request, form, stands, None, status=422, more=changed)
    try:
        services.edit_incident(
            incident_id=incident_id,
            seen=given["seen"],
            text=given["text"],
            happened_at=given["happened_at"],
            category_ids=given["categories"],
            links=_links(form, stands),
            unlinked=form.unlinked(),
            removed_files=given["remove_files"],
            marks=given["marks"],
            agency_ids=given["agencies"],
            answers=form.answers,
            alert_user_ids=given["alert_staff"],
            alert_group_ids=given["alert_groups"],
            by=request.access,
        )
    except ChangedMeanwhileError:
        return _told_second(request, form, selectors.editable_incident(request.access, incident_id))
    messages.success(request, "The changes were saved.")
    say_who_was_skipped(request, incident_id, users=given["alert_staff"], groups=given["alert_groups"])
    return back_to(request, incident_id)


@requires(SystemPermission.EDIT_INCIDENTS)
@require_http_methods(["GET", "HEAD", "POST"])
@asks_to_show_names
def edit_action(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """ "Edit", of an action."""
    stands = selectors.editable_action(request.access, action_id)
    form = EditForm(
        request.POST if request.method == "POST" else None,
        access=request.access,
        stands=_answered(stands),
        files=[document.id for document in stands.files],
    )
    if not form.is_bound:
        return _shown(request, form, stands, stands)
    if not form.is_valid():
        return _shown(request, form, stands, None, status=422)
    given = form.cleaned_data
    try:
        services.edit_action(
            action_id=action_id,
            seen=given["seen"],
            text=given["text"],
            happened_at=given["happened_at"],
            removed_files=given["remove_files"],
            agency_ids=given["agencies"],
            answers=form.answers,
            alert_user_ids=given["alert_staff"],
            alert_group_ids=given["alert_groups"],
            by=request.access,
        )
    except ChangedMeanwhileError:
        return _told_second(request, form, selectors.editable_action(request.access, action_id))
    messages.success(request, "The changes were saved.")
    say_who_was_skipped(request, stands.incident_id, users=given["alert_staff"], groups=given["alert_groups"])
    return back_to(request, stands.incident_id)


def back_to(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """The incident, or the dashboard for whom the change has taken it from."""
    if selectors.may_read_incident(request.access, incident_id):
        return redirect("incidents:entry", incident_id=incident_id)
    return redirect("dashboard:home")


def _links(form: EditIncidentForm, stands: Editable) -> list[LinkedStudent]:
    given = form.cleaned_data
    standing = [
        LinkedStudent(link.student.id, given[f"role_{link.student.id}"], given[f"full_{link.student.id}"])
        for link in stands.links
        if link.student.id not in form.unlinked()
    ]
    return standing + [LinkedStudent(student, shows_full=False) for student in given["linked"]]


def _changed_readers(request: HttpRequest, form: EditIncidentForm, stands: Editable) -> dict[str, Any]:
    """Who would gain or lose sight of the incident, until exactly these were confirmed."""
    links = _links(form, stands)
    before, after = selectors.filed_after(request.access, stands.id, form.cleaned_data["categories"])
    people = selectors.readers_after(
        request.access,
        stands.id,
        carried=after,
        shown=[link.student_id for link in links if link.shows_full],
        added=form.cleaned_data["linked"],
        unlinked=form.unlinked(),
    )
    groups = selectors.changed_groups(before, after)
    return unconfirmed(groups, people, form.cleaned_data["confirm_readers"])


def _told_second(request: HttpRequest, form: EditForm, stands: Editable) -> HttpResponse:
    """Somebody saved first: what was typed stays in the form, beside what stands now."""
    meanwhile = {
        "stands_now": stands.text,
        "answers_now": selectors.read_as(stands.answers, str),
        "difference": selectors.differing(stands.text, form.cleaned_data["text"]),
    }
    return _shown(request, form, stands, None, status=409, more=meanwhile)


def _shown(
    request: HttpRequest,
    form: EditForm,
    stands: Editable,
    begins: Editable | None,
    *,
    status: int = 200,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    content = _content(begins) if begins else dict(request.POST.lists())
    is_told = status == 409
    typed = typed_in(request.access, content, uuid7())
    marks = _marking(stands, typed.marks, is_told=is_told)
    left_out = {"files": bool(stands.files), "maps": bool(marks.maps)}
    context = {
        "sections": sections_of(
            form,
            EDITING_INCIDENT if stands.is_incident else EDITING_ACTION,
            without=[key for key, has in left_out.items() if not has],
            linked="linked_now",
            files="files_now",
        ),
        "form": form,
        "stands": stands,
        "typed": typed,
        "marking": marks,
        "seen": stands.seen if begins or is_told else request.POST.get("seen", ""),
        "links": [
            {
                "student": link.student,
                "role": _posted(form, f"role_{link.student.id}", link.role),
                "shows_full": _posted(form, f"full_{link.student.id}", link.shows_full),
                "is_unlinked": _posted(form, f"unlink_{link.student.id}", False),
            }
            for link in stands.links
        ],
        "files_removed": set(content.get("remove_files", [])),
        "roles": [("", "no role given"), *_roles(form)],
        "faults": faults_of(
            form,
            field_labels(form, FIELDS | {"text": "Incident" if stands.is_incident else "Action Taken"}),
        ),
    } | (more or {})
    template = "incidents/edit.html" if stands.is_incident else "incidents/edit_action.html"
    return render(request, template, context, status=status)


def _answered(stands: Editable) -> Stands:
    answers = {one["field"]: typed_values(one["kind"], one["values"]) for one in stands.answers}
    return Stands(answers, categories=stands.filed | stands.kept, stays=stands.kept)


def _marking(stands: Editable, marks: list[Marked], *, is_told: bool) -> Marking:
    """The marks of the form. Who saves second finds those that somebody set meanwhile among their own."""
    there = {one.number for one in marks}
    missing = [one for one in stands.marks if one.number not in there] if is_told else []
    stored = {one.number for one in stands.marks if one.number}
    return marking([*missing, *marks], stored=stored, highest=stands.highest_mark)


def _roles(form: EditForm) -> list[tuple[str, str]]:
    return form.roles if isinstance(form, EditIncidentForm) else []


def _posted(form: EditForm, name: str, stored: Any) -> Any:
    return form[name].value() if form.is_bound else stored


def _content(stands: Editable) -> dict[str, list[str]]:
    local = timezone.localtime(stands.happened_at)
    return {
        "text": [stands.text],
        "happened_on": [f"{local:%Y-%m-%d}"],
        "happened_time": [f"{local:%H:%M}"],
        "categories": [str(category) for category in stands.filed],
        "agencies": [str(agency) for agency in stands.agencies],
        "mark": [value_of(one) for one in stands.marks],
        "mark_text": [one.text for one in stands.marks],
    }
