""" "Admin" > "Imports": the history, an upload, one import while it runs and afterwards."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from core.access.decorators import requires
from core.access.enums import SystemPermission
from core.db.keys import uuid7
from tenant_apps.documents.adapters.uploads import csrf_refusal, receive_file
from tenant_apps.documents.services import UploadRefused
from tenant_apps.imports import selectors
from tenant_apps.imports.enums import ImportSource
from tenant_apps.imports.forms import HistoryForm
from tenant_apps.imports.services import MAX_PACKED, OWNER_KIND, note_extract, progress_of, queue_import


@requires(SystemPermission.ADMINISTRATION)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The state of the imports, their history, and the form for an extract."""
    form = HistoryForm(request.GET)
    before = form.cleaned_data["before"] if form.is_valid() else None
    imports, older = selectors.recent_imports(request.access, before=before)
    context = {
        "imports": imports,
        "older": older,
        "before": before,
        "last": selectors.last_applied(request.access),
    }
    return render(request, "imports/home.html", context)


# A slow upload holds no transaction open, and nothing of it is read before the person is known: the check of
# the token is csrf_refusal's, by the header alone.
@csrf_exempt
@transaction.non_atomic_requests
@require_POST
@requires(SystemPermission.ADMINISTRATION)
def upload(request: HttpRequest) -> HttpResponseBase:
    """Take one extract, encrypted as it arrives, and have a worker apply it."""
    if refused := csrf_refusal(request):
        return refused
    import_id = uuid7()
    try:
        document = receive_file(
            request, owner=(OWNER_KIND, import_id), by=request.access, max_bytes=MAX_PACKED
        )
    except UploadRefused as refusal:
        return render(request, "imports/upload_refused.html", {"reason": refusal.sentence})
    with transaction.atomic():
        note_extract(import_id=import_id, document=document, source=ImportSource.UPLOAD, by=request.access)
        queue_import(import_id=import_id)
    page = reverse("imports:detail", args=[import_id])
    return HttpResponseClientRedirect(page) if request.htmx else redirect(page)


@requires(SystemPermission.ADMINISTRATION)
@require_safe
def detail(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """One import: its progress, or what became of it."""
    return render(request, "imports/detail.html", _shown(request, import_id))


@requires(SystemPermission.ADMINISTRATION)
@require_safe
def progress(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """The part of the page that is asked again while the import runs."""
    return render(request, "imports/result.html", _shown(request, import_id))


def _shown(request: HttpRequest, import_id: UUID) -> dict[str, object]:
    entry = selectors.get_import(request.access, import_id)
    return {
        "entry": entry,
        "progress": None if entry.is_finished else progress_of(import_id),
        "words": selectors.WORDS,
    }
