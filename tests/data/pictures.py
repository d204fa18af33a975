"""Small pictures."""

from io import BytesIO

from PIL import Image


def drawn(*, layout: str = "PNG", size: tuple[int, int] = (8, 8), colour: str = "navy") -> bytes:
    """A picture of one colour."""
    made = BytesIO()
    Image.new("RGB", size, colour).save(made, layout)
    return made.getvalue()
