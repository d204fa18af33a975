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
    incident_id = request.GET.get("incident")
    about = selectors.get_incident(request.access, uuid_or_404(incident_id)).pk if incident_id else None
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
