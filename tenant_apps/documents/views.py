"""Upload into a draft, take out of it, open."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from core.access import SystemPermission
from core.access.decorators import requires, signed_in
from core.crypto import KeyUnavailable
from tenant_apps.documents.adapters.storage import StoreUnavailable
from tenant_apps.documents.adapters.uploads import csrf_refusal, receive_file
from tenant_apps.documents.forms import UploadForm
from tenant_apps.documents.selectors import count_in_draft
from tenant_apps.documents.services import (
    DocumentUnavailable,
    UploadRefused,
    open_document,
    remove_from_draft,
)

MOST_IN_A_DRAFT = 50
# Nothing in a document may run, load or frame anything, whatever it turns out to be.
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


# A slow upload holds no transaction open. The check of the token is csrf_refusal's, by the header alone:
# Django's would read the file before anybody was asked who sends it.
@csrf_exempt
@transaction.non_atomic_requests
@require_POST
@requires(SystemPermission.ADD_ENTRIES)
def upload(request: HttpRequest) -> HttpResponseBase:
    """Take one file into the draft named by `?draft=`; answers what the form needs to list it."""
    if refused := csrf_refusal(request):
        return refused
    form = UploadForm(request.GET)
    if not form.is_valid():
        return JsonResponse(
            {"error": "The form this file belongs to is not known. Reload the page."}, status=400
        )
    draft_id = form.cleaned_data["draft"]
    try:
        if count_in_draft(request.access, draft_id) >= MOST_IN_A_DRAFT:
            raise UploadRefused(f"No more than {MOST_IN_A_DRAFT} files can be added to one entry.", 400)
        document = receive_file(request, owner=("draft", draft_id), by=request.access)
    except UploadRefused as refusal:
        return JsonResponse({"error": refusal.sentence}, status=refusal.status)
    return JsonResponse(
        {
            "id": str(document.id),
            "name": document.name,
            "size": document.size,
            "url": reverse("documents:open", args=[document.id]),
            "remove_url": reverse("documents:remove", args=[document.id]),
            "is_image": document.opens_inline and document.content_type.startswith("image/"),
        },
        status=201,
    )


@require_POST
@signed_in
def remove(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Take one's own file out of a draft."""
    remove_from_draft(document_id, by=request.access)
    return HttpResponse(status=204)


@require_safe
@signed_in
def open_(request: HttpRequest, document_id: UUID) -> HttpResponseBase:
    """Show a picture or a PDF, download anything else; the event is committed before the first byte."""
    try:
        document = open_document(document_id, by=request.access)
    except DocumentUnavailable:
        return render(request, "documents/unavailable.html", {"is_lost": True}, status=410)
    except (StoreUnavailable, KeyUnavailable):
        away = render(request, "documents/unavailable.html", {"is_lost": False}, status=503)
        away["Retry-After"] = "60"
        return away
    response = StreamingHttpResponse(document.content, content_type=document.content_type)
    response["Content-Length"] = str(document.size)
    dress = content_disposition_header(not document.opens_inline, document.name)
    response["Content-Disposition"] = dress or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
