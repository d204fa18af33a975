"""A screen that is covered by hand, locked while nobody was there, and just as it was afterwards."""

import pytest
from playwright.sync_api import Page, expect

from tests.data.schools import PASSWORD

WORDS = "Half a sentence about the gate"


def begin(visitor) -> Page:
    """A form with something in it that nobody else shall read."""
    page = visitor.page
    page.goto("/incidents/add/")
    page.get_by_label("Incident", exact=True).fill(WORDS)
    expect(page.locator("[data-draft-status]").first).to_contain_text("Draft saved")
    return page


@pytest.mark.spec("EXT-05", "OP-41", "SAF-46")
def test_half_filled_form_is_covered_and_comes_back_as_it_was(visit):
    assistant = visit("support")
    assistant.login(key=False)
    assistant.page.clock.install()
    page = begin(assistant)
    title = page.title()
    text = page.get_by_label("Incident", exact=True)
    other = page.context.new_page()
    other.goto("/account/")

    page.bring_to_front()
    page.get_by_role("button", name="Blank Screen").click()
    cover = page.get_by_role("dialog", name="Screen covered")
    expect(cover).to_be_visible()
    expect(page).to_have_title("Screen covered")
    expect(text).not_to_be_visible()
    expect(other.get_by_role("dialog", name="Screen covered")).to_be_visible()
    assistant.examine(themes=("light", "dark"))
    for key in ("Escape", "Escape", "Tab", "Tab", "Tab", "Escape"):
        page.keyboard.press(key)
        expect(cover).to_be_visible()
    assert page.evaluate(
        "document.activeElement.closest('[data-cover]') !== null || document.activeElement === document.body"
    )
    cover.get_by_role("button", name="Show my screen").focus()
    page.keyboard.press("Enter")
    expect(cover).not_to_be_visible()
    expect(page).to_have_title(title)
    expect(text).to_have_value(WORDS)
    expect(page.get_by_role("button", name="Blank Screen")).to_be_focused()
    expect(other.get_by_role("dialog", name="Screen covered")).not_to_be_visible()

    page.get_by_role("button", name="Blank Screen").click()
    page.clock.fast_forward("02:06")
    expect(cover.get_by_label("Password")).to_be_visible()
    expect(cover.get_by_role("button", name="Show my screen")).not_to_be_visible()
    assistant.examine(themes=("light", "dark"))
    cover.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(cover).not_to_be_visible()
    expect(text).to_have_value(WORDS)


@pytest.mark.spec("EXT-05", "EXT-06", "SAF-46")
def test_page_left_alone_is_locked_and_opened_in_place(visit, product):
    lead = visit("lead")
    lead.login(key=True)
    page = begin(lead)
    text = page.get_by_label("Incident", exact=True)
    # Nobody knows any more when somebody was here last: the server locks as it does after idleness.
    product.forget_activity()
    with lead.watch.expecting("423", "422"):
        text.press_sequentially(", and more")
        cover = page.get_by_role("dialog", name="Screen covered")
        expect(cover.get_by_label("Password")).to_be_visible()
        expect(page).to_have_title("Screen locked")
        expect(text).not_to_be_visible()
        cover.get_by_label("Password").fill("not the password")
        cover.get_by_role("button", name="Unlock", exact=True).click()
        expect(cover.get_by_text("The password is not right.")).to_be_visible()
        expect(cover.get_by_label("Password")).to_be_focused()
        expect(cover.get_by_label("6-digit number")).not_to_be_visible()
        cover.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        expect(cover).not_to_be_visible()
    expect(text).to_have_value(f"{WORDS}, and more")
    expect(page.locator("[data-draft-status]").first).to_contain_text("Draft saved")

    product.forget_activity()
    with lead.watch.expecting("423"):
        page.goto("/account/?from=cover")
    expect(page.get_by_role("heading", name="This screen is locked")).to_be_visible()
    lead.examine(themes=("light", "dark"))
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Unlock", exact=True).click()
    expect(page).to_have_url(f"{lead.home}/account/?from=cover")

    product.forget_activity()
    with lead.watch.expecting("423"):
        page.goto("/account/")
    page.get_by_role("button", name="Log out, keep the draft").click()
    expect(page.get_by_role("heading", name="Login")).to_be_visible()
    lead.login(key=True)
    expect(page.get_by_role("main")).to_contain_text("Unfinished incident")


def test_keys_are_told_on_every_page(visit):
    assistant = visit("support")
    assistant.login(key=False)
    page = assistant.page
    page.goto("/account/")
    page.keyboard.press("?")
    help_ = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(help_).to_be_visible()
    assistant.examine(themes=("light", "dark"))
    page.keyboard.press("Escape")
    expect(help_).not_to_be_visible()
    page.get_by_role("button", name="Account:").click()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    expect(help_).to_be_visible()
    page.keyboard.press("Escape")
    page.goto("/incidents/add/")
    page.get_by_label("Incident", exact=True).press("?")
    expect(page.get_by_label("Incident", exact=True)).to_have_value("?")
    expect(help_).not_to_be_visible()
