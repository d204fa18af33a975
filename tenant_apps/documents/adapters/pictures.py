"""Pictures made anew from their pixels: whatever else an uploaded file held is not kept."""

import warnings
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

# Whatever calls itself otherwise, SVG among it, is not opened: it could hold script.
FORMATS = ("PNG", "JPEG", "WEBP")
# Looked at before a pixel is decoded: a file of a few KB can claim a picture that fills the memory.
MOST_PIXELS = 25_000_000
LONGEST_SIDE = 10_000


class NotAPictureError(ValueError):
    """The file is none of FORMATS, broken, or far too large. The text tells the person."""


def redrawn(content: bytes, *, box: tuple[int, int]) -> Image.Image:
    """The picture upright, as large as fits the box, with its pixels only; raises NotAPictureError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            picture = Image.open(BytesIO(content), formats=FORMATS)
            if picture.width * picture.height > MOST_PIXELS or max(picture.size) > LONGEST_SIDE:
                raise NotAPictureError("The picture has too many pixels. Save it smaller and try again.")
            # A picture that was cut off would be drawn as far as it goes: other parts of the product ask
            # Pillow to be lenient, for the whole process.
            picture.verify()
            picture = Image.open(BytesIO(content), formats=FORMATS)
            # A photograph is decoded no larger than it is needed.
            picture.draft(None, box)
            upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise NotAPictureError("The file is not a PNG, JPEG or WebP picture.") from None
    except NotAPictureError:
        raise
    except (Warning, OSError, ValueError, SyntaxError, EOFError):
        raise NotAPictureError("The picture is damaged. Save it anew and try again.") from None
    upright.thumbnail(box)
    # Pasted onto a picture of its own, so that nothing of the file's extra blocks travels along.
    clean = Image.new("RGBA", upright.size)
    clean.paste(upright)
    return clean
