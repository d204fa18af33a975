"""Pages as PDF, by WeasyPrint with a fetcher of our own.

WeasyPrint's own fetcher opens `file:` and any address that a record's text might smuggle into the page: who
writes an incident could make this machine read its own disk or its neighbours. Ours serves the assets named
here and small pictures that the page itself carries, and nothing else.
"""

import base64
import binascii
import logging
import re
from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest
from django.template.loader import render_to_string
from PIL import Image
from weasyprint import CSS, HTML
from weasyprint.document import DocumentMetadata
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

# Its messages quote addresses and pieces of the page, which may be a record's text.
for _name in ("weasyprint", "weasyprint.progress"):
    logging.getLogger(_name).setLevel(logging.CRITICAL)
logging.getLogger("fontTools").setLevel(logging.ERROR)

# Relative addresses are resolved against a host that cannot exist (RFC 6761).
BASE_URL = "https://assets.invalid/"
STYLES = "css/pdf.css"
FONTS = "fonts/atkinson/atkinson-hyperlegible-next"
ASSETS: Mapping[str, str] = {
    STYLES: "text/css",
    "css/tokens.css": "text/css",
    "img/mark.svg": "image/svg+xml",
    "img/body_map.svg": "image/svg+xml",
    f"{FONTS}-latin-wght-normal.woff2": "font/woff2",
    f"{FONTS}-latin-ext-wght-normal.woff2": "font/woff2",
}
# "css/pdf.4f2a….css" is what {% static %} makes of "css/pdf.css" where names carry a hash.
HASH = re.compile(r"\.[0-9a-f]{12}(?=\.\w+$)")

DATA_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,", re.IGNORECASE)
DATA_MAX_CHARACTERS = 400_000
DATA_MAX_PIXELS = 4_000_000


class FetchRefused(Exception):  # noqa: N818 -- named for what is so
    """The page asked for something that no page may fetch. WeasyPrint leaves it out."""


class AssetFetcher(URLFetcher):
    """Knows no scheme, opens no connection and no path: names are looked up in ASSETS."""

    def __init__(self) -> None:
        # The parent's own handlers are never made, so there is nothing that could open an address.
        self._fail_on_errors = False

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """The asset or picture; raises FetchRefused for everything else."""
        del headers
        if url[:5].lower() == "data:":
            content_type, content = _data_picture(url)
            return URLFetcherResponse("data:", content, {"Content-Type": content_type})
        name = _asset_name(url)
        return URLFetcherResponse(BASE_URL + name, _asset(name), {"Content-Type": ASSETS[name]})

    def open(self, *args: object, **kwargs: object) -> None:
        """Never: the parent's way to the network."""
        raise FetchRefused

    def __call__(self, url: str) -> URLFetcherResponse:
        return self.fetch(url)


def render_pdf(
    template: str, context: Mapping[str, Any], *, request: HttpRequest | None = None, title: str = "Record"
) -> bytes:
    """The page as a tagged PDF, dressed by `css/pdf.css`.

    The PDF's own properties name no person: `title` is all they hold, so give it none; the page's <title> and
    <meta> are dropped.
    """
    return html_to_pdf(render_to_string(template, dict(context), request=request), title=title)


def html_to_pdf(html: str, *, title: str) -> bytes:
    """The same for a page that is already rendered."""
    fetcher, fonts = AssetFetcher(), FontConfiguration()
    styles = CSS(url=BASE_URL + STYLES, url_fetcher=fetcher, font_config=fonts)
    document = HTML(string=html, base_url=BASE_URL, url_fetcher=fetcher).render(
        font_config=fonts, stylesheets=[styles], pdf_tags=True
    )
    # Made anew: the page's own would hold its title and authors, and files that it asks to be attached.
    document.metadata = DocumentMetadata(title=title, lang="en-GB")
    pdf: bytes = document.write_pdf(pdf_tags=True)
    return pdf


def _asset_name(url: str) -> str:
    parts = urlsplit(url)
    if f"{parts.scheme}://{parts.netloc}/" != BASE_URL:
        raise FetchRefused
    path = parts.path.removeprefix("/").removeprefix(settings.STATIC_URL.removeprefix("/"))
    name = HASH.sub("", path)
    if name not in ASSETS:
        raise FetchRefused
    return name


@lru_cache(maxsize=len(ASSETS))
def _asset(name: str) -> bytes:
    path = finders.find(name)
    if path:
        with open(path, "rb") as file:
            return file.read()
    with staticfiles_storage.open(name) as collected:
        content: bytes = collected.read()
    return content


def _data_picture(url: str) -> tuple[str, bytes]:
    """A small raster picture; what is none, whatever it calls itself, would be tried as SVG."""
    match = DATA_PICTURE.match(url)
    if match is None or len(url) > DATA_MAX_CHARACTERS:
        raise FetchRefused
    try:
        content = base64.b64decode(url[match.end() :], validate=True)
        width, height = Image.open(BytesIO(content), formats=["PNG", "JPEG", "GIF", "WEBP"]).size
    except (binascii.Error, OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError):
        raise FetchRefused from None
    if not 0 < width * height <= DATA_MAX_PIXELS:
        raise FetchRefused
    return f"image/{match[1].lower()}", content
