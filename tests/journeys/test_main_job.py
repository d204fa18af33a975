"""One concern, from the teaching assistant who writes it to the safeguarding lead who answers it."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.reading_pdf import words_of

WORDS = "Amelia came in without a coat and said, “I’ve been on my own since Tuesday.”"
ANSWER = "Rang Ms Hughes at 14.20. She comes in at 15.30."
FILE = "note from the tutor.txt"


@pytest.mark.spec("INC-01", "INC-06", "INC-09", "INC-13", "INC-21", "INC-23", "INC-32", "INC-33", "INC-39")
@pytest.mark.spec("DSH-12", "DSH-13", "DSH-16", "DSH-22", "DSH-24", "DSH-26", "INC-42", "INC-43", "INC-46")
@pytest.mark.spec("ACC-21", "KEY-24", "ACT-01", "ACT-05", "SAF-11", "SAF-15", "SAF-18", "SAF-27")
def test_concern_travels_from_the_assistant_to_the_lead_and_into_print(visit, product):
    assistant, lead = visit("support"), visit("lead")
    before = len(product.mail.messages())

    assistant.login(key=False)
    assistant.examine(themes=("light", "dark"))
    _begin_and_leave(assistant)
    _take_up_and_send(assistant)
    page = assistant.page
    expect(page.get_by_role("region", name="My History")).to_contain_text("Disclosure")
    expect(page.locator("#telling")).to_contain_text(lead.formal_name)
    expect(page.locator("#telling")).to_contain_text("Nobody has opened it yet")
    assert "without a coat" not in page.content()
    assistant.examine(themes=("light", "dark"))

    mails = product.mails_to(lead.email, after=before)
    assert len(mails) == 1
    told = mails[0].message.as_string() + str(mails[0].message["Subject"])
    for part in mails[0].message.walk():
        if part.get_content_maintype() == "text":
            told += part.get_content()
    assert f"{assistant.formal_name} has alerted you to an incident in the category" in told
    assert f"{lead.home}/login/" in told
    for secret in ("Amelia", "Hughes", "coat", "tutor.txt"):
        assert secret not in told

    _answer(lead)
    _print(lead)
    told = product.mails_to(lead.email, after=before)
    # Signing in from a new browser is told too; the alert is told once.
    assert len([mail for mail in told if "you have an alert" in mail.message["Subject"]]) == 1

    page.reload()
    expect(page.locator("#telling")).to_contain_text(f"Opened by {lead.formal_name}")
    expect(page.locator("#telling")).not_to_contain_text("Nobody has opened it yet")


def _begin_and_leave(assistant) -> None:
    """Half the form, and away by another page: the draft stands on the server."""
    page = assistant.page
    page.get_by_role("banner").get_by_role("link", name="Add Incident").click()
    expect(page.get_by_text("If a child is in immediate danger, call 999 first.")).to_be_visible()
    assistant.examine(themes=("light", "dark"))
    assistant.choose("Student", "hugh", "Amelia O'Connor-Hughes")
    page.get_by_label("Incident", exact=True).fill(WORDS)
    expect(page.locator("[data-draft-status]")).to_contain_text("Draft saved at")
    page.goto("/")
    # The latest stands first; another of theirs may wait beneath.
    draft = page.get_by_role("region", name="Unfinished incident").first
    expect(draft).to_contain_text("nobody has been told")
    draft.get_by_role("link", name="Resume").click()


def _take_up_and_send(assistant) -> None:
    page = assistant.page
    expect(page.get_by_label("Incident", exact=True)).to_have_value(WORDS)
    expect(page.get_by_role("list", name="Chosen: Student")).to_contain_text("Amelia O'Connor-Hughes")
    sub = page.get_by_role("checkbox", name="Disclosure")
    expect(sub).to_be_hidden()
    page.get_by_role("checkbox", name="Cause for Concern").check()
    sub.check()
    _upload(page)
    expect(page.get_by_role("checkbox", name=re.compile("^Safeguarding team"))).to_be_checked()
    assistant.examine(themes=("light", "dark"))
    page.get_by_role("main").get_by_role("button", name="Add Incident").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()


def _upload(page: Page) -> None:
    """A file by a line that is slow enough to see it travel."""
    line = page.context.new_cdp_session(page)
    line.send("Network.enable")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 400_000}
    line.send("Network.emulateNetworkConditions", slow)
    content = {"name": FILE, "mimeType": "text/plain", "buffer": b"A short note.\n" * 40_000}
    page.locator("input[type=file]").set_input_files(content)
    expect(page.get_by_role("progressbar", name=f"Upload of {FILE}")).to_be_visible()
    expect(page.get_by_role("list", name="Files chosen")).to_contain_text(re.compile(f"{FILE} +uploaded"))
    line.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
    line.detach()


def _answer(lead) -> None:
    page = lead.page
    page.goto("/login/")
    lead.examine(themes=("light", "dark"))
    page.get_by_label("Email").fill(lead.email)
    page.get_by_label("Password").fill("quiet-lantern-orchard-42")
    page.get_by_role("button", name="Login").click()
    expect(page.get_by_role("heading", name="Your key")).to_be_visible()
    lead.examine(themes=("light", "dark"))
    page.get_by_label("6-digit number").fill(lead.code())
    page.get_by_role("button", name="Continue").click()

    alert = (
        page.get_by_role("region", name="Alert")
        .get_by_role("listitem")
        .filter(has_text="Amelia O'Connor-Hughes")
    )
    expect(alert).to_have_count(1)
    expect(alert).to_contain_text("Disclosure")
    expect(alert).to_contain_text("raised by Mrs Webb")
    lead.examine(themes=("light", "dark"))
    alert.get_by_role("link", name="Incident").click()

    entry = page.locator("li.entry").filter(has_text="without a coat")
    expect(entry.get_by_role("heading", name="Highlighted: Incident")).to_have_count(1)
    assert _is_yellow(entry.locator("article").evaluate("(e) => getComputedStyle(e).backgroundColor"))
    expect(entry).to_be_in_viewport()
    expect(entry).to_contain_text(FILE)
    lead.examine(themes=("light", "dark"))

    entry.get_by_role("link", name="Add Action").click()
    lead.examine(themes=("light", "dark"))
    page.get_by_label("Action Taken").fill(ANSWER)
    page.get_by_role("main").get_by_role("button", name="Add Action").click()
    expect(page.get_by_role("main")).to_contain_text("1 action")
    page.get_by_role("button", name="Show all actions").click()
    expect(page.get_by_text(ANSWER)).to_be_visible()

    entry.get_by_role("button", name="mark as read").click()
    expect(page.get_by_text("Marked as read.")).to_be_visible()
    expect(entry).to_be_visible()
    expect(entry.get_by_role("button", name="mark as read")).to_have_count(0)
    lead.examine()
    page.goto("/")
    expect(alert).to_have_count(0)
    page.go_back()


def _print(lead) -> None:
    page = lead.page
    link = page.get_by_role("link", name="PDF (print view)")
    # The browser shows it in a viewer of its own; here it is kept as a file.
    link.evaluate("(e) => e.setAttribute('download', '')")
    with page.expect_download() as download:
        link.click()
    content = download.value.path().read_bytes()
    assert content.startswith(b"%PDF")
    words = words_of(content)
    for needed in ("Amelia O'Connor-Hughes", "without a coat", ANSWER, "Disclosure", "Daniel Okafor", FILE):
        assert needed in words


def _is_yellow(colour: str) -> bool:
    red, green, blue = (int(number) for number in re.findall(r"\d+", colour)[:3])
    return red > 200 and green > 200 and blue < green - 20
