"""A browser that is signed in at one school goes to the next: it is a stranger there."""

import re

import pytest
from playwright.sync_api import expect


@pytest.mark.spec("TEN-03", "TEN-04", "TEN-05", "TEN-10")
def test_session_of_one_school_is_worth_nothing_at_the_next(visit, product):
    lead = visit("lead")
    lead.login(key=True)
    page = lead.page
    page.get_by_role("link", name="7A").click()
    page.get_by_role("link", name="Siân St. John", exact=True).click()
    expect(page.get_by_role("heading", name="Siân St. John")).to_be_visible()
    path = page.url.removeprefix(lead.home)

    for there in ("/", path):
        page.goto(product.address("b") + there)
        expect(page).to_have_url(re.compile("birchwood.*/login/"))
        expect(page.get_by_role("button", name="Login")).to_be_visible()
        content = page.content()
        for marker in ("Siân", "Ashgrove", "Okafor", "Daniel"):
            assert marker not in content
        lead.examine()

    with lead.watch.expecting("status of 404"):
        page.goto(f"http://no-such-school.localhost:{product.port}/")
    assert "Ashgrove" not in page.content()
    assert "Birchwood" not in page.content()
    lead.examine(themes=("light", "dark"))

    page.goto(lead.home + path)
    expect(page.get_by_role("heading", name="Siân St. John")).to_be_visible()
