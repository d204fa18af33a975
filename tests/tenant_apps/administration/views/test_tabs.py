import re

import pytest
from django.urls import reverse

from core.web import frame

GUIDE = (
    "Overview",
    "Settings",
    "Imports",
    "Categories",
    "Agencies",
    "Calendar",
    "Users",
    "Transfers",
    "Groups",
    "Maps",
    "Form Builder",
    "Integrations",
)


def tabs_of(page):
    """The labels of the tabs of "Admin", and the one that is current."""
    bars = re.findall(r'<nav[^>]*aria-label="Admin".*?</nav>', page.content.decode(), re.DOTALL)
    assert len(bars) == 1
    links = re.findall(r"<a ([^>]*)>([^<]+)</a>", bars[0])
    return [label for _, label in links], [label for place, label in links if "aria-current" in place]


@pytest.mark.spec("ADM-02")
def test_tabs_stand_in_the_order_of_the_guide_on_every_tab(client_for, cast):
    assert tuple(label for label, _ in frame.ADMIN_TABS) == GUIDE
    browser = client_for(cast.head)
    addresses = {
        "Overview": "/admin/",
        "Settings": "/admin/settings/",
        "Imports": "/admin/imports/",
        "Categories": "/admin/categories/",
        "Agencies": "/admin/agencies/",
        "Calendar": "/admin/calendar/",
        "Users": "/admin/users/",
        "Groups": "/admin/groups/",
    }
    there = [label for label, route in frame.ADMIN_TABS if frame._address(route)]
    assert [label for label in there if label in addresses] == list(addresses)
    for label, address in addresses.items():
        labels, current = tabs_of(browser.get(address))
        assert labels == there
        assert current == [label]


@pytest.mark.spec("ADM-01", "KEY-08")
def test_admin_opens_only_with_full_administration_rights(client_for, cast):
    routes = [route for _, route in frame.ADMIN_TABS if frame._address(route)]
    assert len(routes) >= 8
    head = client_for(cast.head)
    others = (client_for(cast.lead), client_for(cast.support), client_for(cast.head, elevated=False))
    for address in map(reverse, routes):
        assert head.get(address).status_code == 200
        for other in others:
            answer = other.get(address)
            assert answer.status_code == 403, address
            assert b'aria-label="Admin"' not in answer.content
    assert client_for().get("/admin/").status_code == 302
