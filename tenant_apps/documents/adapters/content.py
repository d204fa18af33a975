"""What a file is, by its own first bytes: the browser's word and the name's ending are not believed."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, UnidentifiedImageError

# Enough for the headers of a photograph with its thumbnail and colour profile.
HEAD_BYTES = 256 * 1024
# 50 megapixels is more than any phone takes; a larger picture would freeze the reader's browser.
MAX_PIXELS = 50_000_000
UNKNOWN = "application/octet-stream"

IMAGES = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
EXTENSIONS = {
    "image/png": (".png",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "application/pdf": (".pdf",),
}
INLINE = frozenset(EXTENSIONS)

SIGNATURES = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)


@dataclass(frozen=True, slots=True)
class Content:
    """What the first bytes tell: the type to serve, and whether a browser may show it in its window."""

    content_type: str
    opens_inline: bool

    @property
    def extensions(self) -> tuple[str, ...]:
        """Endings that fit the type; empty where any will do."""
        return EXTENSIONS.get(self.content_type, ())


def sniff(head: bytes) -> Content:
    """Judges by up to HEAD_BYTES; anything but a picture or a PDF is an unknown to download.

    A picture whose size cannot be read, or is beyond MAX_PIXELS, is not shown in the window. No pixel is
    decoded.
    """
    content_type = _type(head)
    if content_type == "application/pdf":
        return Content(content_type, opens_inline=True)
    if content_type in INLINE:
        return Content(content_type, opens_inline=_is_small_picture(head))
    return Content(UNKNOWN, opens_inline=False)


def _type(head: bytes) -> str:
    for signature, content_type in SIGNATURES:
        if head.startswith(signature):
            return content_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return UNKNOWN


def _is_small_picture(head: bytes) -> bool:
    try:
        # Opening reads the header only. Pillow has limits of its own, above ours: it warns, then refuses.
        width, height = Image.open(BytesIO(head), formats=list(IMAGES)).size
    except (UnidentifiedImageError, Image.DecompressionBombError, Warning, OSError, ValueError, SyntaxError):
        return False
    return 0 < width * height <= MAX_PIXELS
