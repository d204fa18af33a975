from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.access.decorators import signed_in
from tenant_apps.incidents import selectors, services


@signed_in
@require_safe
def own_words(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """The author's own incident, for 7 days, as they wrote it."""
    own = selectors.own_incident(request.access, incident_id)
    return _shown(request, own, ("incident", incident_id))


@signed_in
@require_safe
def own_action(request: HttpRequest, action_id: UUID) -> HttpResponse:
    """The author's own action, for 7 days, as they wrote it."""
    own = selectors.own_action(request.access, action_id)
    return _shown(request, own, ("action", action_id))


def _shown(request: HttpRequest, own: selectors.OwnWords, about: tuple[str, UUID]) -> HttpResponse:
    services.note_own_words(record_of=about, student_ids=own.entry.student_ids, by=request.access)
    return render(request, "incidents/own_words.html", {"own": own})
