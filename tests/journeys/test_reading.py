"""What one reads of one's own words and of one's alert, and a reminder that leads back to the record."""

import re

import pytest
from playwright.sync_api import expect

OWN = "Yusuf said he walks home alone now."
MORE = "He said it on Monday, not on Tuesday."
CONCERN = "Would not take off his coat in PE."
LATER = "Social worker rung at ten."


@pytest.mark.spec("SAF-08", "SAF-30", "DSH-24", "INC-51")
def test_author_without_a_key_reads_their_own_words_again_and_adds_to_them(visit):
    author = visit("support")
    author.login(key=False)
    page = author.page
    page.get_by_role("banner").get_by_role("link", name="Add Incident").click()
    expect(page.get_by_label("Status").get_by_role("option")).to_have_text(["Active"])
    expect(page.get_by_text("Add to planner")).to_have_count(0)
    author.choose("Student", "ahm", "Yusuf Ahmed")
    page.get_by_label("Incident", exact=True).fill(OWN)
    page.get_by_role("checkbox", name="Cause for Concern").check()
    page.get_by_role("main").get_by_role("button", name="Add Incident").click()
    history = page.get_by_role("region", name="My History")
    expect(history).to_be_visible()
    expect(history).not_to_contain_text(OWN)
    history.get_by_role("link", name=re.compile("^What you wrote")).first.click()
    expect(page.get_by_text(OWN)).to_be_visible()
    author.examine(themes=("light", "dark"))
    page.get_by_role("link", name="Add Action").click()
    expect(page.get_by_role("link", name=re.compile("^Incident of"))).to_be_visible()
    page.get_by_label("Action Taken").fill(MORE)
    author.examine()
    page.get_by_role("main").get_by_role("button", name="Add Action").click()
    expect(page.get_by_role("heading", name="What you wrote")).to_be_visible()
    expect(page.get_by_text(MORE)).to_be_visible()
    expect(page.get_by_text(OWN)).to_have_count(0)


@pytest.mark.spec("SAF-07", "INC-27", "EDT-14", "PLN-10")
def test_alerted_colleague_reads_what_stood_then_and_the_reminder_leads_back(visit):
    lead, colleague = visit("lead"), visit("pastoral")
    lead.login(key=True)
    page = lead.page
    page.get_by_role("banner").get_by_role("link", name="Add Incident").click()
    lead.choose("Student", "ahm", "Yusuf Ahmed")
    page.get_by_label("Incident", exact=True).fill(CONCERN)
    page.get_by_role("checkbox", name="Child Protection").check()
    page.get_by_label(re.compile("^Alert Staff Members")).press_sequentially("row")
    page.get_by_role("option", name="Anita Rowe Pastoral leads").click()
    page.get_by_text("Add to planner", exact=True).click()
    planner = page.locator("#planner")
    planner.get_by_label("Remind me of").fill("Ask PE about the coat")
    planner.get_by_label("Tomorrow, 08:30").check()
    lead.examine(themes=("light", "dark"))
    page.get_by_role("main").get_by_role("button", name="Add Incident").click()
    entry = page.locator("li.entry.highlighted")
    expect(entry).to_contain_text(CONCERN)
    entry.get_by_role("link", name="Add Action").click()
    page.get_by_label("Action Taken").fill(LATER)
    page.get_by_role("main").get_by_role("button", name="Add Action").click()
    expect(page.locator("li.entry.highlighted")).to_contain_text("1 action")
    page.goto("/")
    about = page.locator("#alerts").get_by_role("listitem").filter(has_text="Ask PE about the coat")
    about.get_by_role("link", name=re.compile("Incident no.")).click()
    expect(page.locator("li.entry.highlighted")).to_contain_text(CONCERN)

    colleague.login(key=True)
    page = colleague.page
    alert = page.locator("#alerts").get_by_role("listitem").filter(has_text="Yusuf Ahmed").first
    alert.get_by_role("link", name="Incident").click()
    expect(page.get_by_text(CONCERN)).to_be_visible()
    expect(page.get_by_text("You see this as it stood when you were alerted")).to_be_visible()
    assert LATER not in page.content()
    colleague.examine(themes=("light", "dark"))
    page.get_by_text(re.compile("^Options for incident")).click()
    page.get_by_role("link", name="Add to planner").click()
    colleague.examine(themes=("light", "dark"))
    page.get_by_label("Remind me of").fill("Look in on Yusuf")
    page.get_by_role("main").get_by_role("button", name="Add to planner").click()
    expect(page.get_by_text("It was added to your planner.")).to_be_visible()
