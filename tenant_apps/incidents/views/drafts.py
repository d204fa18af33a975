from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.access.decorators import requires
from core.access.enums import SystemPermission
from tenant_apps.incidents import selectors, services
from tenant_apps.incidents.views.typed import kept_content, uuid_or_404


@requires(SystemPermission.ADD_ENTRIES)
@require_POST
def save_draft(request: HttpRequest, draft_id: UUID) -> JsonResponse:
    """Keeps the form as it stands and answers with the time of saving."""
    about = uuid_or_404(request.GET["incident"]) if request.GET.get("incident") else None
    # Once begun it is kept, also when the incident closes to its author meanwhile: the words are their own.
    if about and not selectors.is_own_draft_under(request.access, draft_id, about):
        selectors.incident_for_action(request.access, about)
    draft = services.save_draft(
        draft_id=draft_id, content=kept_content(request.POST), incident_id=about, by=request.access
    )
    return JsonResponse({"saved_at": f"{timezone.localtime(draft.saved_at):%H:%M}"})


@requires(SystemPermission.ADD_ENTRIES)
@require_POST
def discard_draft(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    services.discard_draft(draft_id=draft_id, by=request.access)
    messages.success(request, "The draft was put away.")
    return redirect("dashboard:home")
