""" "Admin" > "Maps", and the pictures of maps."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core.access.decorators import signed_in
from tenant_apps.maps import selectors, services

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
