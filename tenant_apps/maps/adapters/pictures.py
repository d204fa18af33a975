"""The picture of a map, made anew from the pixels of the file."""

from io import BytesIO

from PIL import Image

from tenant_apps.documents.adapters.content import HEAD_BYTES, sniff
from tenant_apps.documents.adapters.pictures import NotAPictureError, redrawn

TAKEN = frozenset({"image/jpeg", "image/png"})
MOST_BYTES = 10 * 1024 * 1024
# Sharp on a wide screen, and read at a glance on paper.
BOX = (1400, 1400)
# Written out for a PDF it is a third longer, and a PDF takes 400,000 characters of a picture.
FITS_PRINT = 290_000
NOT_TAKEN = "A map is a JPEG or PNG picture. Save it as one of the two and try again."


def as_map(content: bytes) -> tuple[bytes, tuple[int, int]]:
    """The picture as a PNG or JPEG without metadata, with its width and height; raises NotAPictureError."""
    if len(content) > MOST_BYTES:
        raise NotAPictureError("The picture is larger than 10 MB. Save it smaller and try again.")
    if sniff(content[:HEAD_BYTES]).content_type not in TAKEN:
        raise NotAPictureError(NOT_TAKEN)
    picture = redrawn(content, box=BOX)
    flat = Image.new("RGB", picture.size, "white")
    flat.paste(picture, mask=picture.getchannel("A"))
    # Lines and lettering stay sharp as PNG; a photograph would be too large.
    made = _saved(flat, "PNG", optimize=True)
    for quality in (88, 75, 55, 30):
        if len(made) <= FITS_PRINT:
            break
        made = _saved(flat, "JPEG", quality=quality)
    return made, flat.size


def _saved(picture: Image.Image, layout: str, **options: int) -> bytes:
    made = BytesIO()
    picture.save(made, layout, **options)
    return made.getvalue()
