""" "Hide Names" on every page that stands in the matrix: no pupil's name in any answer."""

import re

import pytest
from django.urls import reverse

from core.access import SYSTEM
from tests import pdf_text
from tests.access.conftest import RELATIONS
from tests.access.matrix import ROLES, ROWS

LEAD = next(index for index, role in enumerate(ROLES) if role.name == "lead")
HEAD = next(index for index, role in enumerate(ROLES) if role.name == "head")
FORENAME, SURNAME, FORMER = "Quillfeather", "Marrowdusk", "Thistlewick"


def shown_to(index):
    rows = [row for row in ROWS if row.host == "school" and row.method == "GET"]
    return [row for row in rows if row.letters[index] == "S"]


def words_of(response):
    content = b"".join(response) if response.streaming else response.content
    if response.get("Content-Type") == "application/pdf":
        return pdf_text.words_of(content)
    return content.decode("utf-8", "replace")


@pytest.fixture
def named(world):
    """All pupils of the world carry the same telling names, and the texts name them."""
    from tenant_apps.incidents.models import Action, ActionAnswer, Incident, IncidentAnswer, Mark
    from tenant_apps.students.models import Student
    from tenant_apps.students.services import (
        ContactGiven,
        CourtOrderGiven,
        SiblingGiven,
        add_contact,
        add_court_order,
        add_sibling_elsewhere,
        change_answers,
        change_keywords,
        write_summary,
    )

    def name_everybody():
        Student.objects.update(
            legal_forename=FORENAME,
            preferred_forename=FORENAME,
            legal_surname=SURNAME,
            preferred_surname=SURNAME,
            former_surname=FORMER,
        )
        text = f"{FORENAME} {SURNAME} and {FORENAME.lower()}’s friend, once {FORMER.upper()}."
        Incident.objects.update(text=text)
        Incident.objects.filter(about="not_listed").update(
            unlisted_name=f"{FORENAME} {FORMER}", unlisted_class=f"{SURNAME}’s class"
        )
        Action.objects.update(text=text)
        Mark.objects.update(text=text)
        for answers in (IncidentAnswer, ActionAnswer):
            answers.objects.update(values=[text])
        for pupil in world.students:
            given = ContactGiven(forename=FORENAME, surname=SURNAME, relationship="Mother")
            add_contact(student_id=pupil.pk, given=given, by=SYSTEM)
            order = CourtOrderGiven(who=text, what=text)
            add_court_order(student_id=pupil.pk, given=order, by=SYSTEM)
            sibling = SiblingGiven(name=f"Kim {SURNAME}", school="Elsewhere")
            add_sibling_elsewhere(student_id=pupil.pk, given=sibling, by=SYSTEM)
            write_summary(student_id=pupil.pk, text=text, seen=0, by=SYSTEM)
            told = world.answer("student", text)
            change_answers(student_id=pupil.pk, answers=[told], seen={told.field_id: None}, by=SYSTEM)
            change_keywords(student_id=pupil.pk, added=[SURNAME, FORENAME.lower()], by=SYSTEM)

    return name_everybody


@pytest.mark.spec("EXT-03", "EXT-04")
@pytest.mark.parametrize("index", [LEAD, HEAD], ids=["lead", "head"])
def test_no_page_shows_a_name_until_names_are_shown(world, named, client_for, cast, index):
    """Every page of the matrix in one session; the words of the page's own address and form do not count."""
    person = getattr(cast, ROLES[index].part)
    rows = shown_to(index)
    addresses = [
        (row, reverse(row.route, urlconf="config.urls_school", kwargs=RELATIONS[row.relation](world)))
        for row in rows
    ]
    named()
    browser = client_for(person)
    assert browser.post("/hide-names/", {"next": "/account/"}).headers["Location"] == "/account/"
    found = []
    for row, address in addresses:
        response = browser.get(address, {"q": FORENAME[:5]} if row.route.endswith("suggest") else {})
        page = words_of(response)
        if re.search(f"{FORENAME}|{SURNAME}|{FORMER}", page, re.IGNORECASE):
            found.append(row.title)
    assert found == []
    assert len(addresses) > 20

    browser.post("/hide-names/", {"names": "show"})
    page = words_of(browser.get(f"/students/{world.students[0].pk}/"))
    assert SURNAME in page


@pytest.mark.spec("EXT-03")
def test_stars_keep_the_first_letters(world, named, client_for, cast):
    incident = world.behaviour
    named()
    browser = client_for(cast.lead)
    browser.post("/hide-names/", {})
    page = words_of(browser.get(f"/students/{incident.participants.get().student_id}/incidents/"))
    assert "Q**** M****" in page
    assert "Q****" in page
    assert "once T****" in page


@pytest.mark.spec("EXT-03")
def test_print_hides_names_by_a_block(world, named, client_for, cast):
    incident = world.behaviour
    named()
    browser = client_for(cast.lead)
    browser.post("/hide-names/", {})
    words = words_of(browser.get(f"/students/{incident.participants.get().student_id}/incidents/pdf/"))
    assert "█████" in words
    assert "Q****" not in words
    assert not re.search(f"{FORENAME}|{SURNAME}|{FORMER}", words, re.IGNORECASE)
    browser.post("/hide-names/", {"names": "show"})
    shown = words_of(browser.get(f"/students/{incident.participants.get().student_id}/incidents/pdf/"))
    assert SURNAME in shown


@pytest.mark.spec("EXT-04")
def test_forms_ask_to_show_names_first_and_take_what_was_sent(world, named, client_for, cast):
    from tenant_apps.incidents.models import Incident

    before = Incident.objects.count()
    browser = client_for(cast.support)
    browser.post("/hide-names/", {})
    asked = browser.get("/incidents/add/").content.decode()
    assert "Show Names and go on" in asked
    assert 'value="/incidents/add/"' in asked
    sent = world.typed("Cause for Concern", student=str(world.students[0].pk), status="active")
    assert browser.post("/incidents/add/", sent).status_code == 302
    assert Incident.objects.count() == before + 1


@pytest.mark.spec("EXT-04")
def test_another_session_of_the_same_person_shows_names(client_for, cast, world, named):
    named()
    first, second = client_for(cast.lead), client_for(cast.lead)
    first.post("/hide-names/", {})
    address = f"/students/{world.students[0].pk}/"
    assert SURNAME not in words_of(first.get(address))
    assert SURNAME in words_of(second.get(address))
