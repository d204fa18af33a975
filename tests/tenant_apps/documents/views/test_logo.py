import struct
import zlib
from io import BytesIO

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def picture(kind="PNG", size=(1200, 300), colour="navy", **more):
    made = BytesIO()
    Image.new("RGB", size, colour).save(made, kind, **more)
    return made.getvalue()


def claims(width, height):
    """A PNG of a few bytes that says it is this large."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return (
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(head)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    ) + b"\0\0\0\0IDAT"


@pytest.fixture
def send(in_a, client_for, cast):
    def post(content, name="logo.png", kind="image/png"):
        sent = {"file": SimpleUploadedFile(name, content, kind)} if content is not None else {}
        return client_for(cast.head).post("/admin/settings/logo/", sent)

    return post


@pytest.mark.spec("ACC-27")
@pytest.mark.spec("ADM-10")
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_logo_stands_on_the_login_page_of_this_school_only(send, client_for, school_b, kind):
    assert "school-logo" not in client_for().get("/login/").content.decode()
    assert send(picture(kind)).status_code == 302
    page = client_for().get("/login/").content.decode()
    assert 'alt="Logo of Ashgrove School"' in page
    answer = client_for().get("/logo/")
    assert answer["Content-Type"] == "image/png"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "private" in answer["Cache-Control"]
    shown = Image.open(BytesIO(answer.content))
    assert shown.format == "PNG"
    assert shown.size == (400, 100)
    assert "school-logo" not in client_for(school=school_b).get("/login/").content.decode()
    assert client_for(school=school_b).get("/logo/").status_code == 404


@pytest.mark.spec("ADM-10")
def test_logo_stands_in_the_head_of_a_pdf(send, client_for, cast, students_a):
    def pictures():
        content = client_for(cast.lead).get(f"/students/{students_a[0].pk}/incidents/pdf/").content
        with pikepdf.open(BytesIO(content)) as pdf:
            return [
                image
                for one in pdf.objects
                if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"
                for image in [one]
            ]

    assert pictures() == []
    send(picture(colour="orange"))
    assert pictures()


@pytest.mark.spec("ADM-10")
def test_logo_is_sealed_in_store_replaced_and_removed(send, client_for, cast, settings):
    from tenant_apps.documents.models import Document
    from tenant_apps.school_settings.selectors import get_settings

    send(picture())
    first = Document.objects.get(owner_kind="logo")
    assert get_settings().logo_document == first.pk
    send(picture(colour="orange"))
    first.refresh_from_db()
    assert first.state == "removed"
    assert Document.objects.filter(owner_kind="logo", deleted_at=None).count() == 1
    assert client_for(cast.head).post("/admin/settings/logo/remove/").status_code == 302
    assert get_settings().logo_document is None
    assert client_for().get("/logo/").status_code == 404
    assert not Document.objects.filter(owner_kind="logo", deleted_at=None).exists()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.spec("ADM-10")
@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param(SVG, "logo.svg", marks=pytest.mark.attack("A31")),
        pytest.param(
            b"<!doctype html><script>alert(1)</script>", "logo.png", marks=pytest.mark.attack("A31")
        ),
        pytest.param(SVG, "logo.svg.png", marks=pytest.mark.attack("A40")),
        pytest.param(picture("GIF"), "logo.png", marks=pytest.mark.attack("A40")),
        pytest.param(b"%PDF-1.7 ...", "logo\u202egnp.png", marks=pytest.mark.attack("A40")),
        pytest.param(claims(65500, 65500), "logo.png", marks=pytest.mark.attack("A41")),
        pytest.param(claims(65500, 1), "logo.png", marks=pytest.mark.attack("A41")),
        pytest.param(picture()[:200], "logo.png", id="cut off"),
        pytest.param(b"", "logo.png", id="empty"),
        pytest.param(None, "", id="none"),
    ],
)
def test_anything_but_a_sound_picture_is_refused_in_words(send, content, name):
    from tenant_apps.documents.models import Document

    answer = send(content, name)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not Document.objects.filter(owner_kind="logo").exists()


@pytest.mark.attack("A40")
def test_what_a_polyglot_hides_behind_its_picture_is_not_kept(send, client_for):
    hidden = b"<script>alert(document.domain)</script>"
    with_comment = picture("JPEG", comment=hidden) + hidden
    assert send(with_comment, "logo.jpg").status_code == 302
    assert hidden not in client_for().get("/logo/").content


@pytest.mark.attack("A42")
def test_large_picture_is_refused_unread(send):
    answer = send(b"\x89PNG\r\n\x1a\n" + bytes(3 * 1024 * 1024))
    assert answer.status_code == 413
    assert "larger than 2 MB" in answer.content.decode()


@pytest.mark.attack("A49")
def test_token_is_asked_for(in_a, client_for, cast):
    from tenant_apps.documents.models import Document

    browser = client_for(cast.head)
    browser.handler.enforce_csrf_checks = True
    sent = {"file": SimpleUploadedFile("logo.png", picture())}
    assert browser.post("/admin/settings/logo/", sent).status_code == 403
    assert not Document.objects.filter(owner_kind="logo").exists()


def test_page_stands_while_the_logo_cannot_be_read(send, client_for, cast, school_a):
    from tenant_apps.documents.adapters.choosing import get_store
    from tenant_apps.documents.models import Document

    send(picture())
    get_store().delete(school_a.id, Document.objects.get(owner_kind="logo").pk)
    assert client_for().get("/login/").status_code == 200
    assert client_for().get("/logo/").status_code == 404
