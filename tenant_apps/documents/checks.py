"""What must be set before documents can be taken."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def documents_have_a_home(**_: Any) -> list[CheckMessage]:
    """Without a store every upload would be refused; better to say so at the start."""
    faults: list[CheckMessage] = []
    if not (settings.S3_BUCKET or settings.DOCUMENTS_FOLDER):
        faults.append(
            Error("Documents have no home.", hint="Set DOCUMENTS_FOLDER, or S3_BUCKET.", id="documents.E001")
        )
    refusing = "tenant_apps.documents.adapters.uploads.RefusingUploadHandler"
    if list(settings.FILE_UPLOAD_HANDLERS) != [refusing]:
        # Django's own handlers write clear temporary files.
        faults.append(
            Error(
                "Files of unasked uploads would be kept.",
                hint=f"Set FILE_UPLOAD_HANDLERS to [{refusing!r}].",
                id="documents.E002",
            )
        )
    return faults
