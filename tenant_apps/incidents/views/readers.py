from contextlib import suppress
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.access.decorators import requires, signed_in
from core.access.enums import SystemPermission
from tenant_apps.alerts.services import choose_recipients
from tenant_apps.categories.selectors import category_map, close_upward
from tenant_apps.incidents import selectors
from tenant_apps.incidents.selectors import Readers


@signed_in
@require_safe
def readers(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """ "n people can read this", of one incident; their names for editors."""
    incident = selectors.get_incident(request.access, incident_id)
    context = shown_to(request, selectors.readers_of(incident)) | {"incident": incident}
    return render(request, "incidents/readers.html", context)


@requires(SystemPermission.ADD_ENTRIES)
@require_safe
def readers_of_form(request: HttpRequest) -> HttpResponse:
    """The same for what "Add Incident" would add, as the form stands now."""
    categories = category_map()
    # Of other categories the number of readers is nobody's to find out here.
    chosen = set(_ids(request, "categories")) & request.access.add_incidents & set(categories)
    is_unlisted = bool(request.GET.get("about"))
    students = [*([] if is_unlisted else _ids(request, "student")), *_ids(request, "linked")]
    found = None
    if chosen:
        carried = close_upward(chosen, categories=categories)
        alerted = choose_recipients(
            chosen=_ids(request, "alert_staff"),
            groups=_ids(request, "alert_groups"),
            category_ids=carried,
            author_id=request.access.user_id,
            barred=selectors.barred_from(students),
            is_action=True,
            with_default=is_unlisted,
        )
        found = selectors.readers_if_added(
            category_ids=chosen,
            student_ids=students,
            is_unlisted=is_unlisted,
            alerted=alerted,
            assignee_id=next(iter(_ids(request, "assign_to")), None),
            categories=categories,
        )
    return render(request, "incidents/readers_of_form.html", shown_to(request, found))


def shown_to(request: HttpRequest, readers: Readers | None) -> dict[str, Any]:
    """The number for everybody, the names for editors."""
    names = readers.names if readers and request.access.is_editor else []
    return {"readers": readers, "reader_names": names}


def _ids(request: HttpRequest, name: str) -> list[UUID]:
    """The ids among what was typed; the form itself says what is wrong with the others."""
    found = []
    for text in request.GET.getlist(name)[:200]:
        with suppress(ValueError):
            found.append(UUID(text))
    return found
