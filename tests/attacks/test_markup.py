"""A30: a script in every field that takes text stands there as text, on every page, in print and in mail."""

import re
from io import BytesIO

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from core.access import SYSTEM
from core.db.keys import uuid7
from tests.attacks.conftest import body_of
from tests.data.extracts import small_extract
from tests.pdf_text import without_spaces, words_of


class Scripts:
    """Scripts with numbers, to know each again; they leave an attribute, too."""

    def __init__(self):
        self.names = []

    def __call__(self, name):
        self.names.append(name)
        return f"\"'><script>alert({len(self.names)})</script>"

    def number(self, name):
        return self.names.index(name) + 1

    def shown_in(self, page):
        """Names of the fields whose script stands in a page as text."""
        numbers = re.findall(r"&quot;&#x27;&gt;&lt;script&gt;alert\((\d+)\)&lt;/script&gt;", page)
        return {self.names[int(number) - 1] for number in numbers}


def assert_harmless(page):
    """No script but the product's own files, no attribute broken open."""
    assert "<script>" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=\"/static/)", page)
    assert "'><" not in page


@pytest.fixture
def script():
    return Scripts()


@pytest.fixture
def pages(client_for, script):
    """Reads a page, finds it harmless and remembers which fields it showed."""

    class Pages:
        shown = set()

        def read(self, client, path, sent=None, status=200):
            answer = client.get(path) if sent is None else client.post(path, sent, follow=True)
            body = body_of(answer).decode("utf-8", "replace")
            assert answer.status_code == status, path
            assert answer["X-Content-Type-Options"] == "nosniff"
            kind = answer["Content-Type"].split(";")[0]
            if kind == "text/html":
                assert_harmless(body)
                assert "script-src 'self'" in answer["Content-Security-Policy"]
                self.shown |= script.shown_in(body)
            else:
                assert kind in {"application/json", "text/plain"}
            return body

    return Pages()


def change_everything_named(script, cast, category):
    """Scripts as names of what an administrator or the provisioning names."""
    from django_otp.plugins.otp_totp.models import TOTPDevice

    from shared_apps.people.services import update_user
    from tenant_apps.agencies.services import add_agencies
    from tenant_apps.categories.models import Category
    from tenant_apps.school_settings.services import update_settings
    from tenant_apps.staff.models import UserGroup
    from tenant_apps.staff.selectors import default_alert_group
    from tenant_apps.staff.services import save_alert_group

    update_settings(
        by=SYSTEM,
        **{
            name: script(name)
            for name in (
                "security_message",
                "immediate_danger_text",
                "adult_concern_text",
                "incident_hint",
                "files_hint",
            )
        },
    )
    for person, part in ((cast.lead, "lead"), (cast.support, "support")):
        names = {name: script(f"{part}.{name}") for name in ("first_name", "last_name")}
        names["title"] = "<b>Dr"
        update_user(user_id=person.user.pk, by=SYSTEM, **names)
        del person.__dict__["user"]
    group = default_alert_group()
    save_alert_group(
        name=script("alert group"),
        member_ids=[cast.lead.user.pk],
        group_id=group.id,
        is_default=True,
        by=cast.head.access,
    )
    UserGroup.objects.filter(name="Pastoral leads").update(name=script("user group"))
    for device in TOTPDevice.objects.filter(user_id=cast.lead.user.pk):
        TOTPDevice.objects.filter(pk=device.pk).update(name=script("device"))
    (agency,) = add_agencies(names=[script("agency")], by=SYSTEM)
    for name in ("Cause for Concern", "Disclosure"):
        Category.objects.filter(pk=category(name)).update(name=script(name))
    return group, agency


@pytest.fixture
def imported(in_a, script, client_for, cast, pages, run_outbox):
    """Pupils, contacts and groups whose extract is full of scripts; a pupil's id."""
    from tenant_apps.imports.models import Import
    from tenant_apps.students.models import Student

    extract = small_extract()
    pupil = extract.files["pupils.csv"][0]
    for name in (
        "legal_forename",
        "legal_surname",
        "preferred_forename",
        "preferred_surname",
        "former_surname",
    ):
        pupil[name] = script(f"pupil.{name}")
    header = script("CSV header")
    for row in extract.files["pupils.csv"]:
        row[header] = "x"
    for name in ("title", "forename", "surname", "relationship"):
        extract.files["contacts.csv"][0][name] = script(f"contact.{name}")
    extract.files["groups.csv"][0]["name"] = script("group.name")
    extract.files["links.csv"][0]["relationship"] = script("link.relationship")
    client = client_for(cast.data)
    file = SimpleUploadedFile('"><script>x.zip', extract.pack(), content_type="application/zip")
    client.post(reverse("imports:upload"), {"extract": file}, headers={"HX-Request": "true"})
    run_outbox()
    entry = Import.objects.get()
    told = pages.read(client, reverse("imports:detail", args=[entry.pk]))
    pages.read(client, reverse("imports:home"))
    assert entry.state == "applied", told
    return Student.objects.get(mis_id="P1")


@pytest.mark.attack("A30")
def test_script_in_every_field_is_text_everywhere(
    in_a, script, pages, imported, cast, category, typed, client_for, mailbox, run_outbox
):
    group, agency = change_everything_named(script, cast, category)
    student = str(imported.pk)
    support, lead = client_for(cast.support), client_for(cast.lead)
    draft, later, action = (str(uuid7()) for _ in range(3))

    # A concern without the key, with a draft left over.
    pages.read(support, "/students/suggest/?q=script")
    pages.read(support, "/staff/suggest/?q=script")
    pages.read(support, f"/incidents/add/?student={student}")
    support.post(f"/incidents/drafts/{later}/", {"text": script("draft"), "student": student})
    pages.read(support, f"/incidents/add/?draft={later}")
    name = script("file")
    support.post(f"/documents/upload/?draft={draft}", {"file": SimpleUploadedFile(name, b"x")})
    form = typed(
        student=student,
        draft=draft,
        text=script("incident"),
        categories=[str(category_id(script, one)) for one in ("Cause for Concern", "Disclosure")],
        alert_groups=[str(group.id)],
        alert_staff=[str(cast.deputy.user.pk)],
        agencies=[str(agency.id)],
    )
    pages.read(
        support, "/incidents/add/", form | {"status": script("status"), "happened_on": script("date")}, 422
    )
    pages.read(support, "/incidents/add/", form)
    run_outbox()

    # Read, answered and printed with the key.
    log = f"/students/{student}/incidents/"
    lead_action = typed(
        student="", draft=action, categories=[], agencies=[str(agency.id)], text=script("action")
    )
    pages.read(lead, "/")
    pages.read(lead, f"/incidents/{draft}/actions/add/")
    widened = lead_action | {"categories": [str(category("Child Protection"))]}
    pages.read(lead, f"/incidents/{draft}/actions/add/", widened, 422)
    pages.read(lead, f"/incidents/{draft}/actions/add/", lead_action)
    for path in (
        "/",
        log,
        f"{log}?incident={draft}&older=%22%3E%3Cscript%3E",
        f"/students/{student}/",
        "/students/search/?q=%22'%3E%3Cscript%3Ealert(0)%3C/script%3E",
        "/students/search/?q=script",
        "/students/suggest/?q=script",
        f"/students/register/{imported.memberships.first().group_id}/",
        f"/incidents/{draft}/status/",
        f"/categories/{category_id(script, 'Cause for Concern')}/students/",
        "/account/",
        "/account/security-keys/",
        "/account/security-keys/add/",
    ):
        pages.read(lead, path)
    alerted = client_for(cast.deputy, elevated=False)
    for browser, path in (
        (support, "/"),
        (support, f"/incidents/{draft}/told/"),
        (alerted, "/"),
        (alerted, f"/incidents/{draft}/"),
    ):
        pages.read(browser, path)
    pages.read(lead, "/nothing/<script>alert(0)</script>/", status=404)
    pages.read(client_for(), "/login/", {"email": script("email"), "password": "x"}, 422)
    pages.read(client_for(), "/login/?next=%22'%3E%3Cscript%3Ealert(0)%3C/script%3E")

    unseen = {
        # Shown nowhere yet, or only where the names in use are hidden by the preferred ones.
        "pupil.former_surname",
        "status",
        "support.first_name",
        # Made safe when it arrives; its page was found harmless above.
        "file",
    }
    assert set(script.names) - unseen <= pages.shown
    prints_show_scripts_as_text(lead, log, draft, script)
    mails_show_scripts_as_text(mailbox, script)


def category_id(script, name):
    """The category by the script that it is called now."""
    from tenant_apps.categories.models import Category

    return Category.objects.get(name__contains=f"alert({script.number(name)})").pk


def prints_show_scripts_as_text(lead, log, incident, script):
    """Words on the page; nothing in the file that a reader would run or open."""
    for path in (f"{log}pdf/", f"/incidents/{incident}/print/"):
        content = body_of(lead.get(path))
        words = words_of(content)
        for name in ("incident", "action", "agency", "Disclosure", "lead.last_name"):
            assert without_spaces(f"<script>alert({script.number(name)})</script>") in words, (path, name)
        with pikepdf.open(BytesIO(content)) as pdf:
            for part in pdf.objects:
                keys = set(part.keys()) if isinstance(part, pikepdf.Dictionary | pikepdf.Stream) else set()
                assert not keys & {"/JS", "/JavaScript", "/OpenAction", "/AA", "/EmbeddedFiles", "/URI"}


def mails_show_scripts_as_text(mailbox, script):
    mails = mailbox.messages()
    assert mails
    for mail in mails:
        html = mail.message.get_body(["html"])
        if html is not None:
            assert_harmless(html.get_content())
    told = next(mail for mail in mails if "alerted you" in mail.message.get_body(["plain"]).get_content())
    assert f"alert({script.number('support.last_name')})" in told.message.get_body(["html"]).get_content()


@pytest.mark.attack("A30")
def test_script_in_the_schools_name_is_text(as_owner, school_a, cast, client_for):
    """Provisioning would take such a name; only the owner can write it."""
    from core.tenancy import in_public
    from tenants.models import School

    with in_public():
        School.objects.filter(pk=school_a.pk).update(name="Ash\"'><script>alert(1)</script>")
    for client, path in (
        (client_for(), "/login/"),
        (client_for(), "/reset/"),
        (client_for(cast.lead), "/"),
        (client_for(cast.lead), "/incidents/add/"),
        (client_for(cast.support), "/"),
    ):
        page = client.get(path).content.decode()
        assert_harmless(page)
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
