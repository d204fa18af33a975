"""An administrator shapes the incident form with mouse and keyboard, and staff have it."""

import pytest
from playwright.sync_api import expect


@pytest.mark.spec("FRM-02", "FRM-04", "FRM-14", "FRM-15", "FRM-19", "FRM-20")
def test_people_involved_is_added_and_dragged_beneath_the_incident(visit):
    """The guide's worked example, then the keyboard; in the end the form is what it was."""
    head = visit("head", "b")
    head.login(key=True)
    page = head.page
    page.goto("/admin/")
    page.get_by_role("navigation", name="Admin").get_by_role("link", name="Form Builder").click()
    page.get_by_role("link", name="Edit Incident form").click()
    page.get_by_role("link", name="New custom field").click()
    page.get_by_label("Name", exact=True).fill("People Involved")
    options = page.get_by_role("group", name="Options")
    expect(options).to_be_hidden()
    page.get_by_label("Kind").select_option("Dropdown")
    options.get_by_role("button", name="Add another option").press("Enter")
    expect(options.get_by_label("Option 3")).to_be_focused()
    page.get_by_label("Kind").select_option("Multiline text")
    expect(options).to_be_hidden()
    page.get_by_label("Advice message").fill("Full names of everybody who took part.")
    head.examine(themes=("light", "dark"))
    page.get_by_role("button", name="Save Custom Field").last.click()

    fields = page.get_by_role("list").filter(has=page.get_by_text("always first")).get_by_role("listitem")
    names = fields.locator(".strong")
    expect(names.last).to_have_text("People Involved")
    involved = fields.filter(has_text="People Involved")
    other = fields.filter(has_text="Reported by, if not you")
    icons = other.locator(".on-hover")
    expect(icons).to_have_css("opacity", "0")
    other.hover()
    expect(icons).to_have_css("opacity", "1")
    page.mouse.move(0, 0)
    page.get_by_role("link", name="Amend Reported by, if not you").focus()
    expect(icons).to_have_css("opacity", "1")

    # By mouse: the page is scrolled on the way, as a list of a dozen fields is longer than the window.
    handle = involved.locator("[data-order-handle]")
    handle.scroll_into_view_if_needed()
    handle.hover()
    page.mouse.down()
    incident = fields.nth(1)
    for _ in range(200):
        box = incident.bounding_box()
        if names.nth(2).inner_text() == "People Involved":
            break
        page.mouse.move(box["x"] + 30, max(box["y"] + box["height"] - 4, 20), steps=4)
    with page.expect_response(lambda answer: answer.url.endswith("/order/")):
        page.mouse.up()
    expect(names.nth(2)).to_have_text("People Involved")
    expect(page.get_by_role("status").filter(has_text="People Involved: number 3 of")).to_have_count(1)
    expect(page.get_by_text("not on the form yet")).to_be_visible()

    # By keyboard: down and up again; not above the student.
    up = page.get_by_role("button", name="Move Incident up")
    up.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Incident is at the top already.")).to_have_count(1)
    down = page.get_by_role("button", name="Move Incident down")
    with page.expect_response(lambda answer: answer.url.endswith("/order/")):
        down.press("Enter")
    expect(names.nth(1)).to_have_text("People Involved")
    expect(down).to_be_focused()
    with page.expect_response(lambda answer: answer.url.endswith("/order/")):
        up.press("Enter")
    head.examine(themes=("light", "dark"))

    page.get_by_role("button", name="Update Custom form").click()
    expect(page.get_by_text("The incident form is updated.")).to_be_visible()
    expect(names.nth(2)).to_have_text("People Involved")
    expect(page.get_by_text("not on the form yet")).to_be_hidden()

    staff = visit("support", "b")
    staff.login(key=False)
    form = staff.page
    form.goto("/incidents/add/")
    expect(form.get_by_label("People Involved")).to_be_visible()
    expect(form.get_by_text("Full names of everybody who took part.")).to_be_visible()
    told = form.get_by_label("Have you told the safeguarding team in person or by phone?")
    expect(told).to_be_hidden()
    form.get_by_label("Cause for Concern", exact=True).check()
    expect(told).to_be_visible()
    staff.examine(themes=("light", "dark"))

    page.get_by_role("link", name="Delete People Involved").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Update Custom form").click()
    expect(page.get_by_text("People Involved")).to_have_count(0)
