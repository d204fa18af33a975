"""Monitoring by hand: for some of a class, for one on the edit page, and what the history tells of it."""

import pytest
from playwright.sync_api import expect


@pytest.mark.spec("MON-03", "MON-05", "MON-06", "MON-07", "MON-11", "MON-12", "DSH-10")
@pytest.mark.spec("STU-12", "STU-13", "STU-14", "STU-15")
def test_lead_monitors_some_of_a_class_and_one_by_hand(visit):
    lead = visit("lead")
    lead.login(key=True)
    page = lead.page
    page.get_by_role("region", name="Filter by Group").get_by_role("link").first.click()
    page.get_by_role("link", name="Update Categories").click()
    lead.examine(themes=("light", "dark"))
    with lead.watch.expecting("422"):
        page.get_by_role("button", name="Continue").click()
        expect(page.get_by_role("alert")).to_contain_text("Tick at least one student.")
    # By keyboard: the box takes Space, Continue takes Enter.
    for name in ("Minh Nguyễn", "Yusuf Ahmed"):
        page.get_by_role("checkbox", name=name).focus()
        page.keyboard.press("Space")
    page.get_by_role("button", name="Continue").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="2 students")).to_be_visible()
    lead.examine(themes=("light", "dark"))
    page.get_by_role("combobox", name="Category").select_option(label="Behaviour: Bullying")
    page.get_by_role("button", name="Update Categories").click()
    expect(page.get_by_text("Updated 2 of the list: 2 monitorings started.")).to_be_visible()
    row = page.get_by_role("listitem").filter(has_text="Minh Nguyễn")
    expect(row).to_contain_text("Bullying")
    expect(page.get_by_role("listitem").filter(has_text="Oliver Smith")).not_to_contain_text("Bullying")

    page.get_by_role("link", name="Minh Nguyễn", exact=True).click()
    page.get_by_role("link", name="Edit Information").click()
    lead.examine(themes=("light", "dark"))
    page.get_by_role("textbox", name="Summary").fill("Walks home with his cousin")
    page.get_by_role("textbox", name="Keywords").fill("walks alone, eal")
    page.get_by_role("checkbox", name="Behaviour: Bullying").focus()
    page.keyboard.press("Space")
    page.get_by_role("combobox", name="Agency").select_option(label="Police")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("button", name="Remove Police")).to_be_visible()
    expect(page.get_by_role("textbox", name="Summary")).to_have_value("Walks home with his cousin")
    lead.examine(themes=("light", "dark"))
    page.locator("main").get_by_role("button", name="Update Student").click()
    expect(page.get_by_role("region", name="Summary")).to_have_text("Walks home with his cousin")
    expect(page.get_by_role("region", name="Keywords and agencies")).to_contain_text("Police")
    lead.examine(themes=("light", "dark"))

    page.get_by_role("link", name="Monitoring History").click()
    expect(page.get_by_role("region", name="Timeline")).to_contain_text("Behaviour: Bullying")
    line = page.get_by_role("row").filter(has_text="Bullying")
    expect(line).to_contain_text("By hand")
    expect(line).to_contain_text("Ended")
    lead.examine(themes=("light", "dark"))

    page.goto("/")
    page.get_by_label("Any part of a student's name").fill("walks alone")
    expect(page.locator("#search-results")).to_contain_text("Keyword: walks alone")
    expect(page.locator("#search-results")).to_contain_text("Minh Nguyễn")
