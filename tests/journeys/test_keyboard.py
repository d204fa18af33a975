"""The whole incident form without a mouse."""

import re

import pytest
from playwright.sync_api import Page, expect

WORDS = "Found crying by the gate; did not want to say why."
FOCUSED = """() => {
  const e = document.activeElement;
  return (e.labels?.[0]?.innerText || e.getAttribute("aria-label") || e.innerText || "").trim();
}"""

RING = """() => {
  const e = document.activeElement;
  const drawn = (style) => style.boxShadow !== "none" || style.outlineStyle !== "none";
  return [e, e.parentElement, e.nextElementSibling].some((part) => part && drawn(getComputedStyle(part)));
}"""


@pytest.mark.spec("INC-07", "INC-11", "INC-13", "INC-18", "INC-29", "INC-39")
def test_incident_form_is_filled_sent_and_mended_by_keyboard(visit):
    assistant = visit("support")
    assistant.login(key=False)
    page = assistant.page
    _tab_to(page, "Add Incident")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Add Incident")).to_be_visible()

    _tab_to(page, "Incident", exact=True)
    page.keyboard.type(WORDS)
    _tab_to(page, "Add Incident", exact=True)
    with assistant.watch.expecting("status of 4"):
        page.keyboard.press("Enter")
        summary = page.get_by_role("alert").filter(has_text="There is a problem")
        expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_label("Incident", exact=True)).to_have_value(WORDS)
    assistant.examine(themes=("light", "dark"))

    _tab_to(page, "tudent")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Student", exact=True)).to_be_focused()
    _choose(page, "ahm", "Yusuf Ahmed")
    # The focus stands on the "x" of what was chosen: taken off and chosen again.
    page.keyboard.press("Enter")
    expect(page.get_by_label("Student", exact=True)).to_be_focused()
    _choose(page, "ahm", "Yusuf Ahmed")

    _tab_to(page, "Mental Health")
    expect(page.get_by_role("checkbox", name="Cause for Concern")).not_to_be_focused()
    _tab_to(page, "Cause for Concern", back=True)
    page.keyboard.press("Space")
    _tab_to(page, "Change in behaviour")
    page.keyboard.press("Space")
    _tab_to(page, "Linked student(s)")
    _choose(page, "nguyen", "Minh Nguyễn")
    _tab_to(page, "Status")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Status")).to_have_value("active")
    _tab_to(page, "Safeguarding team")
    if not page.get_by_role("checkbox", name="Safeguarding team").is_checked():
        page.keyboard.press("Space")
    _tab_to(page, "Police")
    page.keyboard.press("Space")
    assistant.examine()
    _tab_to(page, "Add Incident", exact=True)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    expect(page.get_by_role("region", name="My History")).to_contain_text("Yusuf Ahmed")
    expect(page.get_by_role("region", name="My History")).to_contain_text("Change in behaviour")
    assistant.examine()


def _tab_to(page: Page, words: str, *, exact: bool = False, back: bool = False) -> None:
    """Press Tab until the focus is on what bears these words, and is seen to be there."""
    for _ in range(90):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        name = page.evaluate(FOCUSED)
        if name == words or (not exact and words in name):
            break
    else:
        pytest.fail(f"Tab never came to {words!r}.")
    ring = page.evaluate(RING)
    assert ring, f"The focus on {words!r} cannot be seen."


def _choose(page: Page, typed: str, name: str) -> None:
    page.keyboard.type(typed)
    expect(page.get_by_role("option", name=name)).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.get_by_role("option", name=name)).to_have_count(0)
