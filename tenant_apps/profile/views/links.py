""" "Links": other children who belong to a student."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.access.decorators import requires
from core.access.enums import SystemPermission
from core.web.hiding import asks_to_show_names
from tenant_apps.profile import selectors
from tenant_apps.profile.forms import LinkForm, SiblingForm
from tenant_apps.students.enums import OwnRelationship
from tenant_apps.students.selectors import students_by_ids, visible_among
from tenant_apps.students.services import (
    LinkedToThemselvesError,
    add_link,
    add_sibling_elsewhere,
    end_link,
    end_sibling_elsewhere,
    note_viewed,
)


@requires(SystemPermission.VIEW_STUDENT_DETAILS)
@require_http_methods(["GET", "HEAD", "POST"])
@asks_to_show_names
def links(request: HttpRequest, student_id: UUID) -> HttpResponse:
    """Links of the MIS, links made by hand, and siblings at another school."""
    shown = selectors.links(request.access, student_id)
    asked = request.POST.get("do") if request.method == "POST" else None
    link = LinkForm(request.POST if asked == "link" else None)
    sibling = SiblingForm(request.POST if asked == "sibling" else None)
    if asked and _carried_out(request, student_id, asked, link, sibling):
        return redirect("profile:links", student_id=student_id)
    if not asked:
        note_viewed(student_id=student_id, by=request.access)
    context = {
        "student": shown.header,
        "links": shown,
        "link": link,
        "sibling": sibling,
        "failed": link if link.errors else sibling if sibling.errors else None,
        "picked": _picked(request, link),
    }
    return render(request, "profile/links.html", context, status=422 if context["failed"] else 200)


def _carried_out(
    request: HttpRequest, student_id: UUID, asked: str, link: LinkForm, sibling: SiblingForm
) -> bool:
    """Adds or ends what was asked; False with the form's faults where it cannot."""
    if asked in ("end-link", "end-sibling"):
        try:
            one = UUID(request.POST.get("id", ""))
        except ValueError:
            raise Http404 from None
        if asked == "end-link":
            end_link(student_id=student_id, link_id=one, by=request.access)
        else:
            end_sibling_elsewhere(student_id=student_id, sibling_id=one, by=request.access)
        messages.success(request, "The link was ended.")
        return True
    if asked == "link":
        if not link.is_valid():
            return False
        if not visible_among(request.access, [link.linked_id]):
            link.add_error("student", "Choose a student whose record you may see.")
            return False
        try:
            add_link(
                student_id=student_id,
                linked_id=link.linked_id,
                relationship=OwnRelationship(link.cleaned_data["relationship"]),
                note=link.cleaned_data["note"],
                by=request.access,
            )
        except LinkedToThemselvesError:
            link.add_error("student", "Choose another student: nobody is linked to themselves.")
            return False
        messages.success(request, "The link stands with both students.")
        return True
    if asked == "sibling":
        if not sibling.is_valid():
            return False
        add_sibling_elsewhere(student_id=student_id, given=sibling.given(), by=request.access)
        messages.success(request, "The sibling was noted.")
        return True
    raise BadRequest("This is not something the page asks.")


def _picked(request: HttpRequest, form: LinkForm) -> list[dict[str, object]]:
    """The student chosen before the page came back with faults."""
    chosen = form.cleaned_data.get("student") if form.is_bound and hasattr(form, "cleaned_data") else None
    if not chosen or not visible_among(request.access, [chosen]):
        return []
    names = students_by_ids([chosen])
    return [
        {"value": one.id, "label": one.name, "note": one.place, "initials": one.initials}
        for one in names.values()
    ]
