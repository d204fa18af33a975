"""Single spreadsheets of students or staff: handed in, and their columns matched."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from core.access.decorators import requires
from core.access.enums import SystemPermission
from core.db.keys import uuid7
from tenant_apps.documents.adapters.uploads import csrf_refusal, receive_file
from tenant_apps.documents.services import UploadRefused
from tenant_apps.imports import selectors
from tenant_apps.imports.enums import ImportForm, ImportSource, ImportState
from tenant_apps.imports.forms import ColumnsForm, SheetForm
from tenant_apps.imports.services import (
    OWNER_KIND,
    ExtractRefusedError,
    NotMappingError,
    UnmappedError,
    columns_of,
    discard_sheet,
    headings_of,
    match_columns,
    most_bytes,
    note_extract,
    queue_import,
)

GONE = "This spreadsheet does not wait for its columns any more."


# Exempt for the same reasons as an extract's upload: nothing is read before the person is known.
@csrf_exempt
@transaction.non_atomic_requests
@require_POST
@requires(SystemPermission.ADMINISTRATION)
def upload_sheet(request: HttpRequest) -> HttpResponseBase:
    """Take one spreadsheet, encrypted as it arrives, and ask which column is which."""
    if refused := csrf_refusal(request):
        return refused
    import_id = uuid7()
    owner = OWNER_KIND, import_id
    try:
        most = most_bytes(ImportForm.PUPILS)
        document = receive_file(request, owner=owner, by=request.access, max_bytes=most)
    except UploadRefused as refusal:
        return render(request, "imports/upload_refused.html", {"reason": refusal.sentence})
    form = SheetForm(request.POST)
    # What the rows are is asked again by the form on the page; the first choice is the usual one.
    holds = ImportForm(form.cleaned_data["holds"]) if form.is_valid() else ImportForm.PUPILS
    note_extract(
        import_id=import_id, document=document, source=ImportSource.UPLOAD, by=request.access, form=holds
    )
    page = reverse("imports:columns", args=[import_id])
    return HttpResponseClientRedirect(page) if request.htmx else redirect(page)


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Which column of a spreadsheet is which."""
    entry = selectors.get_import(request.access, import_id)
    if entry.state != ImportState.MAPPING:
        return redirect("imports:detail", import_id)
    try:
        found = headings_of(import_id=import_id)
    except ExtractRefusedError as refused:
        context = {"entry": entry, "fault": refused.faults.shown[0]}
        return render(request, "imports/columns.html", context)
    names = [(column.name, column.required) for column in columns_of(entry.form)]
    shown = selectors.headings_shown(found.headings)
    if request.method == "GET":
        form = ColumnsForm(names=names, headings=shown, initial=found.guessed)
    else:
        form = ColumnsForm(request.POST, names=names, headings=shown)
        if form.is_valid() and (answer := _match(request, import_id, form)):
            return answer
    context = {"entry": entry, "form": form, "rows": found.rows}
    return render(request, "imports/columns.html", context, status=422 if form.errors else 200)


@requires(SystemPermission.ADMINISTRATION)
@require_POST
def discard(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Reject a spreadsheet that waits for its columns."""
    selectors.get_import(request.access, import_id)
    try:
        discard_sheet(import_id=import_id, by=request.access)
    except NotMappingError:
        messages.error(request, GONE)
    else:
        messages.success(request, "The spreadsheet was rejected. Nothing was changed.")
    return redirect("imports:detail", import_id)


def _match(request: HttpRequest, import_id: UUID, form: ColumnsForm) -> HttpResponse | None:
    """The answer to columns that were matched; None with the form's errors where some are missing."""
    try:
        with transaction.atomic():
            match_columns(import_id=import_id, places=form.places, by=request.access)
            queue_import(import_id=import_id)
    except UnmappedError as missing:
        form.add_error(None, str(missing))
        return None
    except NotMappingError:
        messages.error(request, GONE)
    return redirect("imports:detail", import_id)
