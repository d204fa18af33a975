import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from core.web import frame


def menu_of(page):
    """The labels of the main menu."""
    import re

    bar = re.search(r'<nav class="menu".*?</nav>', page.content.decode(), re.DOTALL)[0]
    return re.findall(r">([^<]+)</a>", bar)


@pytest.mark.spec("DSH-25")
def test_restricted_access_has_no_entries_beyond_its_own(client_for, cast):
    for browser in (client_for(cast.support), client_for(cast.head, elevated=False)):
        page = browser.get("/account/")
        assert menu_of(page) == ["Dashboard", "Account Settings"]


@pytest.mark.spec("KEY-08")
def test_admin_is_in_the_menu_of_administrators_with_a_key(client_for, cast):
    assert "Admin" in menu_of(client_for(cast.head).get("/account/"))
    assert "Admin" not in menu_of(client_for(cast.lead).get("/account/"))
    assert "Admin" not in menu_of(client_for(cast.head, elevated=False).get("/account/"))


@pytest.mark.spec("KEY-34")
def test_elevating_is_offered_to_those_who_have_a_key_and_did_not_use_it(client_for, cast):
    def offers(browser):
        return "Elevate Your Access" in browser.get("/account/").content.decode()

    assert offers(client_for(cast.lead, elevated=False))
    assert not offers(client_for(cast.lead))
    assert not offers(client_for(cast.support))


@pytest.mark.spec("DSH-26")
def test_add_incident_stands_on_every_page_for_those_who_may(client_for, cast):
    def shown(browser):
        return 'href="/incidents/add/"' in browser.get("/account/").content.decode()

    assert shown(client_for(cast.support))
    assert shown(client_for(cast.lead))
    assert not shown(client_for(cast.data))


def test_current_page_is_marked(client_for, cast):
    page = client_for(cast.head).get("/account/").content.decode()
    assert '<a href="/account/" aria-current="page">Account Settings</a>' in page
    assert '<a href="/" aria-current="page">' not in page


def test_frame_of_a_visitor_shows_brand_and_school_and_no_menu(client_for, school_a, settings):
    page = client_for().get("/login/").content.decode()
    assert school_a.name in page
    assert settings.BRAND in page
    assert '<nav class="menu"' not in page


def test_part_that_nobody_registered_is_empty():
    with pytest.raises(AttributeError):
        _ = frame.Frame(RequestFactory().get("/")).nobodys_part


def test_part_is_asked_for_once_and_only_when_shown(monkeypatch):
    asked = []
    monkeypatch.setattr(frame, "_parts", {"bell": lambda request: asked.append(1) or 3})
    shown = frame.Frame(RequestFactory().get("/"))
    assert asked == []
    assert (shown.bell, shown.bell) == (3, 3)
    assert len(asked) == 1


@pytest.mark.parametrize("part", ["lead", "support"])
def test_frame_of_a_page_costs_at_most_eight_queries(client_for, cast, part):
    """Host, session, user, key, settings, access, alerts."""
    browser = client_for(getattr(cast, part))
    browser.get("/account/")
    with CaptureQueriesContext(connection) as queries:
        assert browser.get("/account/").status_code == 200
    asked = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(asked) <= 8, asked
