"""An editor edits, deletes, restores, splits, merges, pins and moves; a reader finds nothing of the kind."""

import pytest
from playwright.sync_api import expect

from tests.data.schools import book

ANSWER = "Rang home at 14.20. Ms Hughes comes in at 15.30."
EDITING = ("Merge", "Split as Incident", "Pin Post", "Move to another student")


@pytest.fixture(scope="module")
def furnished(product):
    """A school of its own, with one incident and an action beneath it."""
    editing = book("editing", "Editing School", "910031")
    product.provision(editing)
    return product.furnish(editing)


@pytest.mark.spec("EDT-15", "EDT-16", "EDT-17", "EDT-20", "EDT-21", "INC-47", "SAF-25")
def test_editor_splits_merges_pins_and_moves(visit, furnished):
    lead = visit("lead", subdomain="editing")
    lead.login(key=True)
    page, log = lead.page, f"/students/{furnished['student']}/incidents/"
    page.goto(log)
    page.get_by_role("button", name="Show all actions").click()
    _choose(page.locator("li.entry-action"), "Split as Incident")
    expect(page.get_by_text(ANSWER)).to_be_visible()
    lead.examine(themes=("light", "dark"))
    _confirmed(lead, "Split")
    expect(page.get_by_text("The action is incident no. 3 now.")).to_be_visible()
    split = page.locator("li.entry.highlighted")
    expect(split).to_contain_text(ANSWER)
    expect(page.locator("li.entry-action")).to_have_count(0)

    _choose(split, "Merge")
    with lead.watch.expecting("status of 4"):
        page.get_by_label("Incident ID Number").fill("99")
        page.get_by_role("button", name="Search").click()
        expect(page.get_by_role("alert")).to_contain_text("No incident with this number")
    page.get_by_label("Incident ID Number").fill("1")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("Nothing has changed yet.")).to_be_visible()
    expect(page.get_by_text("Pushed in the corridor")).to_be_visible()
    lead.examine(themes=("light", "dark"))
    _confirmed(lead, "Merge")
    expect(page.get_by_text("it stands beneath incident no. 1 now")).to_be_visible()
    page.get_by_role("button", name="Show all actions").click()
    expect(page.locator("li.entry-action")).to_contain_text(ANSWER)

    entry = page.locator("li.entry").first
    _choose(entry, "Pin Post", role="button")
    expect(page.get_by_role("heading", name="Pinned")).to_be_visible()
    lead.examine(themes=("light", "dark"))
    _choose(entry, "Unpin Post", role="button")
    expect(page.get_by_role("heading", name="Pinned")).to_have_count(0)

    _choose(entry, "Move to another student")
    lead.choose("Student", "oliver", "Oliver Smith")
    page.get_by_label("Reason").fill("It was his coat.")
    lead.examine(themes=("light", "dark"))
    _confirmed(lead, "Move to another student")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Smith")
    expect(page.locator("li.entry.highlighted")).to_contain_text("Pushed in the corridor")
    _choose(page.locator("li.entry.highlighted"), "History")
    expect(page.get_by_text("Reason: It was his coat.")).to_be_visible()
    lead.examine(themes=("light", "dark"))
    page.goto(log)
    expect(page.get_by_text("Pushed in the corridor")).to_have_count(0)


@pytest.mark.spec("EDT-02", "EDT-15", "EDT-20", "INC-47", "SAF-25")
def test_reader_is_offered_none_of_it(visit, furnished):
    reader = visit("pastoral", subdomain="editing")
    reader.login(key=True)
    page = reader.page
    incident, action = furnished["incident"], furnished["action"]
    page.goto(f"/incidents/{incident}/")
    expect(page.get_by_text("Pushed in the corridor")).to_be_visible()
    for label in EDITING:
        assert label not in page.content()
    with reader.watch.expecting("status of 4"):
        for address in (
            f"/incidents/{incident}/merge/",
            f"/incidents/{incident}/move/",
            f"/incidents/actions/{action}/split/",
        ):
            assert page.goto(address).status == 403


@pytest.mark.spec("EDT-01", "EDT-09", "EDT-10", "EDT-11")
def test_editor_edits_deletes_and_restores_what_a_reader_then_finds_or_does_not(visit, furnished):
    lead, reader = visit("lead", subdomain="editing"), visit("pastoral", subdomain="editing")
    lead.login(key=True)
    reader.login(key=True)
    page, entry = lead.page, lead.page.locator("li.entry.highlighted")
    address = f"/incidents/{furnished['incident']}/"
    page.goto(address)
    _choose(entry, "Edit")
    page.get_by_label("Incident", exact=True).fill("Pushed in the corridor by the hall, twice.")
    lead.examine(themes=("light", "dark"))
    _confirmed(lead, "Save changes")
    expect(entry).to_contain_text("twice")
    _choose(entry, "History")
    expect(page.locator("ins").filter(has_text="twice")).to_have_count(1)
    lead.examine(themes=("light", "dark"))
    reader.page.goto(address)
    expect(reader.page.get_by_text("twice")).to_be_visible()

    page.goto(address)
    _choose(entry, "Delete")
    with lead.watch.expecting("status of 4"):
        page.get_by_role("button", name="Delete", exact=True).click()
        expect(page.get_by_role("alert")).to_contain_text("Say why it is deleted: the reason is kept.")
    lead.examine(themes=("light", "dark"))
    page.get_by_label("Reason for deletion").fill("Written about the wrong day.")
    page.get_by_role("button", name="Delete", exact=True).click()
    gone = page.locator("li.entry.removed")
    expect(gone).to_contain_text("Reason for deletion: Written about the wrong day.")
    lead.examine(themes=("light", "dark"))
    log = page.url.partition("?")[0]
    with reader.watch.expecting("status of 4"):
        assert reader.page.goto(address).status == 404
    reader.page.goto(log)
    for word in ("twice", "Deleted", "wrong day"):
        assert word not in reader.page.content()

    gone.get_by_role("button", name="Restore").click()
    expect(entry).to_contain_text("twice")
    reader.page.goto(log)
    expect(reader.page.get_by_text("twice")).to_be_visible()


def _choose(entry, label: str, *, role: str = "link") -> None:
    """Opens "Options" of an entry and takes one."""
    entry.get_by_text("Options").first.click()
    entry.get_by_role(role, name=label, exact=True).first.click()


def _confirmed(person, label: str) -> None:
    """Sends the form; whoever would gain or lose sight of the record is named first."""
    page = person.page
    send = page.get_by_role("main").get_by_role("button", name=label, exact=True)
    with person.watch.expecting("status of 4"):
        send.click()
        page.wait_for_load_state()
    named = page.get_by_role("checkbox", name="Yes, change who can read it")
    if named.count():
        named.check()
        send.click()
