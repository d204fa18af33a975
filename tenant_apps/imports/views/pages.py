""" "Admin" > "Imports": the history, an upload, one import while it runs and afterwards."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from core.access.decorators import requires
from core.access.enums import SystemPermission
from core.db.keys import uuid7
from tenant_apps.documents.adapters.uploads import csrf_refusal, receive_file
from tenant_apps.documents.services import UploadRefused
from tenant_apps.imports import selectors
from tenant_apps.imports.enums import Decision, ImportSource, ImportState
from tenant_apps.imports.forms import DecisionForm, HistoryForm, SheetForm
from tenant_apps.imports.services import (
    MAX_PACKED,
    OWNER_KIND,
    decide_import,
    end_token,
    note_extract,
    progress_of,
    queue_import,
    renew_token,
)
from tenant_apps.students.services import note_listed

SAID = {
    Decision.APPLY: "The extract is being applied.",
    Decision.JOINERS: "Joiners and changes are being applied. Nobody is archived or disabled.",
    Decision.REJECT: "The extract was rejected. Nothing was changed.",
}


@requires(SystemPermission.ADMINISTRATION)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The state of the imports, their history, and the form for an extract."""
    form = HistoryForm(request.GET)
    before = form.cleaned_data["before"] if form.is_valid() else None
    imports, older = selectors.recent_imports(request.access, before=before)
    odd, odd_count = selectors.odd_students(request.access)
    note_listed(student_ids=[student.id for student in odd], by=request.access)
    context = {
        "odd": odd,
        "odd_count": odd_count,
        "imports": imports,
        "older": older,
        "before": before,
        "last": selectors.last_applied(request.access),
        "health": selectors.import_health(),
        "token": selectors.token_in_force(request.access),
        "sheet_form": SheetForm(),
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
    if selectors.get_import(request.access, import_id).state == ImportState.MAPPING:
        return redirect("imports:columns", import_id)
    return render(request, "imports/detail.html", _shown(request, import_id))


@requires(SystemPermission.ADMINISTRATION)
@require_safe
def progress(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """The part of the page that is asked again while the import runs."""
    return render(request, "imports/result.html", _shown(request, import_id))


@requires(SystemPermission.ADMINISTRATION)
@require_POST
def decide(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """ "Apply", "Apply joiners and changes only" or "Reject" an extract that was held."""
    selectors.get_import(request.access, import_id)
    asked, _ = selectors.same_children(request.access, import_id)
    form = DecisionForm(request.POST, questions=[one.key for one in asked])
    if not form.is_valid():
        return render(request, "imports/detail.html", _shown(request, import_id), status=422)
    decision = Decision(form.cleaned_data["decision"])
    try:
        decide_import(import_id=import_id, decision=decision, by=request.access, answers=form.answers)
    except ValidationError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, SAID[decision])
    return redirect("imports:detail", import_id)


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "POST"])
def token(request: HttpRequest) -> HttpResponse:
    """Asks before the school gets a new token, and shows it this once."""
    if request.method == "GET":
        return render(request, "imports/token.html", {"token": selectors.token_in_force(request.access)})
    made = renew_token(by=request.access)
    address = request.build_absolute_uri(reverse("imports:api-extracts"))
    return render(request, "imports/token_made.html", {"made": made, "address": address})


@requires(SystemPermission.ADMINISTRATION)
@require_POST
def stop_token(request: HttpRequest) -> HttpResponse:
    """No MIS can hand extracts in any more."""
    if end_token(by=request.access):
        messages.success(request, "The token is not valid any more. The MIS can hand no extracts in.")
    return redirect("imports:home")


def _shown(request: HttpRequest, import_id: UUID) -> dict[str, object]:
    entry = selectors.get_import(request.access, import_id)
    differences: list[selectors.Difference] = []
    asked: list[selectors.SameChild] = []
    if entry.state == ImportState.HELD:
        differences, named = selectors.differences_of(request.access, import_id)
        asked, also_named = selectors.same_children(request.access, import_id)
        note_listed(student_ids=named | also_named, by=request.access)
    return {
        "differences": differences,
        "asked": asked,
        "may_answer": all(one.student_id for one in asked),
        "is_overtaken": entry.state == ImportState.HELD and selectors.is_overtaken(entry.generated_at),
        "entry": entry,
        "progress": None if entry.is_finished else progress_of(import_id),
        "words": selectors.WORDS,
    }
