"""The school's own fields: one comes with its category, what is typed stays, and the lead reads it."""

import re

import pytest
from playwright.sync_api import expect


@pytest.mark.spec("FRM-07", "FRM-15")
def test_field_comes_with_its_category_and_its_answer_is_read(visit):
    assistant = visit("support")
    assistant.login(key=False)
    page = assistant.page
    page.goto("/incidents/add/")
    whom = page.get_by_label(re.compile("^Told whom, and when"))
    expect(page.get_by_label(re.compile("^Reported by, if not you"))).to_be_visible()
    expect(whom).to_be_hidden()
    # By keyboard: the category takes Space, and gives its fields to the next Tabs.
    category = page.get_by_role("checkbox", name="Cause for Concern")
    category.focus()
    page.keyboard.press("Space")
    expect(whom).to_be_visible()
    page.keyboard.press("Space")
    expect(whom).to_be_hidden()
    page.keyboard.press("Space")
    whom.fill("The deputy, at 14.20")
    with assistant.watch.expecting("422"):
        page.get_by_role("button", name="Add Incident").click()
        expect(page.get_by_role("alert")).to_contain_text("Write what you saw and heard.")
    expect(whom).to_have_value("The deputy, at 14.20")
    assistant.examine(themes=("light", "dark"))
    assistant.choose("Student", "oliv", "Oliver Smith")
    page.get_by_role("textbox", name="Incident", exact=True).fill("Came in without a coat.")
    page.get_by_role("checkbox", name=re.compile("Safeguarding team")).check()
    page.get_by_role("button", name="Add Incident").click()
    expect(page.get_by_role("region", name="My History")).to_contain_text("Cause for Concern")

    lead = visit("lead")
    lead.login(key=True)
    page = lead.page
    page.get_by_role("link", name=re.compile("Oliver Smith")).first.click()
    expect(page.locator(".answers")).to_contain_text("Told whom, and when")
    expect(page.locator(".answers")).to_contain_text("The deputy, at 14.20")
    lead.examine(themes=("light", "dark"))
