"""An administrator hands in extracts and watches them: sound, faulty and alarming; then a spreadsheet."""

import os
import re
import signal

import pytest
from playwright.sync_api import expect

from tests.data.extracts import pupil, upn
from tests.journeys.set_up import extract_for


@pytest.mark.spec("IMP-04", "IMP-07", "IMP-08", "IMP-10", "KEY-08")
def test_administrator_brings_sound_faulty_and_alarming_extracts_and_a_spreadsheet(visit, product):
    office = visit("data")
    office.login(key=True)
    page = office.page
    page.get_by_role("banner").get_by_role("link", name="Admin").click()
    page.get_by_role("navigation", name="Admin").get_by_role("link", name="Imports").click()
    office.examine(themes=("light", "dark"))

    sound = extract_for("a", generated_at="2026-11-21T05:00:00+00:00")
    sound.files["pupils.csv"].append(pupil(7, "Newly", "Arrived", upn=upn(7)))
    # The worker holds its breath, so that the waiting can be seen.
    os.killpg(product.worker.process.pid, signal.SIGSTOP)
    try:
        _upload(page, sound.pack())
        expect(page.get_by_role("progressbar")).to_be_visible()
        expect(page.get_by_text("You can leave this page: the import goes on.")).to_be_visible()
        office.examine(themes=("light", "dark"))
    finally:
        os.killpg(product.worker.process.pid, signal.SIGCONT)
    expect(page.get_by_role("region", name="Result")).to_contain_text("Applied")
    pupils = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="pupils.csv"))
    expect(pupils.get_by_role("cell").nth(0)).to_have_text("7")
    expect(pupils.get_by_role("cell").nth(1)).to_have_text("1")
    office.examine(themes=("light", "dark"))

    faulty = extract_for("a", generated_at="2026-11-21T06:00:00+00:00")
    faulty.files["pupils.csv"][2]["date_of_birth"] = "31/02/2012"
    page.get_by_role("link", name="Imports").first.click()
    _upload(page, faulty.pack())
    expect(page.get_by_role("region", name="Result")).to_contain_text("Nothing was changed.")
    fault = page.get_by_role("region", name="Faults").get_by_role("row").filter(has_text="date_of_birth")
    expect(fault).to_contain_text("pupils.csv")
    expect(fault).to_contain_text("4")
    office.examine(themes=("light", "dark"))
    page.get_by_role("link", name="Imports").first.click()
    expect(page.get_by_role("row").filter(has_text="Refused")).to_have_count(1)
    office.examine()

    page.get_by_role("link", name="Imports").first.click()
    # Without the newcomer: nobody whom another journey looks for leaves.
    _upload(page, extract_for("a", generated_at="2026-11-22T05:00:00+00:00").pack())
    result = page.get_by_role("region", name="Result")
    expect(result).to_contain_text("Held")
    expect(page.get_by_role("region", name="What it would change")).to_contain_text("would be archived")
    office.examine(themes=("light", "dark"))
    page.get_by_role("button", name="Apply", exact=True).click()
    expect(result).to_contain_text("Applied")

    page.get_by_role("link", name="Imports").first.click()
    sheet = f"UPN,Surname,Forename,Born,Admission date\n{upn(77)},Sheet,Sam,04/03/2012,2024-09-02\n"
    page.get_by_label("Spreadsheet", exact=True).set_input_files(
        {"name": "new.csv", "mimeType": "text/csv", "buffer": sheet.encode()}
    )
    page.get_by_role("button", name="Upload the spreadsheet").click()
    expect(page.get_by_role("heading", name="Columns of new.csv")).to_be_visible()
    expect(page.get_by_label("Legal surname (needed)")).to_have_value("1")
    office.examine(themes=("light", "dark"))
    page.get_by_label("D.O.B. (needed)").select_option("Born")
    page.get_by_role("button", name="Import").click()
    expect(result).to_contain_text("Applied")
    expect(result).to_contain_text("1 rows were read.")


def _upload(page, packed: bytes) -> None:
    page.get_by_label("Extract from the MIS").set_input_files(
        {"name": "extract.zip", "mimeType": "application/zip", "buffer": packed}
    )
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("heading", name=re.compile("^Import of"))).to_be_visible()
