"""A fresh school from the welcome to its roll-out, by nothing but its screens and mails."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.data.schools import Book, book
from tests.journeys.set_up import PUPILS, extract_for
from tests.journeys.test_u2f_key import plug_in

PASSWORD = "Copper!Lantern-58"
SIZES = {"laptop": (1280, 800), "tablet": (820, 1180)}
RULE = "Behaviour"


class School:
    """The school on its first day: its sheet names its main contact and one safeguarding lead."""

    def __init__(self, name: str, visit, product) -> None:
        self.name = name
        urn = str(911000 + list(SIZES).index(name))
        self.book: Book = book(f"fresh-{name}", f"Fresh {name.title()} School", urn)
        self.book.school["Main contact name"] = "Martin Coleman"
        self.book.school["Main contact email"] = self.address("Martin", "Coleman")
        self.book.staff = [row for row in self.book.staff if row[2] in ("Coleman", "Nair")]
        self._visit = visit
        self._product = product
        product.provision(self.book)

    @property
    def subdomain(self) -> str:
        return self.book.school["Subdomain"]

    def address(self, first_name: str, last_name: str) -> str:
        return f"{first_name[0]}.{last_name}@{self.subdomain}.sch.example".lower()

    def open(self, first_name: str, last_name: str):
        """A browser of a person's own."""
        width, height = SIZES[self.name]
        person = self._visit(subdomain=self.subdomain, viewport={"width": width, "height": height})
        person.email = self.address(first_name, last_name)
        return person

    def link_for(self, person) -> str:
        """The link of the newest mail about a password; waits for the first."""

        def newest() -> str:
            for mail in reversed(self._product.mails_to(person.email)):
                html = mail.message.get_body(("html",)).get_content()
                if found := re.search(r'href="([^"]+)"[^>]*>Click here to reset your password', html):
                    return found[1]
            return ""

        return self._product.wait_for(newest) or pytest.fail(f"No link was sent to {person.email}.")

    def told(self, person, words: str = "") -> str:
        """The words of all mails to a person; waits for the one that holds these."""

        def mails() -> str:
            return "\n".join(
                f"{mail.message['Subject']}\n{mail.message.get_body(('plain',)).get_content()}"
                for mail in self._product.mails_to(person.email)
            )

        self._product.wait_for(lambda: words in mails())
        return mails()

    def extract(self) -> bytes:
        """Two classes of three, and two teachers whom the MIS lists."""
        made = extract_for("a")
        made.urn = self.book.school["URN"]
        made.files["groups.csv"].append({"mis_id": "G3", "kind": "tutor", "name": "8B", "staff_mis_id": "S2"})
        for row in made.files["memberships.csv"]:
            if row["group_mis_id"] == "G1" and row["pupil_mis_id"] in ("P4", "P5", "P6"):
                row["group_mis_id"] = "G3"
        for row in made.files["staff.csv"]:
            row["email"] = row["email"].replace("ashgrove", self.subdomain)
        return made.pack()


@pytest.mark.spec("ADM-01", "ADM-02", "USR-04", "USR-07", "USR-18", "USR-35", "USR-36", "USR-39", "GRP-01")
@pytest.mark.spec("KEY-31", "KEY-36", "KEY-39", "SAF-41")
@pytest.mark.parametrize("size", SIZES)
def test_main_contact_rolls_the_product_out_alone(visit, product, size):
    school = School(size, visit, product)
    contact = school.open("Martin", "Coleman")
    _begin(school, contact)
    _fill_notices(contact)
    _import_pupils(contact, school.extract())
    _make_user_group(contact)
    _make_teachers_and_lead(contact)
    _make_alert_group(contact)
    _set_automatic_alert(contact)
    _restrict_classes(contact)

    lead = school.open("Daniel", "Okafor")
    _log_in_with_usb_key(school, lead)

    supply = school.open("Sam", "Abel")
    _set_password(school, supply)
    _log_in(supply)
    expect(supply.page.get_by_role("heading", name="Quick Student Search")).to_have_count(0)
    _add_incident(supply)

    teacher = school.open("Tom", "Ellery")
    _set_password(school, teacher)
    _log_in(teacher)
    assert "has alerted you to an incident" in school.told(teacher, "has alerted you to an incident")
    assert "alerted you" not in school.told(contact)
    expect(teacher.page.get_by_role("region", name="Alert")).to_contain_text(RULE)
    _set_up_soft_key(teacher)
    _see_own_class_only(teacher)


def _begin(school: School, contact) -> None:
    """From the welcome, by "Forgotten your password …", to a session with the key."""
    page = contact.page
    welcome = school.told(contact, "Welcome to")
    assert "Welcome to" in welcome
    address = re.search(r"http://[a-z-]+\.localhost:\d+/", welcome)
    assert address, welcome
    page.goto(address[0])
    page.get_by_role("link", name=re.compile("^Forgotten your password or using")).click()
    contact.examine()
    page.get_by_label("Email").fill(contact.email)
    page.get_by_role("button", name="Reset Password").click()
    expect(page.get_by_role("heading", name="Look at your mail")).to_be_visible()
    _set_password(school, contact)
    _log_in(contact)
    contact.examine()
    _set_up_soft_key(contact)
    expect(page.get_by_role("heading", name="Quick Student Search")).to_be_visible()
    contact.examine()


def _set_password(school: School, person) -> None:
    page = person.page
    page.goto(school.link_for(person))
    page.get_by_label("New password").fill(PASSWORD)
    person.examine()
    page.get_by_role("button", name="Save password").click()
    expect(page.get_by_text("Your password is saved. Log in with it now.")).to_be_visible()


def _log_in(person) -> None:
    page = person.page
    page.get_by_label("Email").fill(person.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Login").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()


def _open_keys(person) -> None:
    page = person.page
    page.get_by_role("button", name=re.compile("^Account:")).click()
    page.locator("#account-menu").get_by_role("link", name="Security Keys").click()
    expect(page.get_by_role("heading", name="U2F Keys", exact=True)).to_be_visible()


def _set_up_soft_key(person) -> None:
    page = person.page
    _open_keys(person)
    person.examine()
    page.get_by_role("link", name="Add new device").click()
    secret = page.locator("figcaption code").inner_text()
    person.examine()
    page.get_by_label("Name").fill("My phone")
    page.get_by_role("textbox", name="Code").fill(person.code(secret))
    page.get_by_role("button", name="Save this device").click()
    expect(page.locator(".codes code")).to_have_count(8)
    person.examine()
    page.get_by_role("link", name="Go to the dashboard").click()
    page.get_by_role("link", name="Elevate Your Access").click()
    person.examine()
    page.get_by_label("6-digit number").fill(person.code(secret))
    page.get_by_role("button", name="Authenticate").click()
    expect(page.get_by_role("heading", name="Quick Student Search")).to_be_visible()


def _open_admin(person, tab: str) -> None:
    """One of the tabs of "Admin", which is in the menu, wherever this window has it."""
    page = person.page
    tabs = page.get_by_role("navigation", name="Admin", exact=True)
    if not tabs.count():
        page.get_by_role("link", name="Admin", exact=True).filter(visible=True).first.click()
        expect(page.get_by_role("heading", name="Admin", level=1)).to_be_visible()
    tabs.get_by_role("link", name=tab, exact=True).click()
    expect(page.get_by_role("heading", name=tab, level=1)).to_be_visible()
    person.examine()


def _fill_notices(contact) -> None:
    page = contact.page
    page.get_by_role("link", name="Enter them in Settings").click()
    for label, words in (
        ("Headteacher", "Dr Coleman"),
        ("Chair of governors", "Mrs Pryce, 01632 960111"),
        ("Out-of-hours number", "01632 960112"),
        ("Local authority designated officer (LADO) number", "01632 960113"),
        ("Safeguarding line", "01632 960114"),
    ):
        page.get_by_label(label).fill(words)
    contact.examine()
    page.get_by_role("button", name="Update Settings").click()
    expect(page.get_by_text("do not yet name")).to_have_count(0)
    contact.examine()


def _import_pupils(contact, packed: bytes) -> None:
    page = contact.page
    _open_admin(contact, "Imports")
    page.get_by_label("Extract from the MIS").set_input_files(
        {"name": "extract.zip", "mimeType": "application/zip", "buffer": packed}
    )
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_role("region", name="Result")).to_contain_text("Applied")
    contact.examine()


def _make_user_group(contact) -> None:
    page = contact.page
    _open_admin(contact, "Users")
    page.get_by_role("link", name="User Groups").click()
    contact.examine()
    page.get_by_role("link", name="New Group").click()
    page.get_by_label("Name", exact=True).fill("Cover supervisors")
    page.get_by_label("have no key").check()
    page.get_by_role("button", name="all or none: Add Incidents").click()
    page.get_by_role("checkbox", name="Add new Incident/ Action").check()
    contact.examine()
    page.get_by_role("button", name="Save User Group").click()
    expect(page.get_by_text("The user group “Cover supervisors” is saved.")).to_be_visible()
    contact.examine()


def _make_teachers_and_lead(contact) -> None:
    """One whom the MIS lists, one until a day, and a lead; each is sent a link for a password."""
    page = contact.page
    _open_admin(contact, "Users")
    page.get_by_role("link", name="New User").click()
    contact.examine()
    page.get_by_label("Name", exact=True).select_option(label=_option(page, "Ellery"))
    _put_into(contact, "Teachers")

    end = datetime.now(UTC) + timedelta(days=30)
    for first, last, group in (("Sam", "Abel", "Cover supervisors"), ("Daniel", "Okafor", "DSL/SLT")):
        page.get_by_role("link", name="Add Non-MIS Users").click()
        contact.examine()
        page.get_by_label("First name").fill(first)
        page.get_by_label("Last name").fill(last)
        page.get_by_label("Email", exact=True).fill(
            f"{first[0]}.{last}@{contact.email.partition('@')[2]}".lower()
        )
        if group != "DSL/SLT":
            page.get_by_label("Account ends on").fill(f"{end:%Y-%m-%d}")
        _put_into(contact, group)
    row = page.get_by_role("row").filter(has_text="Sam Abel")
    expect(row).to_contain_text(f"until {end.day} {end:%B %Y}")


def _option(page, words: str) -> str:
    return page.get_by_role("option").filter(has_text=words).first.inner_text()


def _put_into(contact, group: str) -> None:
    page = contact.page
    page.get_by_label("User Group").select_option(label=group)
    page.get_by_label("Send password reset email").check()
    page.get_by_role("button", name="Create User").click()
    expect(page.locator(".messages")).to_contain_text(f"is a user now, in “{group}”.")
    contact.examine()
    _open_admin(contact, "Users")


def _make_alert_group(contact) -> None:
    page = contact.page
    page.get_by_role("link", name="Alert Groups").click()
    contact.examine()
    page.get_by_role("link", name="New Alert Group").click()
    page.get_by_label("Name", exact=True).fill("Year 7 team")
    left = page.get_by_role("listbox", name="All users")
    right = page.get_by_role("listbox", name="These users will be in this alert group")
    for typed, name in (("ellery", "Tom Ellery"), ("okafor", "Daniel Okafor")):
        box = page.get_by_label("Filter by name or user group")
        box.fill(typed)
        expect(left.get_by_role("option")).to_have_count(1)
        box.press("Tab")
        expect(left).to_be_focused()
        page.keyboard.press("Enter")
        expect(right).to_contain_text(name)
    contact.examine()
    page.get_by_role("button", name="Save Alert Group").press("Enter")
    expect(page.get_by_text("The alert group “Year 7 team” is saved.")).to_be_visible()


def _set_automatic_alert(contact) -> None:
    page = contact.page
    _open_admin(contact, "Users")
    page.get_by_role("link", name="Tom Ellery", exact=True).click()
    contact.examine()
    for tab in ("Permissions", "Security Keys", "Audits", "Security log", "Alerts"):
        page.get_by_role("navigation", name="User", exact=True).get_by_role("link", name=tab).click()
        contact.examine()
    page.get_by_label(f"Alert about {RULE}", exact=True).check()
    page.get_by_role("button", name="Save details").click()
    expect(page.get_by_label(f"Alert about {RULE}", exact=True)).to_be_checked()
    contact.examine()


def _restrict_classes(contact) -> None:
    page = contact.page
    _open_admin(contact, "Groups")
    page.get_by_role("link", name="Restrict Access to Tutor group").click()
    contact.examine()
    page.get_by_role("button", name="Restrict Access").click()
    page.get_by_role("link", name="Edit 7A").click()
    page.get_by_label("Filter by name or user group").fill("ellery")
    page.get_by_label("Filter by name or user group").press("Tab")
    page.keyboard.press("Enter")
    expect(
        page.get_by_role("listbox", name="These users will be able to see students in this class")
    ).to_contain_text("Ellery")
    contact.examine()
    page.get_by_role("button", name="Save Group").click()
    expect(page.get_by_role("row").filter(has_text="7A")).to_contain_text("Ellery")
    expect(page.get_by_role("row").filter(has_text="8B")).to_contain_text("Nobody is listed")
    contact.examine()


def _log_in_with_usb_key(school: School, lead) -> None:
    page = lead.page
    plug_in(page)
    _set_password(school, lead)
    _log_in(lead)
    expect(page.get_by_role("heading", name="Quick Student Search")).to_have_count(0)
    lead.examine()
    _open_keys(lead)
    page.get_by_role("button", name="Register a new U2F key").click()
    pop_up = page.get_by_role("dialog", name="Register a new U2F key")
    pop_up.get_by_label("Device Name").fill("Blue key")
    pop_up.get_by_role("button", name="Start Registration").click()
    expect(
        pop_up.get_by_text("Successfully added new U2F key. You can now close this window")
    ).to_be_visible()
    lead.examine()
    pop_up.get_by_role("button", name="Close").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    expect(page.get_by_role("link", name="Elevate Your Access")).to_be_visible()
    page.get_by_role("button", name=re.compile("^Account:")).click()
    page.locator("#account-menu").get_by_role("button", name="Log out").click()
    page.get_by_label("Email").fill(lead.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Login").click()
    # Whoever has no other key is asked for it at once.
    expect(page.get_by_role("heading", name="Quick Student Search")).to_be_visible()
    expect(page.get_by_role("link", name="Elevate Your Access")).to_have_count(0)
    lead.examine()


def _add_incident(supply) -> None:
    """Somebody without a key finds every pupil by name, and the rule finds its reader."""
    page = supply.page
    supply.examine()
    page.get_by_role("link", name="Add Incident").filter(visible=True).first.click()
    expect(page.get_by_text("01632 960112")).to_be_visible()
    supply.choose("Student", "hugh", "Amelia O'Connor-Hughes")
    page.get_by_label("Incident", exact=True).fill("Pushed in the corridor by the hall.")
    page.get_by_role("checkbox", name=RULE, exact=True).check()
    page.get_by_role("checkbox", name=re.compile("^Safeguarding team")).check()
    supply.examine()
    page.get_by_role("main").get_by_role("button", name="Add Incident").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()
    expect(page.get_by_role("region", name="My History")).to_contain_text(RULE)
    supply.examine()


def _see_own_class_only(teacher) -> None:
    page = teacher.page
    expect(page.get_by_role("region", name="Filter by Group")).to_contain_text("7A")
    expect(page.get_by_role("region", name="Filter by Group")).not_to_contain_text("8B")
    teacher.examine()
    for forename, surname in PUPILS["a"]:
        page.goto(f"/students/search/?q={surname}")
        found = page.get_by_role("main").get_by_role("link", name=re.compile(re.escape(surname)))
        if forename in ("Amelia", "Jakub", "Oliver"):
            expect(found.first).to_be_visible()
        else:
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            expect(found).to_have_count(0)
    teacher.examine()
