"""Training mode: the head switches it on, somebody without a key practises, and its end leaves no trace."""

import pytest
from playwright.sync_api import expect

WORDS = "Tried out how a concern is written down."


@pytest.mark.spec("TRN-01", "TRN-02", "TRN-03", "TRN-04", "TRN-05", "TRN-06", "TRN-07", "TRN-08")
@pytest.mark.spec("ADM-18", "SAF-33")
def test_practice_goes_with_training_mode(visit, product):
    head, assistant = visit("head"), visit("support")
    head.login(key=True)
    page = head.page
    page.goto("/admin/settings/")
    head.examine(themes=("light", "dark"))
    page.get_by_role("button", name="Enable Training Mode").click()
    expect(page.get_by_role("heading", name="Manage Training Mode")).to_be_visible()
    expect(page.get_by_role("region", name="Notice of training mode")).to_contain_text("Training mode is on.")
    head.examine(themes=("light", "dark"))

    before = len(product.mail.messages())
    assistant.login(key=False)
    _practise(assistant)
    told = product.mails_to(visit("lead").email, after=before)
    [mail] = [one for one in told if "you have an alert" in one.message["Subject"]]
    assert mail.message["Subject"].startswith("[TRAINING] ")

    page.get_by_role("link", name="click here for more info").click()
    box = page.get_by_role("checkbox", name="Delete incident")
    expect(box).to_be_checked()
    head.examine(themes=("light", "dark"))
    name = page.get_by_label("Full name of the school")
    with head.watch.expecting("422"):
        name.fill("Another School")
        page.get_by_role("button", name="Disable Training Mode").click()
        expect(page.get_by_role("alert")).to_contain_text("training mode is still on")
    name.fill(page.locator(".school-name").inner_text())
    page.get_by_role("button", name="Disable Training Mode").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Training mode is off. 1 entry was removed.")).to_be_visible()
    expect(page.get_by_role("button", name="Enable Training Mode")).to_be_visible()

    assistant.page.goto("/")
    expect(assistant.page.get_by_role("region", name="Notice of training mode")).to_have_count(0)
    expect(assistant.page.get_by_role("region", name="My History")).not_to_contain_text("Practice")


def _practise(assistant) -> None:
    """Without an answer the form asks; with it the entry says what it is."""
    page = assistant.page
    expect(page.get_by_role("region", name="Notice of training mode")).to_be_visible()
    expect(page.get_by_role("link", name="click here for more info")).to_have_count(0)
    page.get_by_role("banner").get_by_role("link", name="Add Incident").click()
    assistant.choose("Student", "nguy", "Minh Nguyễn")
    page.get_by_label("Incident", exact=True).fill(WORDS)
    page.get_by_role("checkbox", name="Cause for Concern").check()
    assistant.examine(themes=("light", "dark"))
    with assistant.watch.expecting("422"):
        page.locator("main").get_by_role("button", name="Add Incident").click()
        expect(page.get_by_role("alert")).to_contain_text("Say whether this is practice or real.")
    page.get_by_role("radio", name="Practice").focus()
    page.keyboard.press("Space")
    page.locator("main").get_by_role("button", name="Add Incident").click()
    expect(page.get_by_role("region", name="My History")).to_contain_text("Practice")
