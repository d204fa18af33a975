from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core.access.decorators import requires, signed_in
from core.access.enums import SystemPermission
from core.db.clock import now
from core.tenancy import current_school
from core.web.hiding import for_paper
from core.web.pdf import render_pdf
from shared_apps.people.selectors import names_of
from tenant_apps.documents.services import logo_for_print
from tenant_apps.incidents import selectors, services
from tenant_apps.incidents.views.searching import LapsedSearchError, kept_search, say_lapsed, searched
from tenant_apps.maps.services import picture_for_print
from tenant_apps.students.selectors import get_student, student_header


@signed_in
@require_safe
def print_entry(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """ "Print view": this one incident and its actions as a PDF."""
    incident = selectors.get_incident(request.access, incident_id)
    with for_paper():
        entry = selectors.entry_for(request.access, incident)
    services.note_printed(student_ids=entry.student_ids, entries=[entry.id], by=request.access)
    _put_pictures([entry])
    context = {"entry": entry, "print": _made(request, f"Incident no. {incident.number}")}
    return _pdf("incidents/print_entry.html", context, f"record-{incident.number}.pdf")


@requires(SystemPermission.VIEW_STUDENT_DETAILS)
@require_safe
def chronology_pdf(request: HttpRequest, student_id: UUID) -> HttpResponse:
    """ "PDF (print view)" of the "Incidents" tab: every entry open to the reader, or what a search finds."""
    student = get_student(request.access, student_id)
    try:
        search = kept_search(request, student_id)
    except LapsedSearchError:
        return say_lapsed(request, student_id)
    with for_paper():
        header = student_header(student)
        entries = list(selectors.whole_chronology(request.access, student_id, search=search))
    _put_pictures(entries)
    services.note_printed(
        student_ids=[student_id],
        entries=[entry.id for entry in entries],
        search=search,
        by=request.access,
    )
    context = {
        "student": header,
        "entries": entries,
        "practice": sum(entry.is_practice for entry in entries),
        "first": min((entry.happened_at for entry in entries), default=None),
        "last": max((entry.happened_at for entry in entries), default=None),
        "print": _made(request, "Chronology"),
    } | searched(request, search)
    return _pdf("incidents/print_chronology.html", context, f"chronology-{now():%Y-%m-%d}.pdf")


def _put_pictures(entries: Iterable[selectors.Entry]) -> None:
    """Puts the pictures of uploaded maps into the page: what makes the PDF fetches none."""
    pictures: dict[UUID, str] = {}
    for shown in (shown for entry in entries for shown in entry.every_map):
        if document_id := shown.document_id:
            if document_id not in pictures:
                pictures[document_id] = picture_for_print(document_id)
            shown.url = pictures[document_id]


def _made(request: HttpRequest, title: str) -> dict[str, object]:
    maker = names_of([request.access.user_id])[request.access.user_id]
    return {
        "school": current_school().name,
        "logo": logo_for_print(),
        "title": title,
        "made_by": maker.full,
        "made_at": now(),
    }


def _pdf(template: str, context: dict[str, object], name: str) -> HttpResponse:
    # The name of the file says nothing about the child.
    response = HttpResponse(render_pdf(template, context), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
