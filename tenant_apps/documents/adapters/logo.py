"""A school's logo."""

from io import BytesIO

from tenant_apps.documents.adapters.pictures import redrawn

MOST_BYTES = 2 * 1024 * 1024
# Fits the head of a PDF twice over, and whatever its colours stays beneath what a PDF takes as a picture.
BOX = (400, 160)


def as_logo(content: bytes) -> bytes:
    """The picture as a PNG that fits BOX, without metadata; raises NotAPictureError."""
    made = BytesIO()
    redrawn(content, box=BOX).save(made, "PNG", optimize=True)
    return made.getvalue()
