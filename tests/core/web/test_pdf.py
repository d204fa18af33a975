"""PDFs: what they hold, and attack A36, a page that asks this machine to fetch for it."""

import base64
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO

import pikepdf
import pytest
from PIL import Image
from weasyprint import HTML
from weasyprint.urls import URLFetchingError

from core.web.pdf import BASE_URL, AssetFetcher, FetchRefused, html_to_pdf

MARKER = "planted-marker-7c1e"


class _Recorder(BaseHTTPRequestHandler):
    hits: list[str] = []

    def do_GET(self):
        self.hits.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def recorder():
    """A neighbour on the loopback address that writes down who asks it anything."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Recorder)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    _Recorder.hits.clear()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def secret_file(tmp_path):
    path = tmp_path / "secret.txt"
    path.write_text(MARKER)
    return path.as_uri()


def _svg(inner: str) -> str:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">{inner}</svg>'
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


PLANTED = {
    "img": '<img src="{0}/img.png">',
    "img-set": '<img srcset="{0}/set.png 1x">',
    "link": '<link rel="stylesheet" href="{0}/link.css">',
    "import": '<style>@import url("{0}/import.css");</style>',
    "font": '<style>@font-face {{ font-family: x; src: url("{0}/x.woff2"); }} p {{ font-family: x }}</style>',
    "attachment": '<link rel="attachment" href="{0}/attachment.txt">',
    "attached-link": '<a rel="attachment" href="{0}/attached.txt">file</a>',
    "background": '<p style="background: url({0}/background.png)">x</p>',
    "content": '<style>p::before {{ content: url("{0}/content.png"); }}</style>',
    "bullet": '<ul style="list-style-image: url({0}/bullet.png)"><li>x</li></ul>',
    "page": '<style>@page {{ background: url("{0}/page.png"); }}</style>',
    "object": '<object data="{0}/object.png"></object>',
    "embed": '<embed src="{0}/embed.png">',
    "svg": '<svg width="9" height="9"><image href="{0}/svg.png" width="9" height="9"/></svg>',
    "svg-style": '<svg width="9" height="9"><style>@import url("{0}/svg.css");</style><rect/></svg>',
    "base": '<base href="{0}/"><img src="relative.png">',
}


@pytest.mark.attack("A36")
@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED.keys())
def test_page_makes_this_machine_fetch_nothing(recorder, planted):
    page = f"<!doctype html><html><body><p>before</p>{planted.format(recorder)}<p>after</p></body></html>"
    assert html_to_pdf(page, title="Record").startswith(b"%PDF")
    assert _Recorder.hits == []


@pytest.mark.attack("A36")
def test_colour_profile_from_elsewhere_ends_the_page_unfetched(recorder):
    page = f'<style>@color-profile --x {{ src: url("{recorder}/profile.icc"); }}</style><p>x</p>'
    with pytest.raises(URLFetchingError):
        html_to_pdf(page, title="Record")
    assert _Recorder.hits == []


def test_the_planted_pages_would_reach_the_neighbour_by_the_usual_fetcher(recorder):
    """Without this the test above could pass because nothing ever asks."""
    page = "".join(planted.format(recorder) for name, planted in PLANTED.items() if name != "base")
    HTML(string=page).write_pdf()
    assert len(set(_Recorder.hits)) >= 10


@pytest.mark.attack("A36")
@pytest.mark.parametrize("planted", PLANTED.values(), ids=PLANTED.keys())
def test_page_reads_no_file(secret_file, planted):
    page = f"<!doctype html><p>before</p>{planted.replace('{0}/', '{0}#').format(secret_file)}"
    pdf = pikepdf.open(BytesIO(html_to_pdf(page, title="Record")))
    assert list(pdf.attachments) == []
    for thing in pdf.objects:
        assert MARKER.encode() not in (thing.read_bytes() if isinstance(thing, pikepdf.Stream) else b"")
    assert not any("/EF" in thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary))


def test_picture_in_the_page_cannot_carry_a_page_of_its_own(recorder):
    inner = f'<image xlink:href="{recorder}/nested.png" width="9" height="9"/>'
    as_png = _svg(inner).replace("image/svg+xml", "image/png")
    html_to_pdf(f'<img src="{_svg(inner)}"><img src="{as_png}">', title="Record")
    assert _Recorder.hits == []


def _picture(side: int) -> str:
    out = BytesIO()
    Image.new("1", (side, side)).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "http://169.254.169.254/latest/meta-data/",
        "https://localhost/",
        "ftp://localhost/",
        "data:text/css,p{}",
        "data:image/svg+xml;base64,PHN2Zy8+",
        "data:image/png;base64,PHN2Zy8+",
        "data:image/png;base64,!!!",
        "data:image/png;base64," + "A" * 500_000,
        BASE_URL + "static/js/main.js",
        BASE_URL + "static/css/../../manage.py",
        BASE_URL + "static/css/%2e%2e/%2e%2e/manage.py",
        BASE_URL + "etc/passwd",
        "https://assets.invalid@localhost/css/pdf.css",
        "https://assets.invalid:80/css/pdf.css",
        "",
    ],
)
def test_fetcher_refuses_what_has_no_name(address):
    with pytest.raises(FetchRefused):
        AssetFetcher()(address)


@pytest.mark.attack("A41")
def test_fetcher_refuses_a_picture_too_large_to_decode():
    with pytest.raises(FetchRefused):
        AssetFetcher()(_picture(20_000))


@pytest.mark.parametrize("name", ["css/pdf.css", "static/css/pdf.css", "static/css/pdf.0123456789ab.css"])
def test_fetcher_serves_named_assets_also_under_their_hashed_name(name):
    answer = AssetFetcher()(BASE_URL + name)
    assert answer.content_type == "text/css"
    assert b"@page" in answer.read()


def test_small_picture_in_the_page_is_shown():
    pdf = pikepdf.open(BytesIO(html_to_pdf(f'<img src="{_picture(20)}">', title="Record")))
    assert len(pdf.pages[0].get_images()) == 1


def test_properties_hold_the_neutral_title_and_no_name():
    page = (
        "<!doctype html><title>Ruby Ashdown</title><meta name=author content='Ruby Ashdown'>"
        "<meta name=keywords content='Ruby Ashdown'><meta name=description content='Ruby Ashdown'>"
        "<p>words</p>"
    )
    content = html_to_pdf(page, title="Chronology")
    pdf = pikepdf.open(BytesIO(content))
    assert {str(key): str(value) for key, value in pdf.docinfo.items()} == {
        "/Title": "Chronology",
        "/Producer": pdf.docinfo["/Producer"],
    }
    assert "/Metadata" not in pdf.Root
    assert b"Ashdown" not in content


def test_pdf_carries_its_own_fonts_and_structure():
    pdf = pikepdf.open(BytesIO(html_to_pdf("<h1>Łukasz’s chronology</h1><p>words</p>", title="Chronology")))
    fonts = {str(font.BaseFont).split("+")[-1] for font in pdf.pages[0].Resources.Font.values()}
    assert fonts == {"Paper", "Paper-Bold", "Paper-Extended-Bold"}
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang) == "en-GB"
