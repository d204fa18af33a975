"""What was handed in, taken out of the store again."""

from __future__ import annotations

import io

from tenant_apps.documents.services import DocumentUnavailable, read_document
from tenant_apps.imports.models import Import
from tenant_apps.imports.services.faults import refuse
from tenant_apps.imports.services.reading import ZIP

OWNER_KIND = "import"


def packed(entry: Import) -> io.BytesIO:
    """The file in memory, in clear nowhere else: a ZIP is read from its end. Raises ExtractRefusedError."""
    content = io.BytesIO()
    try:
        assert entry.document_id is not None
        for piece in read_document(entry.document_id):
            content.write(piece)
    except DocumentUnavailable:
        raise refuse(ZIP, "It was damaged in the store. Upload it again.") from None
    content.seek(0)
    return content
