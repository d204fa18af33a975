"""How files come in through a form: piece by piece into the store, or not at all.

Django's own handlers keep small files in memory and write larger ones to a temporary folder in clear; neither
is ever installed.
"""

import time
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.core.handlers.wsgi import WSGIRequest
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.middleware.csrf import CsrfViewMiddleware

from core.access import Access
from tenant_apps.documents.enums import DRAFT_OWNER
from tenant_apps.documents.models import Document
from tenant_apps.documents.permissions import can_attach
from tenant_apps.documents.services import Intake, Owner, UploadRefused, too_large

# Room for the multipart frame around a file of the greatest size.
FRAME_BYTES = 64 * 1024
# A line of 1 Mbit/s brings 100 MB in 14 minutes; whoever is slower holds a thread for nothing.
MAX_SECONDS = 15 * 60


class RefusingUploadHandler(FileUploadHandler):
    """The default for every form: files that no view asked for are dropped as they arrive."""

    def new_file(self, *args: object, **kwargs: object) -> None:
        raise SkipFile

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None


class EncryptingUploadHandler(FileUploadHandler):
    """Seals one file into the store as it arrives; the finished document is in `document`.

    A refusal is kept in `refusal` and ends the reading; a second file in the same request is one.
    """

    chunk_size = 64 * 1024

    def __init__(self, request: HttpRequest, *, owner: Owner, by: Access, max_bytes: int) -> None:
        super().__init__(request)
        self._owner, self._by, self._max_bytes = owner, by, max_bytes
        self._intake: Intake | None = None
        self._began = time.monotonic()
        self.document: Document | None = None
        self.refusal: UploadRefused | None = None

    def new_file(self, field_name: str, file_name: str, *args: Any, **kwargs: Any) -> None:
        super().new_file(field_name, file_name, *args, **kwargs)
        if self._intake is not None or self.document is not None:
            self._stop(UploadRefused("Send one file at a time.", 400))
        try:
            self._intake = Intake(name=file_name, owner=self._owner, by=self._by, max_bytes=self._max_bytes)
        except UploadRefused as refusal:
            self._stop(refusal)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        assert self._intake is not None
        if time.monotonic() - self._began > MAX_SECONDS:
            self._stop(UploadRefused("The file took too long to arrive. Try a faster connection.", 408))
        try:
            self._intake.write(raw_data)
        except UploadRefused as refusal:
            self._stop(refusal)

    def file_complete(self, file_size: int) -> None:
        # The row is made in `finish`, once the request was read to its end without another file in it.
        return None

    def upload_interrupted(self) -> None:
        self.abort()

    def finish(self) -> Document:
        """Makes the document once the whole request was read; raises UploadRefused."""
        if self.refusal is not None:
            raise self.refusal
        if self._intake is None:
            raise UploadRefused("No file came with the request. Choose a file.", 400)
        with transaction.atomic():
            document = self._intake.finish()
            if self._owner[0] == DRAFT_OWNER and not can_attach(self._by, *self._owner):
                # Sent while the file was on its way: with the draft it would be lost from sight.
                raise UploadRefused(
                    "The entry was added before this file arrived. Add it with an action.", 409
                )
        self.document = document
        return document

    def abort(self) -> None:
        """Leaves nothing of an unfinished file."""
        if self._intake is not None and self.document is None:
            self._intake.abort()

    def _stop(self, refusal: UploadRefused) -> None:
        self.refusal = refusal
        self.abort()
        # True: the rest is not read. Whoever sends 5 GB is not waited for.
        raise StopUpload(connection_reset=True)


def receive_file(request: HttpRequest, *, owner: Owner, by: Access, max_bytes: int | None = None) -> Document:
    """Reads the request's one file into a document for `owner`; raises UploadRefused.

    For views that are `csrf_exempt`, have called `csrf_refusal` and have not touched `request.POST`: by then
    the person is known and allowed, before a byte of the file was read.
    """
    most = max_bytes or settings.DOCUMENT_MAX_BYTES
    if int(request.META.get("CONTENT_LENGTH") or 0) > most + FRAME_BYTES:
        # Refused unread: nobody waits for 5 GB.
        raise too_large(most)
    handler = EncryptingUploadHandler(request, owner=owner, by=by, max_bytes=most)
    request.upload_handlers = [handler]
    try:
        request.FILES  # noqa: B018 -- reading it is what parses the request
        return handler.finish()
    except (MultiPartParserError, UnreadablePostError):
        raise UploadRefused("The file did not arrive whole and was not added. Try again.", 400) from None
    finally:
        handler.abort()


def csrf_refusal(request: HttpRequest) -> HttpResponseBase | None:
    """The answer to a request whose X-CSRFToken header is missing or wrong; None when it is right.

    Django's own check reads the form first, and with it the whole file, before anybody was asked who sends
    it. This one shows it the same request without a body, so that only the header counts.
    """
    environ = {**request.META, "CONTENT_TYPE": "", "CONTENT_LENGTH": "0", "wsgi.input": BytesIO()}
    bare = WSGIRequest(environ)
    if getattr(request, "_dont_enforce_csrf_checks", False):
        bare._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # noqa: SLF001 -- the test client's flag
    return CsrfViewMiddleware(lambda _: None).process_view(bare, None, (), {})  # type: ignore[arg-type] # never called
