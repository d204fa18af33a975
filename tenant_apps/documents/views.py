"""Upload into a draft, take out of it, open."""

from uuid import UUID

from django.contrib import messages
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.db import transaction
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from core.access import SystemPermission
from core.access.decorators import public, requires, signed_in
from core.crypto import KeyUnavailable
from tenant_apps.documents import services
from tenant_apps.documents.adapters.logo import MOST_BYTES
from tenant_apps.documents.adapters.storage import StoreUnavailable
from tenant_apps.documents.adapters.uploads import FRAME_BYTES, csrf_refusal, receive_file
from tenant_apps.documents.forms import LogoForm, UploadForm
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


@public
@require_safe
def logo(request: HttpRequest) -> HttpResponse:
    """The school's logo, for its login page: the one picture that a visitor may see."""
    picture = services.read_logo()
    if picture is None:
        raise Http404("no logo")
    response = HttpResponse(picture, content_type="image/png")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    # Not for caches between schools and people, which may not tell one host from another.
    response["Cache-Control"] = "private, max-age=3600"
    return response


# Exempt only until the person is known: `_take_logo` asks for the token, in the form as well as in a header,
# so that the picture can be sent without script.
@csrf_exempt
@require_POST
@requires(SystemPermission.ADMINISTRATION)
def set_logo(request: HttpRequest) -> HttpResponseBase:
    """Make the picture in the form the school's logo."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES + FRAME_BYTES:
        return _logo_refused(request, "The picture is larger than 2 MB. Save it smaller and try again.", 413)
    # Held in memory, never on disk; anything larger than the limit was refused unread.
    request.upload_handlers = [MemoryFileUploadHandler(request)]
    return _take_logo(request)


@csrf_protect
def _take_logo(request: HttpRequest) -> HttpResponseBase:
    form = LogoForm(request.POST, request.FILES)
    if not form.is_valid():
        return _logo_refused(request, str(form.errors["file"][0]), 422)
    try:
        services.set_logo(form.cleaned_data["file"].read(), by=request.access)
    except UploadRefused as refusal:
        return _logo_refused(request, refusal.sentence, refusal.status)
    messages.success(request, "The logo is saved.")
    return redirect(f"{reverse('school_settings:settings')}#logo")


@require_POST
@requires(SystemPermission.ADMINISTRATION)
def remove_logo(request: HttpRequest) -> HttpResponse:
    """Take the logo off again."""
    services.remove_logo(by=request.access)
    messages.success(request, "The logo is removed.")
    return redirect(f"{reverse('school_settings:settings')}#logo")


def _logo_refused(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    return render(request, "documents/logo_refused.html", {"sentence": sentence}, status=status)
