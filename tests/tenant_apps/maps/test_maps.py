""" "Admin" > "Maps", and where the pictures of maps go."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.data.pictures import drawn


@pytest.fixture
def send(in_a, client_for, cast):
    def post(content, title="Site", name="site.png"):
        sent = {"file": SimpleUploadedFile(name, content), "title": title}
        return client_for(cast.head).post("/admin/maps/new/", sent)

    return post


def titles():
    from tenant_apps.maps.selectors import map_rows

    return [(row.title, row.is_enabled) for row in map_rows()]


@pytest.mark.spec("MAP-07")
def test_new_school_has_the_body_map_and_nothing_else(in_a):
    from tenant_apps.maps.selectors import enabled_maps

    assert titles() == [("Body Map", True)]
    assert enabled_maps()[0].url == "/static/img/body_map.svg"


@pytest.mark.spec("MAP-08", "MAP-10")
@pytest.mark.parametrize("layout", ["PNG", "JPEG"])
def test_uploaded_map_is_on_the_form_at_once_beside_the_others(send, client_for, cast, layout):
    assert send(drawn(layout=layout, size=(300, 200)), title="  School   site ").status_code == 302
    assert titles() == [("Body Map", True), ("School site", True)]
    page = client_for(cast.teacher).get("/incidents/add/").content.decode()
    assert 'data-title="Body Map"' in page
    assert 'data-title="School site"' in page
    assert "School site" in client_for(cast.head).get("/admin/maps/").content.decode()


@pytest.mark.spec("MAP-09")
@pytest.mark.parametrize(
    "content",
    [
        drawn(layout="WEBP"),
        drawn(layout="GIF"),
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"%PDF-1.4 x",
        drawn(size=(60, 60))[:80],
    ],
    ids=["webp", "gif", "svg", "pdf", "cut off"],
)
def test_nothing_but_jpeg_and_png_becomes_a_map(send, content):
    from tenant_apps.documents.models import Document

    answer = send(content)
    assert answer.status_code == 422
    assert "picture" in answer.content.decode()
    assert titles() == [("Body Map", True)]
    assert not Document.objects.filter(owner_kind="map").exists()


def test_faults_name_their_field(send, client_for, cast):
    assert "There is a map of this title already." in send(drawn(), title="body MAP").content.decode()
    page = client_for(cast.head).post("/admin/maps/new/", {}).content.decode()
    assert "Choose the picture." in page
    assert "Give the map a title." in page
    assert "larger than 10 MB" in send(bytes(11 * 1024 * 1024)).content.decode()
    assert titles() == [("Body Map", True)]


def test_picture_is_redrawn_sealed_and_shown_to_the_school_alone(send, client_for, cast, school_b, settings):
    """Metadata may say where and by whom a picture was taken; nothing of it is kept."""
    from tenant_apps.documents.models import Document
    from tenant_apps.maps.selectors import map_rows

    made, exif = BytesIO(), Image.Exif()
    exif[0x010E] = "taken-at-home"
    Image.effect_noise((1800, 900), 90).convert("RGB").save(made, "JPEG", exif=exif, quality=95)
    assert send(made.getvalue(), name="me.jpg").status_code == 302
    address = map_rows()[1].url
    answer = client_for(cast.support, elevated=False).get(address)
    assert answer["Content-Type"] == "image/jpeg"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "private" in answer["Cache-Control"]
    assert b"taken-at-home" not in answer.content
    assert Image.open(BytesIO(answer.content)).size == (1400, 700)
    # Small enough to travel in a PDF.
    assert len(answer.content) < 300_000
    document = Document.objects.get(owner_kind="map")
    assert client_for(cast.head).get(f"/documents/{document.pk}/").status_code == 404
    assert client_for().get(address).status_code == 302
    assert client_for(school=school_b).get(address).status_code == 302


@pytest.mark.spec("MAP-11", "MAP-13")
def test_every_map_can_be_disabled_and_enabled_again(client_for, cast, in_a):
    from tenant_apps.maps.selectors import map_rows

    head, body = client_for(cast.head), map_rows()[0]
    assert head.post(f"/admin/maps/{body.id}/disable/").status_code == 302
    page = client_for(cast.teacher).get("/incidents/add/").content.decode()
    assert "Body Map" not in page
    assert "Mark a place on a map" not in page, "without a map there is nothing to fold open"
    assert ">Enable<" in head.get("/admin/maps/").content.decode()
    assert head.post(f"/admin/maps/{body.id}/enable/").status_code == 302
    assert 'data-title="Body Map"' in client_for(cast.teacher).get("/incidents/add/").content.decode()


def test_every_place_of_the_outline_is_on_a_figure_and_nearest_to_itself(in_a):
    """Whoever draws the outline anew, or adds a place, sees here what no longer fits."""
    from tenant_apps.maps.selectors import map_rows

    body = map_rows()[0]
    names = [place.name for place in body.places]
    assert len(names) == len(set(names))
    for place in body.places:
        assert 0 < place.x < 1
        assert 0 < place.y < 1
        assert body.near(place.x, place.y) == place.name
    knees = {place.name: place.x for place in body.places if "knee" in place.name}
    assert knees["right knee, front"] < knees["left knee, front"]
    assert knees["left back of knee, back"] < knees["right back of knee, back"]
    assert body.near(0.5, 0.02) == "", "between the figures it is near nothing"


@pytest.mark.spec("MAP-07")
def test_school_that_stood_before_there_were_maps_has_the_body_map_too(as_owner, in_a):
    from importlib import import_module

    from django.apps import apps

    from tenant_apps.maps.models import Map
    from tenant_apps.school_settings.models import Settings

    add_outline = import_module("tenant_apps.maps.migrations.0002_outline_for_standing_schools").add_outline
    provisioned = list(Map.objects.values("title", "position", "width", "height"))
    assert len(provisioned) == 1
    Map.objects.all().delete()
    for _ in range(2):
        add_outline(apps, None)
        assert list(Map.objects.values("title", "position", "width", "height")) == provisioned
    Map.objects.all().delete()
    Settings.objects.all().delete()
    add_outline(apps, None)
    assert not Map.objects.exists()
