"""A colleague without a key is alerted: one incident, one chance to read it."""

import pytest
from playwright.sync_api import expect

WORDS = "Second fall on the stairs this week; says nobody pushed him."
ANSWER = "Plaster put on, sat with him until the bell."


@pytest.mark.spec("INC-22", "INC-31", "INC-38", "INC-49", "INC-50", "INC-51", "INC-52", "DSH-23", "DSH-25")
@pytest.mark.spec("ACT-02", "ACT-04", "KEY-35")
def test_colleague_without_a_key_reads_answers_and_closes_the_door(visit, product):
    teacher, colleague = visit("teacher"), visit("support")
    before = len(product.mail.messages())
    _tell(teacher, colleague)
    assert len(product.mails_to(colleague.email, after=before)) == 1

    colleague.login(key=False)
    page = colleague.page
    alert = (
        page.get_by_role("region", name="Alert").get_by_role("listitem").filter(has_text="Jakub Łukaszewski")
    )
    assert "stairs" not in page.content()
    alert.get_by_role("link", name="Incident").click()
    expect(page.get_by_text(WORDS)).to_be_visible()
    expect(page.get_by_text("it leaves your dashboard and you cannot open it again")).to_be_visible()
    expect(page.get_by_role("navigation", name="Student record")).to_have_count(0)
    colleague.examine(themes=("light", "dark"))
    address = page.url

    page.get_by_role("link", name="Add Action").click()
    expect(page.get_by_text("Add to planner")).to_have_count(0)
    page.get_by_label("Action Taken").fill(ANSWER)
    colleague.examine()
    page.get_by_role("main").get_by_role("button", name="Add Action").click()
    page.goto(address)
    page.get_by_text("1 action", exact=True).click()
    expect(page.get_by_text(ANSWER)).to_be_visible()
    colleague.examine()

    page.get_by_role("button", name="mark as read").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    expect(alert).to_have_count(0)
    colleague.examine()
    with colleague.watch.expecting("status of 404"):
        answer = page.goto(address)
    assert answer
    assert answer.status == 404
    assert "stairs" not in page.content()
    assert "Łukaszewski" not in page.content()
    colleague.examine(themes=("light", "dark"))


def _tell(teacher, colleague) -> None:
    """A teacher with a key, from the register to the student's log."""
    teacher.login(key=True)
    page = teacher.page
    teacher.examine(themes=("light", "dark"))
    search = page.get_by_placeholder("Any part of a name")
    search.fill("lukasz")
    expect(page.locator("#search-results")).to_contain_text("Jakub Łukaszewski")
    teacher.examine()
    page.goto("/")
    page.get_by_role("link", name="7A").click()
    teacher.examine(themes=("light", "dark"))
    page.get_by_role("link", name="Jakub Łukaszewski", exact=True).click()
    teacher.examine(themes=("light", "dark"))
    page.get_by_role("navigation", name="Student record").get_by_role("link", name="Incidents").click()
    teacher.examine()
    page.get_by_role("link", name="New incident").click()
    expect(page.get_by_role("list", name="Chosen: Student")).to_contain_text("Jakub Łukaszewski")
    page.get_by_label("Incident", exact=True).fill(WORDS)
    page.get_by_role("checkbox", name="Medical").check()
    page.get_by_role("checkbox", name="First Aid").check()
    teacher.choose("Linked student(s)", "smi", "Oliver Smith")
    teacher.choose("Alert Staff Members", "web", "Joyce Webb")
    teacher.examine()
    page.get_by_role("main").get_by_role("button", name="Add Incident").click()
    entry = page.locator("li.entry.highlighted")
    expect(entry).to_contain_text(WORDS)
    expect(entry).to_contain_text("Oliver Smith")
    teacher.examine()
