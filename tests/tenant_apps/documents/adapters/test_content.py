"""Attacks A31, A40, A41: what a file is, whatever it says it is."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from tenant_apps.documents.adapters.content import HEAD_BYTES, UNKNOWN, sniff

HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


def picture(kind: str = "PNG", size: tuple[int, int] = (4, 3)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "purple").save(out, kind)
    return out.getvalue()


def huge_png(side: int = 65_500) -> bytes:
    """A few bytes that say they are a picture of more than four thousand megapixels."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    return (
        b"\x89PNG\r\n\x1a\n"
        + struct.pack(">I", 13)
        + chunk
        + struct.pack(">I", zlib.crc32(chunk))
        + bytes(64)
    )


@pytest.mark.attack("A31", "A40")
@pytest.mark.parametrize(
    ("head", "content_type", "opens_inline"),
    [
        (picture("PNG"), "image/png", True),
        (picture("JPEG"), "image/jpeg", True),
        (picture("GIF"), "image/gif", True),
        (picture("WEBP"), "image/webp", True),
        (b"%PDF-1.7\n%", "application/pdf", True),
        (HTML, UNKNOWN, False),
        (SVG, UNKNOWN, False),
        (b"PK\x03\x04" + bytes(40), UNKNOWN, False),
        (b"MZ" + bytes(40), UNKNOWN, False),
        (b"plain words", UNKNOWN, False),
        (b"x", UNKNOWN, False),
    ],
)
def test_type_comes_from_the_content(head, content_type, opens_inline):
    content = sniff(head)
    assert (content.content_type, content.opens_inline) == (content_type, opens_inline)


@pytest.mark.attack("A41")
@pytest.mark.parametrize(
    "head", [huge_png(), huge_png(12_000), b"GIF89a=1;alert(1)//", b"\xff\xd8\xff" + HTML, picture()[:20]]
)
def test_picture_that_is_too_large_or_broken_is_downloaded_instead_of_shown(head):
    content = sniff(head)
    assert content.content_type.startswith("image/")
    assert not content.opens_inline


def test_large_photograph_is_known_by_its_first_bytes():
    photograph = picture("JPEG", (6000, 4000))
    assert sniff(photograph[:HEAD_BYTES]).opens_inline
