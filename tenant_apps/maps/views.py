""" "Admin" > "Maps", and the pictures of maps."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access.decorators import requires, signed_in
from core.access.enums import SystemPermission
from tenant_apps.documents.adapters.uploads import FRAME_BYTES
from tenant_apps.documents.services import UploadRefused
from tenant_apps.maps import selectors, services
from tenant_apps.maps.adapters.pictures import MOST_BYTES
from tenant_apps.maps.forms import MapForm

# Nothing in a picture may run, load or frame anything, whatever it turns out to be.
SANDBOX = "default-src 'none'; sandbox"


@signed_in
@require_safe
def picture(request: HttpRequest, map_id: UUID) -> HttpResponse:
    """The picture of a map, for everybody of the school: it says nothing of any student.

    404 for the outline, which stands among the static files, and while the picture cannot be read.
    """
    found = services.read_picture(selectors.picture_of(map_id))
    if found is None:
        raise Http404("no picture just now")
    response = HttpResponse(found.content, content_type=found.content_type)
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    # Not for caches between schools and people, which may not tell one host from another.
    response["Cache-Control"] = "private, max-age=3600"
    return response


@requires(SystemPermission.ADMINISTRATION)
@require_safe
def maps(request: HttpRequest) -> HttpResponse:
    """Every map, each to be taken off the incident form or put onto it again."""
    return render(request, "maps/maps.html", {"maps": selectors.map_rows()})


# Exempt only until the person is known: `_new_map` asks for the token in the form, and nothing of a picture
# is read before.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@requires(SystemPermission.ADMINISTRATION)
def new_map(request: HttpRequest) -> HttpResponseBase:
    """ "New Map"."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES + FRAME_BYTES:
        form = MapForm({})
        form.errors.clear()
        form.add_error("file", "The picture is larger than 10 MB. Save it smaller and try again.")
        return render(request, "maps/new.html", {"form": form}, status=413)
    # Held in memory, never on disk; anything larger than the limit was refused unread.
    request.upload_handlers = [MemoryFileUploadHandler(request)]
    return _new_map(request)


@csrf_protect
def _new_map(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":
        return render(request, "maps/new.html", {"form": MapForm()})
    form = MapForm(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data
        try:
            made = services.add_map(title=given["title"], picture=given["file"].read(), by=request.access)
        except ValidationError as fault:
            form.add_error(None, fault)
        except UploadRefused as refusal:
            form.add_error("file", refusal.sentence)
        else:
            messages.success(request, f"The map “{made.title}” is on the incident form.")
            return redirect("maps:home")
    return render(request, "maps/new.html", {"form": form}, status=422)


@requires(SystemPermission.ADMINISTRATION)
@require_POST
def disable(request: HttpRequest, map_id: UUID) -> HttpResponse:
    """ "Disable"."""
    return _switch(request, map_id, enabled=False)


@requires(SystemPermission.ADMINISTRATION)
@require_POST
def enable(request: HttpRequest, map_id: UUID) -> HttpResponse:
    """ "Enable"."""
    return _switch(request, map_id, enabled=True)


def _switch(request: HttpRequest, map_id: UUID, *, enabled: bool) -> HttpResponse:
    shown = selectors.get_map(map_id)
    services.set_enabled(map_id=shown.id, enabled=enabled, by=request.access)
    said = "is offered on the incident form again." if enabled else "is off the incident form."
    messages.success(request, f"“{shown.title}” {said}")
    return redirect("maps:home")
