"""An administrator makes an alert group and a user group, without a mouse where it matters."""

import re

import pytest
from playwright.sync_api import Page, expect

RIGHT = "These users will be in this alert group"


@pytest.mark.spec("USR-01", "USR-35", "USR-36", "USR-37", "SAF-20")
def test_alert_group_is_made_with_two_lists_by_keyboard(visit):
    head = visit("head", "b")
    head.login(key=True)
    page = head.page
    page.get_by_role("link", name="Admin", exact=True).first.click()
    page.get_by_role("link", name="Users", exact=True).first.click()
    page.get_by_role("link", name="Alert Groups").click()
    head.examine(themes=("light", "dark"))
    page.get_by_role("link", name="New Alert Group").click()
    page.get_by_label("Name", exact=True).fill("Key stage 3")
    head.examine(themes=("light", "dark"))

    # A whole user group: its name in the filter, and the double arrow.
    left, right = page.get_by_role("listbox", name="All users"), page.get_by_role("listbox", name=RIGHT)
    page.get_by_label("Filter by name or user group").fill("dsl")
    expect(left.get_by_role("option")).to_have_count(2)
    page.get_by_role("button", name=f"Move all listed to “{RIGHT}”").press("Enter")
    expect(right.get_by_role("option")).to_have_count(2)
    expect(_told(page)).to_contain_text(f"2 people moved to “{RIGHT}”")

    # One by the name and the single arrow; one by Enter in the list itself.
    page.get_by_label("Filter by name or user group").fill("")
    page.keyboard.press("Tab")
    expect(left).to_be_focused()
    page.keyboard.type("joyce")
    page.keyboard.press("Space")
    expect(left.get_by_role("option", name="Joyce Webb")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(right).to_contain_text("Joyce Webb")
    expect(_told(page)).to_contain_text("Joyce Webb moved")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(right.get_by_role("option")).to_have_count(4)

    # And back by mouse.
    right.get_by_role("option", name="Joyce Webb").click()
    page.get_by_role("button", name="Move the chosen back").click()
    expect(left).to_contain_text("Joyce Webb")
    head.examine()
    page.get_by_role("button", name="Save Alert Group").click()
    expect(page.get_by_text("The alert group “Key stage 3” is saved.")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Key stage 3"))).to_contain_text("3")

    page.get_by_role("link", name="New Alert Group").click()
    page.get_by_label("Name", exact=True).fill("Nobody")
    with head.watch.expecting("status of 4"):
        page.get_by_role("button", name="Save Alert Group").click()
        expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name=re.compile("at least one active member")).click()
    head.examine()


@pytest.mark.spec("USR-18", "USR-20")
def test_user_group_is_ticked_by_column_and_row(visit):
    head = visit("head", "b")
    head.login(key=True)
    page = head.page
    page.goto("/admin/users/groups/")
    head.examine(themes=("light", "dark"))
    page.get_by_role("link", name="New Group").click()
    page.get_by_label("Name", exact=True).fill("Cover supervisors")
    boxes = page.get_by_role("checkbox", name=re.compile("^Add Incidents: "))
    total = boxes.count()
    page.get_by_role("button", name="all or none: Add Incidents").press("Enter")
    expect(_told(page)).to_contain_text(f"Add Incidents: {total} ticked.")
    assert all(box.is_checked() for box in boxes.all())
    page.get_by_role("button", name="all three or none: Behaviour", exact=True).click()
    expect(page.get_by_role("checkbox", name="View Students: Behaviour", exact=True)).to_be_checked()
    page.get_by_role("button", name="all three or none: Behaviour", exact=True).click()
    expect(page.get_by_role("checkbox", name="Add Incidents: Behaviour", exact=True)).not_to_be_checked()
    # The head of the table stays in view beneath the bar.
    boxes.last.scroll_into_view_if_needed()
    head_of_table = page.get_by_role("columnheader", name=re.compile("^View Incidents"))
    assert head_of_table.bounding_box()["y"] >= 0
    head.examine(themes=("light", "dark"))
    page.get_by_role("checkbox", name="Add new Incident/ Action").check()
    page.get_by_role("button", name="Save User Group").click()
    expect(page.get_by_text("The user group “Cover supervisors” is saved.")).to_be_visible()
    expect(page.get_by_text("Nobody is in this group.")).to_be_visible()
    head.examine()


@pytest.mark.spec("USR-35")
def test_lists_are_ticks_without_script(visit):
    """Whoever has no script ticks people in one list."""
    head = visit("head", "b")
    head.login(key=True)
    plain = visit("head", "b", java_script_enabled=False, storage_state=head.page.context.storage_state())
    page = plain.page
    page.goto("/admin/users/alert-groups/new/")
    page.get_by_label("Name", exact=True).fill("Ticked")
    page.get_by_role("checkbox", name=re.compile("^Tom Ellery")).check()
    page.get_by_role("button", name="Save Alert Group").click()
    expect(page.get_by_text("The alert group “Ticked” is saved.")).to_be_visible()


def _told(page: Page):
    return page.locator("[data-dual-status], [data-matrix-status]").first
