"""A reminder set in the middle of something else, which stays as it is."""

import re

import pytest
from playwright.sync_api import expect

WORDS = "Half a sentence about the gate"


@pytest.mark.spec("EXT-01", "DSH-11")
def test_reminder_is_set_over_a_half_filled_form(visit):
    lead = visit("lead")
    lead.login(key=True)
    page = lead.page
    page.goto("/incidents/add/")
    text = page.get_by_label("Incident", exact=True)
    text.fill(WORDS)
    page.get_by_role("banner").get_by_role("link", name="Remind Me").click()
    dialog = page.get_by_role("dialog", name="Remind Me")
    expect(dialog.get_by_label("Remind me of")).to_be_focused()
    lead.examine(themes=("light", "dark"))
    with lead.watch.expecting("422"):
        dialog.get_by_role("button", name="Remind Me").click()
        expect(dialog.get_by_text("Write what to be reminded of.")).to_be_visible()
    expect(dialog.get_by_label("Remind me of")).to_be_focused()
    dialog.get_by_label("Remind me of").fill("Ring the school nurse")
    dialog.get_by_label("Tomorrow, 08:30").check()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("status")).to_have_text(
        re.compile(r"You will be reminded on \w+ \d+ \w+ at 08:30, on the dashboard and by email\.")
    )
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).not_to_be_visible()
    expect(text).to_have_value(WORDS)

    page.goto("/")
    expect(page.locator("#alerts")).to_contain_text("Ring the school nurse")
    lead.examine(themes=("light", "dark"))
    # Below 1280 px the tools stand in the account menu.
    page.set_viewport_size({"width": 800, "height": 800})
    page.get_by_role("button", name="Account:").click()
    page.locator("#account-menu").get_by_role("link", name="Remind Me").click()
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.locator("#alerts").get_by_role("button", name=re.compile("^Done.*Ring the school nurse")).click()
    expect(page.locator("#alerts")).not_to_contain_text("Ring the school nurse")
