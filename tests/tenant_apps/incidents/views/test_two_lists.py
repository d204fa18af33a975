"""OP-9: the student is chosen from two lists, group then name, where the school offers no suggestions."""

import re
from html import unescape

import pytest

from tests.data.pupils import make_group, make_pupil

OFF = {"allow_student_search": False}


@pytest.fixture
def pupils(in_a):
    """Two in 7A, one in 8B, one without a group, one who has left."""
    from core.db.clock import now

    a, b = make_group("tutor", "7A"), make_group("tutor", "8B")
    return {
        "a": a,
        "b": b,
        "amelia": make_pupil("Amelia", "Quill", a),
        "jakub": make_pupil("Jakub", "Łukaszewski", a),
        "siân": make_pupil("Siân", "Rees", b),
        "loose": make_pupil("Nobody", "Grouped"),
        "left": make_pupil("Gone", "Away", a, archived_at=now()),
    }


@pytest.fixture
def search_is_off(in_a, client_for, cast):
    from tests.access.conftest import filled_settings

    assert client_for(cast.head).post("/admin/settings/", filled_settings(**OFF)).status_code == 302


def body(response):
    return unescape(response.content.decode())


def names_in(page, field="student"):
    (select,) = re.findall(rf'<select[^>]*id="id_{field}"[^>]*>(.*?)</select>', page, re.DOTALL)
    return [re.sub(r" ·.*", "", name) for name in re.findall(r"<option[^>]*>([^<]*)</option>", select)]


@pytest.mark.spec("ADM-15")
@pytest.mark.spec("INC-08")
def test_form_has_suggestions_until_the_school_switches_them_off(pupils, client_for, cast):
    page = body(client_for(cast.support).get("/incidents/add/"))
    assert page.count("/students/suggest/") == 2
    assert "id_student_group" not in page


@pytest.mark.spec("ADM-15")
@pytest.mark.parametrize("part", ["support", "teacher", "lead"])
def test_two_lists_stand_in_place_of_suggestions_for_everybody(pupils, search_is_off, client_for, cast, part):
    browser = client_for(getattr(cast, part))
    page = body(browser.get("/incidents/add/"))
    assert "/students/suggest/" not in page
    assert [f">{name}</option>" in page for name in ("7A", "8B", "Without a group")] == [True] * 3
    assert "Quill" not in page
    fragment = body(browser.get(f"/students/names/?field=student&student_group={pupils['a'].pk}"))
    assert names_in(fragment) == ["Choose a name", "Jakub Łukaszewski", "Amelia Quill"]
    loose = body(browser.get("/students/names/?field=student&student_group=none"))
    assert names_in(loose) == ["Choose a name", "Nobody Grouped"]
    for odd in ("", "x", str(pupils["amelia"].pk)):
        fragment = body(browser.get(f"/students/names/?field=student&student_group={odd}"))
        assert len(names_in(fragment)) == 1


@pytest.mark.spec("ADM-15")
def test_without_script_the_names_come_with_everything_typed_kept(pupils, search_is_off, client_for, cast):
    from core.db.keys import uuid7
    from tenant_apps.incidents.models import Incident

    browser, draft = client_for(cast.support), str(uuid7())
    asked = {
        "draft": draft,
        "text": "Said she had no breakfast.",
        "student_group": str(pupils["a"].pk),
        "linked_group": str(pupils["b"].pk),
        "show_names": "student",
    }
    response = browser.post("/incidents/add/", asked)
    page = body(response)
    assert response.status_code == 200
    assert "There is a problem" not in page
    assert "Said she had no breakfast." in page
    assert draft in page
    assert "Amelia Quill" in names_in(page)
    assert names_in(page, "linked") == ["Siân Rees"]
    assert not Incident.objects.exists()


@pytest.mark.spec("ADM-15")
def test_choice_from_the_lists_adds_the_incident_and_survives_a_refusal(
    pupils, search_is_off, client_for, cast
):
    from tenant_apps.incidents.models import Incident, IncidentStudent
    from tests.access.conftest import World

    sent = World(cast, []).typed(
        "Cause for Concern",
        student=str(pupils["amelia"].pk),
        linked=[str(pupils["siân"].pk)],
        status="active",
    )
    page = body(client_for(cast.support).post("/incidents/add/", sent | {"text": ""}))
    assert re.search(rf'<option value="{pupils["amelia"].pk}" selected>', page)
    assert re.search(rf'name="linked" value="{pupils["siân"].pk}" checked', page)
    assert client_for(cast.support).post("/incidents/add/", sent).status_code == 302
    about = dict(IncidentStudent.objects.values_list("student", "part"))
    assert about == {pupils["amelia"].pk: "main", pupils["siân"].pk: "linked"}
    assert Incident.objects.count() == 1


@pytest.mark.spec("ADM-15")
def test_one_who_is_on_no_list_is_not_named(pupils, search_is_off, client_for, cast):
    """An id in the query proves nothing: a pupil who has left is not shown to somebody without a key."""
    fragment = body(
        client_for(cast.support).get(f"/students/names/?field=student&student={pupils['left'].pk}")
    )
    assert "Gone" not in fragment


@pytest.mark.parametrize("more", [0, 3])
def test_lists_take_as_many_queries_for_one_name_as_for_four(
    pupils, search_is_off, client_for, cast, more, django_assert_max_num_queries
):
    for number in range(more):
        make_pupil(f"Name{number}", "Quill", pupils["b"])
    browser = client_for(cast.support)
    address = f"/students/names/?field=student&student_group={pupils['b'].pk}"
    browser.get(address)
    with django_assert_max_num_queries(9):
        browser.get(address)
