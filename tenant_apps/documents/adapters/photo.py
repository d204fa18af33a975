"""A student's photograph."""

from io import BytesIO

from PIL import Image

from tenant_apps.documents.adapters.pictures import NotAPictureError, redrawn

# A photograph for a school's register is far smaller; a camera's own file is not refused.
MOST_BYTES = 10 * 1024 * 1024
# Sharp at the size of the profile's head on a dense screen.
BOX = (480, 480)


def as_photo(content: bytes) -> bytes:
    """The photograph as a JPEG that fits BOX, without metadata (where it was taken, with what, by whom)."""
    if len(content) > MOST_BYTES:
        raise NotAPictureError("The picture is larger than 10 MB. Save it smaller and try again.")
    picture = redrawn(content, box=BOX)
    flat = Image.new("RGB", picture.size, "white")
    flat.paste(picture, mask=picture.getchannel("A"))
    made = BytesIO()
    flat.save(made, "JPEG", quality=85)
    return made.getvalue()
