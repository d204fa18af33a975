""" "Hide Names" in forms: fields, chips and suggestions are starred; the free text being edited stays."""

import pytest

from core.db.text import search_key, sort_key

pytestmark = [pytest.mark.django_db, pytest.mark.spec("SAF-31", "EXT-03")]

FORENAME, SURNAME = "Quillfeather", "Marrowdusk"


@pytest.fixture
def hidden(students_a, client_for, cast, in_class):
    """The lead's browser with names hidden, and all pupils under one telling name."""
    from tenant_apps.students.models import Student

    Student.objects.update(
        legal_forename=FORENAME,
        preferred_forename=FORENAME,
        legal_surname=SURNAME,
        preferred_surname=SURNAME,
        search_key=search_key(f"{FORENAME} {SURNAME}"),
        sort_key=sort_key(SURNAME, FORENAME),
    )
    browser = client_for(cast.lead)
    browser.post("/hide-names/", {})
    return browser


def test_form_that_comes_back_stars_its_chips_and_keeps_the_text(hidden, students_a, category):
    sent = {
        "text": f"{FORENAME} said so.",
        "student": str(students_a[0].pk),
        "linked": [str(students_a[1].pk), str(students_a[2].pk)],
        "categories": [str(category("Behaviour"))],
        "status": "active",
    }
    answer = hidden.post("/incidents/add/", sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert SURNAME not in page
    assert "Q**** M****" in page
    assert page.count(str(students_a[0].pk)) >= 1
    assert page.count(FORENAME) == 1
    assert f"{FORENAME} said so.</textarea>" in page


def test_suggestions_and_lists_are_starred(hidden, students_a):
    for path in ("/students/suggest/?q=quill", "/students/search/?q=quill"):
        page = hidden.get(path).content.decode()
        assert FORENAME not in page.replace('value="quill"', "")
        assert "Q**** M****" in page


def test_edit_form_that_comes_back_stars_links_and_keeps_the_text(hidden, students_a, add, cast):
    from tenant_apps.incidents.services import LinkedStudent

    incident = add("Behaviour", text=f"{FORENAME} fell.", linked=[LinkedStudent(students_a[1].pk, "witness")])
    asked = hidden.get(f"/incidents/{incident.pk}/edit/").content.decode()
    assert "Show Names and go on" in asked
    assert FORENAME not in asked
    answer = hidden.post(f"/incidents/{incident.pk}/edit/", {"text": f"{FORENAME} fell twice."})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert SURNAME not in page
    assert f"{FORENAME} fell twice." in page


def test_photograph_is_not_there(hidden, students_a, settings, tmp_path, client_for, cast):
    from tenant_apps.documents.services import receive
    from tenant_apps.students.models import Student

    settings.DOCUMENTS_DIR = str(tmp_path)
    pupil = students_a[0]
    face = receive([b"face"], name="photo.jpg", owner=("photo", pupil.pk), by=cast.lead.access)
    Student.objects.filter(pk=pupil.pk).update(photo_document_id=face.pk)
    path = f"/students/{pupil.pk}/photo/"
    assert path in client_for(cast.lead).get(f"/students/{pupil.pk}/").content.decode()
    assert path not in hidden.get(f"/students/{pupil.pk}/").content.decode()
    assert hidden.get(path).status_code == 404
