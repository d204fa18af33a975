"""A student's photograph, for the head of the record."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from core.access.decorators import requires
from core.access.enums import SystemPermission
from core.crypto import KeyUnavailable
from tenant_apps.documents.adapters.storage import StoreUnavailable
from tenant_apps.documents.services import DocumentUnavailable, read_document
from tenant_apps.students.selectors import get_student, student_header

SANDBOX = "default-src 'none'; sandbox"


@requires(SystemPermission.VIEW_STUDENT_DETAILS)
@require_safe
def photo(request: HttpRequest, student_id: UUID) -> HttpResponseBase:
    """The photograph as the import drew it; 404 where there is none, and while names are hidden.

    No event of its own: it stands on pages whose reading is one. Nothing keeps a copy, neither the browser
    nor anything between: the next person at the computer may not be allowed to see it.
    """
    header = student_header(get_student(request.access, student_id))
    if header.photo_id is None:
        raise Http404
    try:
        content = read_document(header.photo_id)
    except (DocumentUnavailable, StoreUnavailable, KeyUnavailable):
        raise Http404 from None
    response = StreamingHttpResponse(content, content_type="image/jpeg")
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
