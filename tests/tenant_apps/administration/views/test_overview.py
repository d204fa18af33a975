import pytest

from tests.pdf_text import without_spaces, words_of


@pytest.mark.spec("ADM-03")
def test_agreement_is_downloaded_with_the_providers_own_contacts(in_a, client_for, cast, settings):
    settings.BRAND = "Hearth"
    settings.SUPPORT_TELEPHONE = "01632 960777"
    settings.SUPPORT_EMAIL = "help@hearth.example"
    settings.SUPPORT_HOURS = "Daily 9am to 5pm"
    browser = client_for(cast.head)
    page = browser.get("/admin/").content.decode()
    assert "Hearth Service Level Agreement" in page
    assert "/admin/service-level-agreement/" in page
    answer = browser.get("/admin/service-level-agreement/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="hearth-service-level-agreement.pdf"'
    words = words_of(answer.content)
    for said in (
        "Hearth Service Level Agreement",
        "Ashgrove School",
        "01632 960777",
        "help@hearth.example",
        "Daily 9am to 5pm",
        "in writing",
    ):
        assert without_spaces(said) in words
    assert "CONFIDENTIAL" not in words
    assert "CPOMS" not in words


@pytest.mark.spec("ADM-03")
def test_overview_leads_to_every_tab_with_a_line_on_each(in_a, client_for, cast):
    page = client_for(cast.head).get("/admin/").content.decode()
    for address in ("/admin/settings/", "/admin/calendar/", "/admin/imports/"):
        assert page.count(f'href="{address}"') == 2
    assert "academic year" in page
