"""The first day: from the mail with the link to a session with a key."""

import re

import pytest
from playwright.sync_api import expect

WEAK, STRONG = "password1", "Copper!Lantern-58"


@pytest.mark.spec(
    "ACC-02", "ACC-04", "ACC-05", "ACC-06", "ACC-07", "ACC-10", "ACC-15", "ACC-16", "ACC-17", "ACC-18"
)
@pytest.mark.spec(
    "ACC-20", "KEY-03", "KEY-07", "KEY-10", "KEY-14", "KEY-16", "KEY-17", "KEY-29", "KEY-31", "KEY-32"
)
@pytest.mark.spec("KEY-33", "KEY-34")
def test_newcomer_sets_a_password_and_a_key_and_elevates(visit, product):
    newcomer = visit("teacher", "b")
    page = newcomer.page
    link = _ask_for_link(newcomer, product)
    _set_password(newcomer, link)

    newcomer.login(key=False, password=STRONG)
    expect(page.get_by_role("heading", name="My History")).to_be_visible()
    expect(page.get_by_role("link", name="Elevate Your Access")).to_have_count(0)
    secret = _set_up_key(newcomer)

    page.get_by_role("link", name="Go to the dashboard").click()
    expect(page.get_by_role("heading", name="Quick Student Search")).to_have_count(0)
    page.get_by_role("link", name="Elevate Your Access").click()
    newcomer.examine(themes=("light", "dark"))
    page.get_by_label("6-digit number").fill(newcomer.code(secret))
    page.get_by_role("button", name="Authenticate").click()
    expect(page.get_by_role("heading", name="Quick Student Search")).to_be_visible()
    expect(page.get_by_role("link", name="Elevate Your Access")).to_have_count(0)
    page.goto("/account/security-keys/")
    expect(page.get_by_text("My Phone")).to_be_visible()
    # Elevating is no login: the marker stays until the next one.
    expect(page.get_by_text("Not yet used", exact=True)).to_be_visible()
    newcomer.examine()


def _ask_for_link(newcomer, product) -> str:
    page = newcomer.page
    before = len(product.mail.messages())
    page.goto("/")
    expect(page).to_have_url(re.compile("/login/"))
    page.get_by_role("link", name=re.compile("^Forgotten your password or using")).click()
    newcomer.examine(themes=("light", "dark"))
    page.get_by_label("Email").fill(newcomer.email)
    page.get_by_role("button", name="Reset Password").click()
    expect(page.get_by_role("heading", name="Look at your mail")).to_be_visible()
    newcomer.examine()
    mail = product.mails_to(newcomer.email, after=before)[0].message
    html = mail.get_body(("html",)).get_content()
    found = re.search(r'href="([^"]+)"[^>]*>Click here to reset your password', html)
    assert found
    return found[1]


def _set_password(newcomer, link: str) -> None:
    page = newcomer.page
    page.goto(link)
    box = page.get_by_label("New password")
    box.press_sequentially(WEAK)
    rating = page.locator("#password-strength")
    expect(rating).not_to_contain_text("STRONG")
    expect(rating).to_contain_text(re.compile("[A-Z]{4}"))
    newcomer.examine(themes=("light", "dark"))
    with newcomer.watch.expecting("status of 4"):
        page.get_by_role("button", name="Save password").click()
        expect(page.get_by_role("alert")).to_be_focused()
    newcomer.examine()
    box.fill("")
    box.press_sequentially(STRONG)
    expect(rating).to_contain_text("STRONG")
    page.get_by_role("button", name="Save password").click()
    expect(page).to_have_url(re.compile("/login/"))
    expect(page.get_by_text("Your password is saved. Log in with it now.")).to_be_visible()
    newcomer.examine()
    with newcomer.watch.expecting("status of 4"):
        page.goto(link)
    expect(page.get_by_role("heading", name="This link has expired")).to_be_visible()
    newcomer.examine()


def _set_up_key(newcomer) -> str:
    page = newcomer.page
    page.get_by_role("button", name=re.compile("^Account:")).click()
    page.get_by_role("link", name="Account Settings").last.click()
    newcomer.examine(themes=("light", "dark"))
    page.get_by_role("navigation", name="Account Settings").get_by_role("link", name="Security Keys").click()
    newcomer.examine()
    page.get_by_role("link", name="Add new device").click()
    expect(page.get_by_role("img", name=re.compile("^QR code"))).to_be_visible()
    newcomer.examine(themes=("light", "dark"))
    secret = page.locator("figcaption code").inner_text()
    page.get_by_label("Name").fill("My Phone")
    page.get_by_role("textbox", name="Code").fill("000000")
    with newcomer.watch.expecting("status of 4"):
        page.get_by_role("button", name="Save this device").click()
        expect(page.get_by_role("alert")).to_be_focused()
    newcomer.examine()
    assert page.locator("figcaption code").inner_text() == secret
    page.get_by_role("textbox", name="Code").fill(newcomer.code(secret))
    page.get_by_role("button", name="Save this device").click()
    expect(page.locator(".codes code")).to_have_count(8)
    newcomer.examine()
    return secret
