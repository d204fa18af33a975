"""Every page that a session of its kind can open: axe in light, dark and on a phone, no sideways scroll."""

import pytest

from tests.data.schools import PASSWORD, book
from tests.journeys.watching import AXE

# The address of each page; names in braces are what `furnish` made.
PAGES = {
    "head": """
        /admin/
        /admin/settings/
        /admin/settings/training/
        /admin/calendar/
        /admin/categories/
        /admin/categories/new/
        /admin/categories/{category}/
        /admin/categories/{category}/delete/
        /admin/agencies/
        /admin/agencies/new/
        /admin/agencies/{agency}/
        /admin/agencies/{agency}/delete/
        /admin/form-builder/
        /admin/form-builder/incident/
        /admin/form-builder/incident/new/
        /admin/maps/
        /admin/maps/new/
        /admin/imports/
        /admin/imports/{import}/
        /admin/imports/{sheet}/columns/
        /admin/users/
        /admin/users/?q=zzz
        /admin/users/new/
        /admin/users/add-non-mis/
        /admin/users/deactivated/
        /admin/users/groups/
        /admin/users/groups/new/
        /admin/users/groups/{user_group}/
        /admin/users/alert-groups/
        /admin/users/alert-groups/new/
        /admin/users/alert-groups/{alert_group}/
        /admin/users/{teacher}/
        /admin/users/{teacher}/permissions/
        /admin/users/{pastoral}/alerts/
        /admin/users/{lead}/alerts/remove/
        /admin/users/{teacher}/security-keys/
        /admin/users/{lead}/audits/
        /admin/users/{lead}/security-log/
        /admin/users/{lead}/classes/
        /admin/users/{teacher}/deactivate/
        /admin/users/{leaver}/reactivate/
        /admin/groups/
        /admin/groups/restrict/tutor/
        /admin/groups/{class}/
    """,
    "lead": """
        /
        /categories/{category}/students/
        /students/search/?q=ol
        /students/register/{class}/
        /students/{student}/
        /students/{student}/maps/{map}/
        /students/{student}/audit-report/
        /students/{student}/blocked/
        /students/{student}/attendance/
        /students/{student}/contacts/
        /students/{student}/contacts/add/
        /students/{student}/contacts/{contact}/
        /students/{student}/court-orders/add/
        /students/{student}/court-orders/{court_order}/
        /students/{student}/links/
        /students/{student}/keeping/
        /students/sealed/
        /students/{student}/alert-staff/
        /students/{student}/incidents/
        /students/{student}/incidents/search/
        /incidents/add/
        /incidents/{incident}/
        /morning/
        /incidents/tray/
        /incidents/{unlisted}/
        /incidents/tray/{unlisted}/attach/
        /incidents/{incident}/actions/add/
        /incidents/{incident}/edit/
        /incidents/{incident}/history/
        /incidents/{incident}/delete/
        /incidents/actions/{action}/edit/
        /incidents/actions/{action}/history/
        /incidents/{incident}/status/
        /incidents/{incident}/merge/
        /incidents/{incident}/move/
        /incidents/actions/{action}/split/
        /incidents/{incident}/withdraw/
        /incidents/{incident}/readers/
        /incidents/{incident}/planner/
        /incidents/actions/{action}/planner/
        /incidents/{incident}/blocked/
        /incidents/actions/{action}/linked/
        /changes/{change}/
        /remind-me/
        /contact-support/
        /account/
        /account/sessions/
        /account/password/
        /account/email/
        /account/security-keys/
        /account/security-keys/add/
    """,
    "support": """
        /
        /incidents/add/
        /incidents/{incident}/
        /contact-support/
        /account/
        /account/security-keys/
    """,
    "": """
        /login/
        /reset/
        /reset/sent/
    """,
}
# What a narrow window can break.
PHONE = ("color-contrast", "scrollable-region-focusable", "target-size", "label", "link-name", "button-name")
WIDTHS = (320, 390, 820, 1024, 1440)


@pytest.fixture(scope="module")
def furnished(product):
    """A school of its own, with one thing of every kind in it, and the ids of these."""
    pages = book("pages", "Pages School", "910009")
    product.provision(pages)
    return product.furnish(pages)


@pytest.mark.parametrize("part", PAGES)
def test_every_page_fits_every_window_and_reader(visit, furnished, part):
    person = _enter(visit, part)
    if part:
        person.login(key=part != "support")
    for address in PAGES[part].split():
        _look(person, address.format(**furnished))


def test_pages_behind_a_question_fit_too(visit, furnished):
    person = _enter(visit, "deputy")
    person.login(key=True)
    page = person.page
    page.goto("/account/password/")
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_label("6-digit number").fill(person.code())
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("New password").wait_for()
    for address in ("/account/password/", "/account/email/", "/account/security-keys/add/"):
        _look(person, address)
    page.goto("/account/security-keys/")
    _look(person, page.get_by_role("link", name="Rename or remove").get_attribute("href"))


def test_pages_that_refuse_fit_too(visit, furnished):
    person = _enter(visit, "pastoral")
    person.login(key=False)
    _look(person, "/elevate/")
    with person.watch.expecting("status of 4"):
        for address, status in (
            ("/account/security-keys/", 403),
            ("/admin/", 403),
            ("/admin/users/", 403),
            ("/nowhere/", 404),
        ):
            _look(person, address, status=status)


def _enter(visit, part):
    person = visit(part, subdomain="pages", viewport={"width": WIDTHS[-1], "height": 900})
    # Half a megabyte, which would else travel to the browser for each page.
    person.page.add_init_script(AXE.axe_script)
    return person


def _look(person, address: str, *, status: int = 200) -> None:
    page, watch = person.page, person.watch
    answer = page.goto(address)
    assert answer.status == status, f"{address}: {answer.status}"
    page.wait_for_load_state()
    assert page.get_by_role("heading", level=1).count() == 1, address
    assert page.locator("main .button.primary:visible").count() <= 1, f"{address}: two filled buttons"
    watch.axe("light")
    page.emulate_media(color_scheme="dark")
    watch.axe("dark", only=["color-contrast"])
    page.emulate_media(color_scheme="light")
    for width in WIDTHS:
        watch.fits(width)
        if width == 390:
            watch.axe("390 px", only=PHONE)
