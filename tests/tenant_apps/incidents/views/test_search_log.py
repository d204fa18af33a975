"""The search inside a student's log: what it finds, and whom it tells nothing."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.db.keys import uuid7
from tests.pdf_text import without_spaces, words_of

pytestmark = pytest.mark.django_db

MARK = re.compile(r"mark-[a-z]+")
# What the page says of the search itself.
ASKED = re.compile(r'<dl class="pairs">.*?</dl>', re.DOTALL)


@pytest.fixture
def address(students_a):
    return f"/students/{students_a[0].pk}/incidents/"


@pytest.fixture
def act(cast, moment):
    """Adds an action, by the lead unless told otherwise."""
    from tenant_apps.incidents.services import add_action

    def make(incident, text, *, by=None, **given):
        return add_action(
            action_id=uuid7(),
            incident_id=incident.pk,
            text=text,
            happened_at=moment,
            by=by or cast.lead.access,
            **given,
        )

    return make


@pytest.fixture
def find(address):
    """Posts a search as the form does; returns the marks of the page that it leads to, in its order."""

    def search(client, log=address, **typed):
        answer = client.post(f"{log}search/", typed, follow=True)
        assert answer.status_code == 200, answer.content.decode()
        return MARK.findall(ASKED.sub("", answer.content.decode()))

    return search


@pytest.mark.parametrize(
    "words", ["corridor", "CORRIDOR", "orrido", "dropped corridor", "zoes", "zoe's", "cafe 100%", "Café"]
)
def test_words_are_found_in_any_part_case_and_accent(client_for, cast, add, find, words):
    add(text="Zoë’s bag was dropped in the corridor by the café. mark-one 100% zoes")
    add(text="Nothing of it. mark-two")
    assert find(client_for(cast.lead), words=words) == ["mark-one"]


@pytest.mark.attack("A32")
@pytest.mark.parametrize(
    "words", ["mark-%", "mark_", "mark-one' OR '1'='1", "mark-one\\", "mark-one%' --", "%%%mark", "(mark"]
)
def test_signs_of_patterns_and_sql_are_letters_like_others(client_for, cast, add, find, words):
    add(text="mark-one")
    assert find(client_for(cast.lead), words=words) == []


def test_all_words_stand_in_one_text_and_an_action_counts(client_for, cast, add, act, find):
    one = add(text="mark-one about a bruise")
    act(one, "rang the grandmother")
    add(text="mark-two bruise, grandmother told")
    client = client_for(cast.lead)
    assert find(client, words="grandmother") == ["mark-two", "mark-one"]
    assert find(client, words="bruise grandmother") == ["mark-two"]


def test_category_takes_its_sub_categories_along_unless_one_is_ticked(client_for, cast, add, find, category):
    add("Bullying", text="mark-sub")
    add("Behaviour", text="mark-parent")
    add("Attendance", text="mark-other")
    client = client_for(cast.lead)
    assert find(client, categories=[category("Behaviour")]) == ["mark-parent", "mark-sub"]
    assert find(client, categories=[category("Behaviour"), category("Bullying")]) == ["mark-sub"]
    assert find(client, categories=[category("Bullying"), category("Attendance")]) == [
        "mark-other",
        "mark-sub",
    ]


def test_days_are_the_schools_and_both_ends_belong_to_them(client_for, cast, add, find, moment):
    zone = ZoneInfo("Europe/London")
    day = timezone.localtime(moment, zone).date() - timedelta(days=10)
    late = timezone.datetime(day.year, day.month, day.day, 23, 59, tzinfo=zone)
    add(text="mark-before", happened_at=late - timedelta(days=1))
    add(text="mark-begin", happened_at=late.replace(hour=0, minute=0))
    add(text="mark-end", happened_at=late)
    add(text="mark-after", happened_at=late + timedelta(minutes=1))
    client = client_for(cast.lead)
    assert find(client, since=str(day), until=str(day)) == ["mark-end", "mark-begin"]
    assert find(client, since=str(day)) == ["mark-after", "mark-end", "mark-begin"]
    assert find(client, until=str(day), words="mark") == ["mark-end", "mark-begin", "mark-before"]


def test_author_of_the_incident_or_of_an_action_and_of_the_words(client_for, cast, add, act, find):
    add(text="mark-deputy bruise", by=cast.deputy.access)
    one = add(text="mark-lead bruise")
    act(one, "looked after", by=cast.deputy.access)
    add(text="mark-none")
    client, deputy = client_for(cast.lead), str(cast.deputy.user.pk)
    assert find(client, author=deputy) == ["mark-lead", "mark-deputy"]
    assert find(client, author=deputy, words="bruise") == ["mark-deputy"]


@pytest.mark.spec("SAF-01", "SAF-10")
@pytest.mark.attack("A11")
def test_nothing_of_what_is_not_open_is_found_counted_or_offered(
    client_for, cast, add, act, find, address, category
):
    hidden = add("Child Protection", text="mark-hidden bruise", by=cast.deputy.access)
    act(hidden, "bruise looked at", by=cast.head.access)
    add(text="mark-open bruise")
    client = client_for(cast.teacher)
    form = client.get(f"{address}search/").content.decode()
    for told in (cast.deputy.user.formal_name, cast.head.user.formal_name, "Child Protection", "mark-"):
        assert told not in form
    assert cast.lead.user.formal_name in form
    assert find(client, words="bruise") == ["mark-open"]
    for refused in (
        {"author": str(cast.deputy.user.pk)},
        {"categories": [str(category("Child Protection"))]},
    ):
        answer = client.post(f"{address}search/", refused)
        assert answer.status_code == 422
        assert "of the list" in answer.content.decode()
    assert find(client_for(cast.lead), words="bruise") == ["mark-open", "mark-hidden"]


def test_deleted_text_and_earlier_text_are_found_by_nobody(
    client_for, cast, add, act, find, address, category
):
    from tenant_apps.incidents.services import delete_action, delete_incident

    gone = add(text="mark-gone bruise", by=cast.deputy.access)
    kept = add(text="mark-kept")
    action = act(kept, "bruise here", by=cast.head.access)
    delete_incident(incident_id=gone.pk, reason="wrong child", by=cast.lead.access)
    delete_action(action_id=action.pk, reason="wrong child", by=cast.lead.access)
    editor = client_for(cast.lead)
    assert "wrong child" in editor.get(address).content.decode()
    assert find(editor, words="bruise") == []
    answer = editor.post(f"{address}search/", {"categories": [category("Behaviour")]}, follow=True)
    page = answer.content.decode()
    assert "mark-kept" in page
    assert f"incident-{gone.pk}" not in page
    form = editor.get(f"{address}search/").content.decode()
    assert cast.deputy.user.formal_name not in form
    assert cast.head.user.formal_name not in form


@pytest.mark.spec("INC-14", "ACT-08")
def test_linked_pupils_log_is_searched_only_in_what_it_shows(
    client_for, cast, add, act, find, students_a, category
):
    from tenant_apps.incidents.services import LinkedStudent

    incident = add(
        text="mark-one bruise",
        linked=[
            LinkedStudent(students_a[1].pk, "sibling"),
            LinkedStudent(students_a[2].pk, "witness", shows_full=False),
        ],
    )
    act(incident, "grandmother rang", by=cast.deputy.access)
    act(incident, "grandfather rang", copies_to_linked=True)
    client = client_for(cast.lead)
    linked, reference = (f"/students/{pupil.pk}/incidents/" for pupil in students_a[1:3])
    assert find(client, linked, words="bruise") == ["mark-one"]
    assert find(client, linked, words="grandfather") == ["mark-one"]
    assert find(client, linked, words="grandmother") == []
    assert cast.deputy.user.formal_name not in client.get(f"{linked}search/").content.decode()
    number = f"involved in incident no. {incident.number}"
    for asked in ({"words": "bruise"}, {"categories": [category("Behaviour")]}):
        answer = client.post(f"{reference}search/", asked, follow=True)
        assert number not in answer.content.decode()
    assert (
        cast.lead.user.formal_name not in client.get(f"{reference}search/").content.decode().split("form")[-2]
    )
    answer = client.post(f"{reference}search/", {"since": "2020-01-01"}, follow=True)
    assert number in answer.content.decode()


def test_words_stand_in_no_address_and_in_no_audit(client_for, cast, add, address):
    from core.audit.models import AuditEvent

    add(text="mark-one bruise")
    client = client_for(cast.lead)
    answer = client.post(f"{address}search/", {"words": "bruise"})
    assert re.fullmatch(rf"{address}\?find=[0-9a-f]{{8}}", answer.headers["Location"])
    page = client.get(answer.headers["Location"]).content.decode()
    for told in re.findall(r'(?:href|action)="([^"]*)"', page):
        assert "bruise" not in told
    event = AuditEvent.objects.filter(event="chronology.viewed").latest("id")
    assert event.detail["searched_words"] is True
    assert "bruise" not in str(event.detail)


def test_search_is_shown_changed_cleared_and_stays_with_its_log(client_for, cast, add, address, students_a):
    add(text="mark-one bruise")
    add(text="mark-two")
    client = client_for(cast.lead)
    found = client.post(f"{address}search/", {"words": "bruise", "since": "2020-01-02"}).headers["Location"]
    page = client.get(found).content.decode()
    assert "bruise</dd>" in page
    assert "2 January 2020" in page
    assert f'href="{address}"' in page
    form = client.get(found.replace("?", "search/?")).content.decode()
    assert 'value="bruise"' in form
    assert 'value="2020-01-02"' in form
    assert MARK.findall(client.get(address).content.decode()) == ["mark-two", "mark-one"]
    elsewhere = f"/students/{students_a[1].pk}/incidents/"
    for lapsed in (found.replace(address, elsewhere), f"{address}?find=00000000", f"{address}pdf/?find=x"):
        answer = client.get(lapsed, follow=True)
        assert "no longer kept" in answer.content.decode()
    assert "no longer kept" in client_for(cast.lead).get(found, follow=True).content.decode()


def test_nothing_found_is_said(client_for, cast, add, address):
    add(text="mark-one")
    answer = client_for(cast.lead).post(f"{address}search/", {"words": "bruise"}, follow=True)
    page = answer.content.decode()
    assert "fits this search" in page
    assert "Clear search" in page


def test_empty_search_is_the_whole_log(client_for, cast, add, address, find):
    add(text="mark-one")
    client = client_for(cast.lead)
    assert find(client) == ["mark-one"]
    assert client.post(f"{address}search/").headers["Location"] == address


def test_pages_of_what_was_found_reach_every_entry_once(client_for, cast, add, address, moment):
    for number in range(40):
        add(text=f"Entry number {number}. bruise", happened_at=moment - timedelta(hours=number // 3))
        if number % 4 == 0:
            add(text="between", happened_at=moment - timedelta(hours=number // 3))
    client, seen = client_for(cast.lead), []
    where = client.post(f"{address}search/", {"words": "bruise"}).headers["Location"]
    while where:
        page = client.get(where).content.decode()
        assert "between" not in page
        seen += re.findall(r"Entry number (\d+)\.", page)
        found = re.search(r'href="([^"]*\?older=[^"]+)"', page)
        where = found[1].replace("&amp;", "&") if found else ""
    assert sorted(map(int, seen)) == list(range(40))


def test_pdf_holds_what_was_found_and_says_so(client_for, cast, add, address):
    add(text="mark-one: bruise")
    add(text="mark-two:")
    client = client_for(cast.lead)
    found = client.post(f"{address}search/", {"words": "bruise"}).headers["Location"]
    words = words_of(client.get(found.replace("?", "pdf/?")).content)
    assert MARK.findall(words) == ["mark-one"]
    assert without_spaces("Only what fits a search is in it, not the whole log. Words: bruise.") in words
    whole = words_of(client.get(f"{address}pdf/").content)
    assert MARK.findall(whole) == ["mark-two", "mark-one"]
    assert without_spaces("Only what fits") not in whole


@pytest.mark.spec("EXT-03")
def test_hidden_names_hide_what_was_typed(client_for, cast, add, address, students_a):
    name = students_a[0].legal_surname
    part = name[2:7]
    add(text=f"{name} fell. mark-one")
    client = client_for(cast.lead)
    found = client.post(f"{address}search/", {"words": part}).headers["Location"]
    assert part in client.get(found).content.decode()
    client.post("/hide-names/", {"next": "/"})
    page = client.get(found).content.decode()
    assert MARK.findall(page) == ["mark-one"]
    form = client.get(found.replace("?", "search/?")).content.decode()
    pdf = words_of(client.get(found.replace("?", "pdf/?")).content)
    for shown in (page, form, pdf):
        assert part not in shown


@pytest.mark.attack("A15")
def test_category_taken_away_ends_the_search_that_names_it(client_for, cast, add, address, category):
    from tenant_apps.staff.models import CategoryPermission

    add("Bullying", text="mark-one")
    client = client_for(cast.teacher)
    found = client.post(f"{address}search/", {"categories": [category("Bullying")]}).headers["Location"]
    assert "mark-one" in client.get(found).content.decode()
    CategoryPermission.objects.filter(category=category("Bullying")).delete()
    page = client.get(found, follow=True).content.decode()
    assert "no longer kept" in page
    assert "Bullying" not in page


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"words": "ab"}, "at least three letters"),
        ({"words": "a-b-c -- %% é1"}, "at least three letters"),
        ({"words": "abc " * 40}, "100 characters"),
        ({"words": "abc d e f g h i j k"}, "8 words"),
        ({"since": "yesterday"}, "first day"),
        ({"since": "2026-02-02", "until": "2026-02-01"}, "before the first"),
        ({"categories": ["x"]}, "Choose a category"),
        ({"author": "x"}, "Choose an author"),
        ({"words": "nul\x00l"}, "Null characters"),
    ],
)
@pytest.mark.attack("A32", "A52")
def test_what_cannot_be_searched_is_refused_in_words(client_for, cast, add, address, typed, told):
    answer = client_for(cast.lead).post(f"{address}search/", typed)
    assert answer.status_code == 422
    assert told in answer.content.decode()


@pytest.mark.attack("A30")
def test_typed_markup_stays_text(client_for, cast, add, address):
    typed = "<script>alert(1)</script>"
    client = client_for(cast.lead)
    found = client.post(f"{address}search/", {"words": typed}).headers["Location"]
    for where in (found, found.replace("?", "search/?")):
        page = client.get(where).content.decode()
        assert typed not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_queries_do_not_grow_with_what_is_found(client_for, cast, add, act, address, category):
    client = client_for(cast.lead)
    asked = {
        "words": "corridor",
        "categories": [category("Behaviour")],
        "since": "2020-01-01",
        "until": "2099-01-01",
        "author": str(cast.lead.user.pk),
    }
    act(add(), "corridor")
    found = client.post(f"{address}search/", asked).headers["Location"]
    counted = []
    for where in (found, found.replace("?", "search/?")):
        client.get(where)
        with CaptureQueriesContext(connection) as one:
            client.get(where)
        counted.append(len(one))
    for _ in range(2):
        act(add(), "corridor")
    for where, before in zip((found, found.replace("?", "search/?")), counted, strict=True):
        with CaptureQueriesContext(connection) as three:
            client.get(where)
        assert len(three) == before <= 36


def test_rows_of_a_log_are_the_orms_own(cast, add, act, students_a):
    from tenant_apps.incidents.models import Incident
    from tenant_apps.incidents.selectors import Search, chronology_rows

    for number in range(3):
        add(text=f"corridor {number}")
    for search in (Search(), Search(words=("corridor",))):
        rows = chronology_rows(cast.lead.access, students_a[0].pk, search=search)
        assert len(rows) == 3
        for row in rows:
            stored = Incident.objects.get(pk=row.pk)
            for field in Incident._meta.concrete_fields:
                read, true = getattr(row, field.attname), getattr(stored, field.attname)
                assert (read, type(read)) == (true, type(true))
