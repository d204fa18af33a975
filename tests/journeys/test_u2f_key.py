"""A USB key from its registration to a login with it, in a browser with a virtual authenticator."""

import pytest
from playwright.sync_api import expect

from tests.data.schools import PASSWORD


def plug_in(page):
    """A U2F key in the browser's USB port, whose disc is pressed as soon as it is asked."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "u2f", "transport": "usb", "automaticPresenceSimulation": True}
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]


def type_password(visitor):
    page = visitor.page
    page.goto("/login/")
    page.get_by_label("Email").fill(visitor.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Login").click()


@pytest.mark.spec("KEY-01", "KEY-31", "KEY-36", "KEY-37", "KEY-38", "KEY-39", "KEY-43")
def test_usb_key_is_registered_and_logs_in(visit):
    holder = visit("pastoral")
    page = holder.page
    session, authenticator = plug_in(page)
    holder.login(key=True)
    page.goto("/account/security-keys/")
    expect(page.get_by_text("This browser does not support U2F keys")).to_be_hidden()
    page.get_by_role("button", name="Register a new U2F key").click()
    pop_up = page.get_by_role("dialog", name="Register a new U2F key")
    expect(pop_up.get_by_label("Device Name")).to_be_visible()
    holder.examine(themes=("light", "dark"))
    pop_up.get_by_label("Device Name").fill("Blue key")
    pop_up.get_by_role("button", name="Start Registration").click()
    expect(
        pop_up.get_by_text("Successfully added new U2F key. You can now close this window")
    ).to_be_visible()
    holder.examine()
    pop_up.get_by_role("button", name="Close").click()
    expect(page.get_by_text("Blue key", exact=True).first).to_be_visible()
    holder.examine()

    page.get_by_role("button", name="Register a new U2F key").click()
    pop_up.get_by_label("Device Name").fill("The same again")
    pop_up.get_by_role("button", name="Start Registration").click()
    expect(pop_up.get_by_text("This key is registered already")).to_be_visible()
    pop_up.get_by_role("button", name="Close").click()

    page.context.clear_cookies()
    type_password(holder)
    expect(page.get_by_text("wait for the steady green light")).to_be_visible()
    holder.examine(themes=("light", "dark"))
    page.get_by_role("button", name="Use my U2F key").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    expect(page.get_by_role("link", name="Elevate Your Access")).to_have_count(0)

    page.context.clear_cookies()
    type_password(holder)
    page.get_by_role("link", name="Continue without the key").click()
    page.get_by_role("link", name="Elevate Your Access").click()
    page.get_by_role("button", name="Use my U2F key").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    expect(page.get_by_role("link", name="Elevate Your Access")).to_have_count(0)

    # Somebody else's key in the port.
    session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": authenticator})
    plug_in(page)
    page.context.clear_cookies()
    type_password(holder)
    page.get_by_role("button", name="Use my U2F key").click()
    expect(page.get_by_text("Unable to verify your U2F key")).to_be_visible()
    expect(page.get_by_text("a key is assigned to one user")).to_be_visible()
    holder.examine()
