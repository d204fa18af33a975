"""Marks on maps, from the form to every place that shows an incident."""

import re
from io import BytesIO

import pikepdf
import pytest

from tests.data.pictures import drawn
from tests.pdf_text import without_spaces, words_of
from tests.tenant_apps.incidents.typed import typed_incident


@pytest.fixture
def body(in_a):
    from tenant_apps.maps.selectors import enabled_maps

    return enabled_maps()[0]


@pytest.fixture
def site(in_a, cast):
    from tenant_apps.maps.services import add_map

    return add_map(title="School site", picture=drawn(size=(300, 200)), by=cast.head.access)


@pytest.fixture
def marked(body):
    from tenant_apps.incidents.selectors.marks import Marked

    def make(text="", x=0.2, y=0.3, on=None):
        return Marked(on or body.id, x, y, text)

    return make


@pytest.fixture
def typed(category, students_a, in_class):
    return lambda **given: typed_incident(category("Behaviour"), students_a[0].pk, **given)


def log_of(client, student):
    return client.get(f"/students/{student.pk}/incidents/").content.decode()


def marks_in(page):
    """The words beside the numbers, as a page shows them."""
    return re.findall(r'class="mark-number">(\d+)</span><span>([^<]*)', page)


@pytest.mark.spec("MAP-01", "MAP-03", "INC-17")
def test_maps_are_folded_on_the_form_with_every_enabled_map_and_its_title(client_for, cast, site):
    page = client_for(cast.teacher).get("/incidents/add/").content.decode()
    assert re.search(r'<details class="fold" id="id_marks"[^>]*"0">', page)
    assert page.index("Linked student(s)") < page.index("Mark a place on a map") < page.index("Date/Time")
    assert re.findall(r"<figcaption>(.*?)</figcaption>", page) == ["Body Map", "School site"]
    assert '<optgroup label="School site"><option value="' in page


@pytest.mark.spec("MAP-02", "MAP-04", "INC-17")
def test_marks_of_the_form_stand_with_their_incident(client_for, cast, typed, body, site, students_a):
    """A place that was chosen in the list and not added by its button is a mark too: nothing is lost."""
    sent = typed(
        mark=[f"{body.id},0.3,0.4", f"{site.pk},0.5,0.5", f"{body.id},0.9,0.9"],
        mark_text=["graze <b>", "", "gone"],
        mark_remove=["2"],
        mark_place=f"{site.pk},0.1667,0.1667",
    )
    assert client_for(cast.teacher).post("/incidents/add/", sent).status_code == 302
    page = log_of(client_for(cast.pastoral), students_a[0])
    assert marks_in(page) == [("1", "graze &lt;b&gt; "), ("2", ""), ("3", "")]
    assert 'aria-label="School site with 2 marks"' in page
    assert f'<image href="/maps/{site.pk}/picture/"' in page
    assert '<circle cx="120.0" cy="134.0"' in page


@pytest.mark.parametrize(
    "hostile",
    ["", "x", "{body},0.3", "{body},nan,0.3", "{body},1.2,0", "{body},-1,0", "{body},0,0,0", "{none},0,0"],
)
def test_what_is_no_mark_is_refused_and_the_others_stay(client_for, cast, typed, body, hostile):
    from tenant_apps.incidents.models import Incident

    wrong = hostile.format(body=body.id, none="01a00000-0000-7000-8000-000000000000")
    sent = typed(mark=[f"{body.id},0.3,0.4", wrong], mark_text=["graze", "x"])
    answer = client_for(cast.teacher).post("/incidents/add/", sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Maps: One of the marks cannot be read." in page
    assert 'name="mark_text" value="graze"' in page
    assert not Incident.objects.exists()


def test_too_many_marks_and_too_long_words_are_refused(client_for, cast, typed, body):
    one = f"{body.id},0.3,0.4"
    browser = client_for(cast.teacher)
    answer = browser.post("/incidents/add/", typed(mark=[one] * 61, mark_text=[""] * 61)).content.decode()
    assert "No more than 60 marks" in answer
    answer = browser.post("/incidents/add/", typed(mark=[one], mark_text=["x" * 501])).content.decode()
    assert "over 500 characters" in answer


def test_without_script_a_mark_is_added_from_the_list_and_the_form_comes_back(client_for, cast, typed, body):
    from tenant_apps.incidents.models import Incident

    sent = typed(
        mark=[f"{body.id},0.3,0.4"], mark_text=["graze"], mark_place=f"{body.id},0.5,0.5", mark_add="yes"
    )
    answer = client_for(cast.teacher).post("/incidents/add/", sent)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert f'name="mark" value="{body.id},0.3,0.4"' in page
    assert f'name="mark" value="{body.id},0.5,0.5"' in page
    assert "Said she had no breakfast." in page
    assert 'class="error-summary"' not in page
    assert not Incident.objects.exists()


def test_draft_keeps_its_marks(client_for, cast, typed, body):
    from core.db.keys import uuid7

    draft, browser = uuid7(), client_for(cast.teacher)
    sent = {"mark": [f"{body.id},0.3,0.4"], "mark_text": ["graze"], "mark_place": f"{body.id},0.5,0.5"}
    assert browser.post(f"/incidents/drafts/{draft}/", sent).status_code == 200
    page = browser.get(f"/incidents/add/?draft={draft}").content.decode()
    assert re.search(r'id="id_marks"[^>]* open>', page)
    assert page.count('name="mark" value="') == 3, "two marks and the empty one of the script"
    assert 'name="mark_text" value="graze"' in page


@pytest.mark.spec("MAP-12")
def test_disabled_map_stays_on_the_incidents_marked_on_it(client_for, cast, add, marked, body, students_a):
    from tenant_apps.maps.services import set_enabled

    incident = add(marks=[marked("graze")])
    set_enabled(map_id=body.id, enabled=False, by=cast.head.access)
    assert 'aria-label="Body Map with 1 mark"' in log_of(client_for(cast.teacher), students_a[0])
    lead = client_for(cast.lead)
    assert 'data-title="Body Map"' not in lead.get("/incidents/add/").content.decode()
    form = lead.get(f"/incidents/{incident.pk}/edit/").content.decode()
    assert 'name="mark_text" value="graze"' in form
    assert "<optgroup" not in form, "nothing new is set on it"


def test_edit_changes_words_keeps_numbers_and_history_tells_it(client_for, cast, add, marked, body, category):
    from django.utils import timezone

    incident = add(marks=[marked("graze", 0.288, 0.71), marked("bump")])
    lead, path = client_for(cast.lead), f"/incidents/{incident.pk}/edit/"
    page = lead.get(path).content.decode()
    local = timezone.localtime(incident.happened_at)
    sent = {
        "text": incident.text,
        "happened_on": f"{local:%Y-%m-%d}",
        "happened_time": f"{local:%H:%M}",
        "categories": [str(category("Behaviour"))],
        "seen": page.split('name="seen" value="')[1].split('"')[0],
        "mark": [f"{body.id},0.2,0.3,2", f"{body.id},0.4,0.4"],
        "mark_text": ["bump, 1 cm", "cut"],
    }
    again = lead.post(path, sent | {"mark_add": "yes", "mark_place": f"{body.id},0.5,0.5"})
    assert again.status_code == 200
    assert f'name="mark" value="{body.id},0.5,0.5"' in again.content.decode()
    assert incident.marks.count() == 2, "the button without script adds to the form alone"
    assert lead.post(path, sent).status_code == 302
    assert list(incident.marks.order_by("number").values_list("number", "text")) == [
        (2, "bump, 1 cm"),
        (3, "cut"),
    ]
    history = lead.get(f"/incidents/{incident.pk}/history/").content.decode()
    assert "1 (Body Map, near left knee, front): graze; 2 (Body Map" in history
    assert "bump, 1 cm; 3 (Body Map" in history
    # Whoever had the form open before is told, and finds the mark that was set meanwhile among their own.
    answer = lead.post(path, sent | {"mark": [f"{body.id},0.2,0.3,1"], "mark_text": ["graze"]})
    assert answer.status_code == 409
    shown = re.findall(r'name="mark_text" value="([^"]+)"', answer.content.decode())
    assert shown == ["bump, 1 cm", "cut", "graze"]


@pytest.mark.spec("SAF-07")
def test_alert_alone_shows_the_marks_of_then(client_for, cast, add, marked, moment):
    from datetime import timedelta

    from tenant_apps.incidents.selectors import latest_version
    from tenant_apps.incidents.services import edit_incident

    incident = add(
        "Child Protection", marks=[marked("graze-of-then")], alert_user_ids=[cast.support.user.pk], at=moment
    )
    edit_incident(
        incident_id=incident.pk,
        seen=latest_version(incident),
        text=incident.text,
        happened_at=incident.happened_at,
        category_ids=incident.carried.values_list("category", flat=True),
        marks=[marked("bruise-of-later")],
        by=cast.lead.access,
        at=moment + timedelta(minutes=30),
    )
    page = client_for(cast.support, elevated=False).get(f"/incidents/{incident.pk}/").content.decode()
    assert marks_in(page) == [("1", "graze-of-then ")]
    whole = client_for(cast.lead).get(f"/incidents/{incident.pk}/", follow=True).content.decode()
    assert marks_in(whole) == [("2", "bruise-of-later ")]


@pytest.mark.spec("SAF-07")
def test_alert_to_what_was_merged_shows_its_marks_and_no_others(client_for, cast, add, marked, moment):
    from datetime import timedelta

    from tenant_apps.incidents.services import merge_incidents

    alerted = [cast.support.user.pk]
    surplus = add("Child Protection", marks=[marked("graze-of-mine")], alert_user_ids=alerted, at=moment)
    main = add("Child Protection", marks=[marked("not-for-them")], at=moment)
    later = moment + timedelta(minutes=9)
    merge_incidents(surplus_id=surplus.pk, main_id=main.pk, by=cast.lead.access, at=later)
    browser = client_for(cast.support, elevated=False)
    page = browser.get(f"/incidents/{main.pk}/").content.decode()
    assert marks_in(page) == [("1", "graze-of-mine ")]
    assert "not-for-them" not in page
    pdf = words_of(browser.get(f"/incidents/{main.pk}/print/").content)
    assert "graze-of-mine" in pdf
    assert "not-for-them" not in pdf


def test_own_words_have_the_marks_that_one_set(client_for, cast, add, marked):
    incident = add(marks=[marked("graze")], by=cast.support.access)
    page = client_for(cast.support, elevated=False).get(f"/incidents/{incident.pk}/own/").content.decode()
    assert marks_in(page) == [("1", "graze ")]


def test_hidden_names_are_stars_in_marks_and_not_in_titles(client_for, cast, add, marked, students_a):
    from tenant_apps.students.models import Student

    student = students_a[0]
    Student.objects.filter(pk=student.pk).update(
        legal_forename="Quillfeather", preferred_forename="Quillfeather", legal_surname="Body"
    )
    incident = add(marks=[marked("Quillfeather points here")])
    lead = client_for(cast.lead)
    lead.post("/hide-names/", {})
    for address in (
        f"/students/{student.pk}/incidents/",
        f"/students/{student.pk}/maps/{marked().map_id}/",
        f"/incidents/{incident.pk}/history/",
    ):
        page = lead.get(address).content.decode()
        assert "points here" in page, address
        assert "Quillfeather" not in page, address
        assert "Body Map" in page, address
    pdf = words_of(lead.get(f"/incidents/{incident.pk}/print/").content)
    assert "pointshere" in pdf
    assert "Quillfeather" not in pdf


def test_pdf_draws_the_marks_on_the_picture(client_for, cast, add, marked, site, students_a):
    add(marks=[marked("graze"), marked("by the gate", on=site.pk)])
    content = client_for(cast.lead).get(f"/students/{students_a[0].pk}/incidents/pdf/").content
    words = words_of(content)
    assert without_spaces("Body Map 1 graze") in words
    assert without_spaces("School site 2 by the gate (top left)") in words
    with pikepdf.open(BytesIO(content)) as pdf:
        sizes = [
            (int(image.Width), int(image.Height))
            for page in pdf.pages
            for image in page.get_images(recursive=True).values()
        ]
    assert (300, 200) in sizes


@pytest.mark.spec("MAP-05", "MAP-06", "STU-05")
def test_combined_maps_have_the_marks_that_this_reader_sees(
    client_for, cast, add, marked, body, site, students_a
):
    from core.audit.models import AuditEvent
    from tenant_apps.incidents.services import LinkedStudent, delete_incident, merge_incidents

    pupil, other = students_a[:2]
    first = add(marks=[marked("graze"), marked("by the gate", on=site.pk)])
    second = add("Child Protection", marks=[marked("kept-from-teachers")])
    reference = [LinkedStudent(pupil.pk, "witness", shows_full=False)]
    add(marks=[marked("of-another")], student_id=other.pk, linked=reference)
    gone = add(marks=[marked("deleted-words")])
    delete_incident(incident_id=gone.pk, reason="Twice.", by=cast.lead.access)
    merged = add(marks=[marked("of-the-merged")])
    merge_incidents(surplus_id=merged.pk, main_id=first.pk, by=cast.lead.access)

    overview = client_for(cast.lead).get(f"/students/{pupil.pk}/").content.decode()
    assert "Combined maps" in overview
    assert "3 marks of 2 incidents" in overview
    assert f'href="/students/{pupil.pk}/maps/{site.pk}/"' in overview
    page = client_for(cast.lead).get(f"/students/{pupil.pk}/maps/{body.id}/").content.decode()
    assert sorted(words.strip() for _, words in marks_in(page)) == [
        "graze",
        "kept-from-teachers",
        "of-the-merged",
    ]
    assert page.count(f'data-of="{first.pk}"') == 2
    assert f'data-marks-of="{second.pk}"' in page
    assert AuditEvent.objects.filter(event="maps.combined", student_ids=[pupil.pk]).count() == 1

    teacher = client_for(cast.teacher)
    seen = teacher.get(f"/students/{pupil.pk}/maps/{body.id}/").content.decode()
    assert sorted(words.strip() for _, words in marks_in(seen)) == ["graze", "of-the-merged"]
    for words in ("kept-from-teachers", "of-another", "deleted-words"):
        assert words not in seen
        assert words not in teacher.get(f"/students/{pupil.pk}/").content.decode()
    assert teacher.get(f"/students/{students_a[2].pk}/maps/{body.id}/").status_code == 404
    assert "Combined maps" not in teacher.get(f"/students/{students_a[2].pk}/").content.decode()
