"""Marks on maps: set by pointing and from the list, shown with their incident, combined for the student."""

import re

import pytest
from playwright.sync_api import expect

from tests.data.pictures import drawn

TEXT = "Came in from the yard with a graze (1) and says he fell at the gate (2)."


@pytest.mark.spec("MAP-01", "MAP-02", "MAP-03", "MAP-04", "MAP-05", "MAP-06", "MAP-08", "MAP-10", "MAP-11")
def test_marks_are_set_shown_and_combined(visit):
    head = visit("head")
    head.login(key=True)
    head.page.goto("/admin/maps/")
    head.page.get_by_role("link", name="New Map").click()
    head.page.get_by_label("Title", exact=True).fill("Yard")
    file = {"name": "yard.png", "mimeType": "image/png", "buffer": drawn(size=(800, 500), colour="#dde8d8")}
    head.page.get_by_label("File", exact=True).set_input_files(file)
    head.page.get_by_role("button", name="Upload Map").click()
    expect(head.page.get_by_role("row", name=re.compile("^Yard"))).to_contain_text("Offered")

    lead = visit("lead")
    lead.login(key=True)
    page = lead.page
    page.goto("/incidents/add/")
    body, yard = (page.locator(f'svg[data-title="{title}"]') for title in ("Body Map", "Yard"))
    expect(body).to_be_hidden()
    lead.choose("Student", "ahm", "Yusuf Ahmed")
    page.get_by_label("Incident", exact=True).fill(TEXT)
    page.get_by_text("Mark a place on a map").click()
    expect(yard).to_be_visible()
    body.locator("image").click(position={"x": 80, "y": 180})
    first = page.get_by_label("What mark 1 on Body Map shows")
    expect(first).to_be_focused()
    first.fill("Graze")
    # Without pointing, by the keyboard alone.
    page.get_by_label("Add a mark from a list").select_option("bottom left")
    page.get_by_role("button", name="Add mark").press("Enter")
    page.keyboard.type("at the gate")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Add a mark from a list")).to_be_focused()
    body.locator("image").click(position={"x": 20, "y": 20})
    expect(page.get_by_label(re.compile("^What mark"))).to_have_count(3)
    body.locator(".map-mark").first.click()
    expect(first).to_be_focused()
    page.get_by_role("button", name="Remove mark 3").click()
    lead.examine(themes=("light", "dark"))
    expect(page.get_by_text(re.compile("^Draft saved at"))).to_be_visible()
    page.get_by_role("checkbox", name="Cause for Concern").check()
    page.get_by_role("main").get_by_role("button", name="Add Incident").click()

    entry = page.locator("li.entry.highlighted")
    expect(entry.locator(".mark-list li")).to_have_text([re.compile("Graze"), re.compile("at the gate")])
    expect(entry.locator("svg .map-mark")).to_have_text(["1", "2"])
    lead.examine(themes=("light", "dark"))
    entry.locator("summary", has_text="Options").click()
    entry.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_role("button", name="Remove mark 1").click()
    expect(page.get_by_label("What mark 2 on Yard shows")).to_have_value("at the gate")
    page.get_by_label("Add a mark from a list").select_option("left knee, front")
    page.get_by_role("button", name="Add mark").click()
    expect(page.get_by_label("What mark 3 on Body Map shows")).to_be_focused()
    page.get_by_role("button", name="Save changes").click()
    expect(page.locator("li.entry.highlighted svg .map-mark")).to_have_text(["3", "2"])

    page.get_by_role("link", name="Overview", exact=True).click()
    page.get_by_role("link", name=re.compile("^Body Map")).click()
    row = page.locator("[data-marks-of]")
    expect(page.locator(".map-mark.on")).to_have_count(0)
    row.hover()
    expect(page.locator(".map-mark.on")).to_have_text(["3"])
    page.mouse.move(0, 0)
    row.get_by_role("link").focus()
    expect(page.locator(".map-mark.on")).to_have_text(["3"])
    lead.examine(themes=("light", "dark"))

    head.page.get_by_role("button", name="Disable Yard").click()
    expect(head.page.get_by_role("row", name=re.compile("^Yard"))).to_contain_text("Disabled")
    page.goto("/incidents/add/")
    expect(yard).to_have_count(0)
