"""A student's photograph: in the head of the record, for those who open it, and kept nowhere."""

import pytest
from django.urls import reverse

from core.access import SYSTEM
from tenant_apps.documents.services import receive
from tenant_apps.students.services import name_photo

pytestmark = pytest.mark.spec("STU-04")


@pytest.fixture
def photo(classes):
    document = receive(
        [b"\xff\xd8\xff\xe0 a face"], name="photo.jpg", owner=("photo", classes.amelia.pk), by=SYSTEM
    )
    name_photo(student_id=classes.amelia.pk, document_id=document.pk, sha256="0" * 64, by=SYSTEM)
    return document


def address(student):
    return reverse("profile:photo", args=[student.pk])


def test_the_photo_stands_in_the_head_of_each_tab_and_is_kept_nowhere(classes, photo, cast, client_for):
    client = client_for(cast.teacher)
    for route in ("profile:overview", "incidents:chronology", "profile:attendance"):
        page = client.get(reverse(route, args=[classes.amelia.pk])).content.decode()
        assert f'src="{address(classes.amelia)}?{photo.pk}"' in page, route
    answer = client.get(address(classes.amelia))
    assert b"".join(answer) == b"\xff\xd8\xff\xe0 a face"
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "<img" not in client.get(reverse("profile:overview", args=[classes.jakub.pk])).content.decode()
    assert client.get(address(classes.jakub)).status_code == 404


def test_a_face_is_a_name_and_hidden_with_names(classes, photo, cast, client_for):
    client = client_for(cast.lead)
    client.post("/hide-names/", {})
    page = client.get(reverse("profile:overview", args=[classes.amelia.pk])).content.decode()
    assert "/photo/" not in page
    assert client.get(address(classes.amelia)).status_code == 404
    client.post("/hide-names/", {"names": "show"})
    assert client.get(address(classes.amelia)).status_code == 200


def test_who_does_not_see_the_student_sees_no_photo(classes, photo, cast, client_for, limit_to_8b):
    limit_to_8b(cast.teacher.user)
    assert client_for(cast.teacher).get(address(classes.amelia)).status_code == 404
    assert client_for(cast.support).get(address(classes.amelia)).status_code == 403
    # The document's own address is no way around it, whoever asks.
    assert client_for(cast.lead).get(reverse("documents:open", args=[photo.pk])).status_code == 404
