"""A student as the MIS and the school know them: contacts, court order, links, attendance, keeping."""

import pytest
from playwright.sync_api import expect

LINE = "Court order: ask the DSL before any contact or release"


@pytest.mark.spec("STU-10", "STU-11", "STU-18", "STU-19", "SAF-37", "SAF-40", "ATT-02", "SAF-35")
def test_lead_looks_after_a_record(visit, tmp_path):
    lead = visit("lead")
    lead.login(key=True)
    page = lead.page
    page.get_by_label("Any part of a student's name").fill("yusuf")
    page.locator("#search-results").get_by_role("link", name="Yusuf Ahmed", exact=True).click()

    # A contact of one's own, by keyboard, after a fault that is told.
    page.get_by_role("link", name="Contact Details").click()
    lead.examine(themes=("light", "dark"))
    page.get_by_role("link", name="Add contact").click()
    with lead.watch.expecting("422"):
        page.locator("main").get_by_role("button", name="Add contact").click()
        expect(page.get_by_role("alert")).to_contain_text("Give the surname.")
    lead.examine(themes=("light", "dark"))
    page.get_by_label("Surname").fill("Marsh")
    page.get_by_label("Relationship or role").fill("Social worker")
    page.get_by_role("group", name="Parental responsibility").get_by_label("No", exact=True).check()
    page.get_by_label("Work phone").fill("01632 960123")
    page.keyboard.press("Enter")
    contact = page.get_by_role("article", name="Marsh")
    expect(contact).to_contain_text("No parental responsibility")

    # What the court said, with its paper.
    page.get_by_role("link", name="Add court order").click()
    page.get_by_label("Who", exact=True).fill("The father")
    page.get_by_label("What", exact=True).fill("No contact outside school.")
    page.locator("main").get_by_role("button", name="Save details").click()
    paper = tmp_path / "order.txt"
    paper.write_text("By the court.")
    page.locator("#id_documents").set_input_files(paper)
    expect(page.get_by_text("uploaded", exact=True)).to_be_visible()
    lead.examine(themes=("light", "dark"))
    page.locator("main").get_by_role("button", name="Save details").click()
    expect(page.get_by_text(LINE)).to_be_visible()
    expect(page.get_by_role("link", name="order.txt")).to_be_visible()

    # A friend, seen from both sides, and a sister at another school.
    page.get_by_role("link", name="Overview", exact=True).click()
    expect(page.get_by_text(LINE).first).to_be_visible()
    page.get_by_role("link", name="Change links").click()
    page.get_by_role("combobox", name="Student", exact=True).press_sequentially("oliver")
    page.get_by_role("option", name="Oliver Smith").click()
    page.get_by_label("Kind").select_option(label="Friend")
    page.get_by_role("button", name="Add link").click()
    expect(page.get_by_text("The link stands with both students.")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Kim Ahmed")
    page.get_by_label("School", exact=True).fill("Birchwood")
    page.get_by_role("button", name="Add sibling").click()
    expect(page.get_by_role("region", name="Siblings at another school")).to_contain_text("Kim Ahmed")
    lead.examine(themes=("light", "dark"))
    page.get_by_role("link", name="Oliver Smith").click()
    expect(page.get_by_role("region", name="Links")).to_contain_text("Yusuf Ahmed")

    page.get_by_role("link", name="Attendance").click()
    expect(page.get_by_role("region", name="Trend")).to_be_visible()
    lead.examine(themes=("light", "dark"))
    page.get_by_role("link", name="Keeping").click()
    expect(page.get_by_role("region", name="Review")).to_contain_text("25 years after birth")
    lead.examine(themes=("light", "dark"))
