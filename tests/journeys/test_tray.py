"""A teaching assistant writes about a child who is not in the list yet; the safeguarding lead knows who."""

import re

import pytest
from playwright.sync_api import expect

WORDS = "Came without a coat, and asked twice when lunch is."


@pytest.mark.spec("SAF-16")
def test_child_who_is_not_in_the_list_is_attached_by_the_lead(visit):
    assistant, lead = visit("support", viewport={"width": 820, "height": 1100}), visit("lead")
    assistant.login(key=False)
    page = assistant.page
    page.goto("/incidents/add/")
    expect(page.get_by_label("Their name")).to_be_hidden()
    # By keyboard: the three choices are one stop, and what does not apply is out of the way.
    page.get_by_role("radio", name="A student on the list").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Not in the list")).to_be_checked()
    expect(page.get_by_label("Student", exact=True)).to_be_hidden()
    page.get_by_label("Their name").fill("Tobiasz Nowak")
    page.get_by_label("Their class").fill("7A")
    page.get_by_label("Incident", exact=True).fill(WORDS)
    expect(page.get_by_text(re.compile("Draft saved at"))).to_be_visible()
    assistant.examine(themes=("light", "dark"))

    page.goto("/")
    page.get_by_role("link", name="Resume").first.click()
    expect(page.get_by_label("Their name")).to_have_value("Tobiasz Nowak")
    page.get_by_role("checkbox", name="Cause for Concern").check()
    page.get_by_role("main").get_by_role("button", name="Add Incident").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    expect(page.get_by_text("Nobody has opened it yet")).to_be_visible()

    lead.login(key=True)
    page = lead.page
    tray = page.get_by_role("region", name="Tray")
    expect(tray).to_contain_text("Not in the list: Tobiasz Nowak, 7A")
    expect(tray).not_to_contain_text("coat")
    lead.examine(themes=("light", "dark"))
    tray.get_by_role("listitem").filter(has_text="Tobiasz Nowak").get_by_role("link", name="Attach").click()
    expect(page.get_by_text(WORDS)).to_be_visible()
    lead.choose("Student", "minh", "Minh Nguyễn")
    lead.examine(themes=("light", "dark"))
    with lead.watch.expecting("status of 4"):
        page.get_by_role("button", name="Attach to this student").click()
        expect(page.get_by_role("heading", name="This changes who can read the incident")).to_be_visible()
    lead.examine()
    page.get_by_role("checkbox", name="Yes, change who can read it").check()
    page.get_by_role("button", name="Attach to this student").click()
    entry = page.locator("li.entry.highlighted")
    expect(entry).to_contain_text(WORDS)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Nguyễn")
    page.goto("/incidents/tray/")
    expect(page.get_by_text("Tobiasz Nowak")).to_have_count(0)
    lead.examine(themes=("light", "dark"))
