"""Pictures of the main pages of a running demo, as its people see them; see ops/screenshots."""

import base64
import io
import json
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from django_otp.oath import totp
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from ops.supervisor.browser import find_chromium

ROOT = Path(__file__).resolve().parents[1]
WIDTHS = {1440: 900, 390: 844}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
COLOURS = 192
"""Flat pages keep their look with so many, and become a third as large."""


@dataclass(frozen=True)
class Picture:
    """One page: its name, who looks at it, and the way there from the school's address."""

    name: str
    person: str
    go: Callable[[Page], Any]
    is_whole: bool = False
    """The whole page instead of what fits the window."""


def visit(path: str) -> Callable[[Page], Any]:
    """Return the way to a page with an address of its own."""
    return lambda page: page.goto(path)


def _first_alert(page: Page) -> None:
    """The alert whose story the demo tells at length, else the first."""
    page.goto("/")
    rows = page.locator("#alerts .row")
    told = rows.filter(has_text="Leila Harrison")
    (told if told.count() else rows).locator(".meta a").last.click()


def _first_student(page: Page) -> None:
    _first_alert(page)
    page.get_by_role("link", name="Overview").click()


def _first_register(page: Page) -> None:
    page.goto("/")
    page.locator("[aria-labelledby=groups-heading] a").first.click()


def _first_category(page: Page) -> None:
    page.goto("/")
    page.locator("[aria-labelledby=categories-heading] a").first.click()


def _entry(page: Page) -> None:
    _first_alert(page)
    page.locator(".entry.highlighted summary", has_text="Options").click()


def _action(page: Page) -> None:
    _first_alert(page)
    page.get_by_role("link", name="Add Action").first.click()


def _faults(page: Page) -> None:
    page.goto("/incidents/add/")
    page.locator("main").get_by_role("button", name="Add Incident").click()
    page.locator("[data-error-summary]").wait_for()


def _filled(page: Page) -> None:
    page.goto("/incidents/add/")
    page.get_by_label("Student", exact=True).press_sequentially("ame", delay=40)
    page.locator("[role=option]").first.wait_for()


def first_of(path: str, *tabs: str) -> Callable[[Page], Any]:
    """Return the way to the first thing that a list names, and on to one of its pages."""

    def go(page: Page) -> None:
        page.goto(path)
        page.locator("tbody a:visible").first.click()
        for tab in tabs:
            page.locator("main .side-nav").get_by_role("link", name=tab, exact=True).click()

    return go


LEAD, PLAIN, ADMIN = "Daniel Okafor", "Joyce Webb", "Martin Coleman"
PICTURES = (
    Picture("login", "", visit("/login/")),
    Picture("reset", "", visit("/reset/")),
    Picture("not-found", "", visit("/nowhere/")),
    Picture("dashboard", LEAD, visit("/")),
    Picture("chronology", LEAD, _first_alert),
    Picture("chronology-whole", LEAD, _first_alert, is_whole=True),
    Picture("entry-options", LEAD, _entry),
    Picture("action", LEAD, _action, is_whole=True),
    Picture("profile", LEAD, _first_student),
    Picture("register", LEAD, _first_register),
    Picture("category", LEAD, _first_category),
    Picture("search", LEAD, visit("/students/search/?q=ol")),
    Picture("account", LEAD, visit("/account/")),
    Picture("security-keys", LEAD, visit("/account/security-keys/")),
    Picture("add-device", LEAD, visit("/account/security-keys/add/")),
    Picture("restricted", PLAIN, visit("/")),
    Picture("incident", PLAIN, visit("/incidents/add/"), is_whole=True),
    Picture("incident-suggestions", PLAIN, _filled),
    Picture("incident-faults", PLAIN, _faults),
    Picture("sessions", LEAD, visit("/account/sessions/")),
    Picture("remind-me", LEAD, visit("/remind-me/")),
    Picture("contact-support", LEAD, visit("/contact-support/")),
    Picture("imports", ADMIN, visit("/admin/imports/")),
    Picture("import", ADMIN, first_of("/admin/imports/")),
    Picture("admin", ADMIN, visit("/admin/")),
    Picture("settings", ADMIN, visit("/admin/settings/"), is_whole=True),
    Picture("calendar", ADMIN, visit("/admin/calendar/")),
    Picture("categories", ADMIN, visit("/admin/categories/")),
    Picture("category-permissions", ADMIN, first_of("/admin/categories/"), is_whole=True),
    Picture("agencies", ADMIN, visit("/admin/agencies/")),
    Picture("users", ADMIN, visit("/admin/users/")),
    Picture("user", ADMIN, first_of("/admin/users/"), is_whole=True),
    Picture("user-permissions", ADMIN, first_of("/admin/users/", "Permissions")),
    Picture("user-alerts", ADMIN, first_of("/admin/users/", "Alerts")),
    Picture("user-keys", ADMIN, first_of("/admin/users/", "Security Keys")),
    Picture("user-audits", ADMIN, first_of("/admin/users/", "Audits")),
    Picture("user-log", ADMIN, first_of("/admin/users/", "Security log")),
    Picture("user-groups", ADMIN, visit("/admin/users/groups/")),
    Picture("user-group", ADMIN, first_of("/admin/users/groups/"), is_whole=True),
    Picture("alert-groups", ADMIN, visit("/admin/users/alert-groups/")),
    Picture("alert-group", ADMIN, first_of("/admin/users/alert-groups/"), is_whole=True),
    Picture("groups", ADMIN, visit("/admin/groups/")),
)


def main(folder: Path, names: list[str]) -> None:
    """Take them, with the newest pages on top of what the folder held."""
    sheet = json.loads((Path(os.environ.get("DATA") or ROOT / ".data") / "demo.json").read_text())
    school = sheet["schools"][0]
    folder.mkdir(parents=True, exist_ok=True)
    chosen = [picture for picture in PICTURES if not names or picture.name in names]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=["--no-sandbox", "--lang=en-GB"]
        )
        for person in dict.fromkeys(picture.person for picture in chosen):
            state = sign_in(browser, school, person) if person else None
            for width, height in WIDTHS.items():
                for scheme in SCHEMES:
                    context = browser.new_context(
                        base_url=f"http://{school['host']}",
                        storage_state=state,
                        viewport={"width": width, "height": height},
                        color_scheme=scheme,
                        locale="en-GB",
                        reduced_motion="reduce",
                    )
                    page = context.new_page()
                    for picture in chosen:
                        if picture.person == person:
                            take(page, picture, folder / f"{picture.name}-{width}-{scheme}.png")
                    context.close()
        browser.close()


def sign_in(browser: Browser, school: dict[str, Any], name: str) -> Any:
    """Log in by the pages, with the key where the person has one; return the browser's state."""
    person = next(user for user in school["users"] if user["name"] == name)
    context = browser.new_context(base_url=f"http://{school['host']}")
    page = context.new_page()
    page.goto("/login/")
    page.get_by_label("Email").fill(person["email"])
    page.get_by_label("Password").fill(person["password"])
    page.get_by_role("button", name="Login").click()
    if secret := person["totp_secret"]:
        # A number counts once: after a refusal the next one is waited for.
        for _ in range(2):
            page.locator("[name=code]").fill(f"{totp(base64.b32decode(secret)):06}")
            page.get_by_role("button", name="Continue").click()
            if page.get_by_role("heading", name="Dashboard").count():
                break
            time.sleep(31 - time.time() % 30)
    page.get_by_role("heading", name="Dashboard").wait_for()
    state = context.storage_state()
    context.close()
    return state


def take(page: Page, picture: Picture, path: Path) -> None:
    """Go there and write the picture with few colours."""
    picture.go(page)
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready.then(() => true)")
    size = page.viewport_size
    if picture.is_whole and size:
        # A window as tall as the page: what sticks to a window's edge would else cover its middle.
        height = page.evaluate("document.scrollingElement.scrollHeight")
        page.set_viewport_size({"width": size["width"], "height": height})
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    if size:
        page.set_viewport_size(size)
    shot.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
