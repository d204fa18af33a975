"""A30: markup in every text field comes out as text, on every page and in every mail."""

import pytest
from django.urls import reverse

from core.access import SYSTEM
from core.db.clock import now
from tests.access.conftest import RELATIONS, undone
from tests.access.matrix import ROWS

PAYLOAD = """"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7|add:7 }}</textarea>"""
HARMFUL = (b"<script>alert", b"<img src=x", b"</textarea><", b"14</textarea>")
PAGES = [row for row in ROWS if row.host == "school" and row.method == "GET"]


@pytest.fixture
def planted(world):
    """The school with the payload wherever somebody can type."""
    from shared_apps.people.models import User
    from tenant_apps.agencies.models import Agency
    from tenant_apps.categories.models import Category
    from tenant_apps.classes.models import StudentGroup
    from tenant_apps.school_settings.models import Settings
    from tenant_apps.staff.models import AlertGroup, UserGroup
    from tenant_apps.students.models import Student

    assert world.group
    Category.objects.filter(name="Cause for Concern").update(name=PAYLOAD)
    Agency.objects.filter(name="Police").update(name=PAYLOAD)
    AlertGroup.objects.all().update(name=PAYLOAD)
    UserGroup.objects.filter(name="Teachers").update(name=PAYLOAD)
    StudentGroup.objects.all().update(name=PAYLOAD)
    Settings.objects.all().update(security_message=PAYLOAD, immediate_danger_text=PAYLOAD, files_hint=PAYLOAD)
    User.objects.filter(pk=world.cast.lead.user.pk).update(first_name=PAYLOAD[:60], title="<b>")
    Student.objects.all().update(legal_forename=PAYLOAD, preferred_forename=PAYLOAD, address=PAYLOAD)
    return world


def fill(world):
    """Records with the payload in their texts, made once the names are planted."""
    from tenant_apps.agencies.selectors import enabled_agencies
    from tenant_apps.students.services import change_agencies, change_keywords, write_summary

    world.behaviour = world.incident("Behaviour", text=PAYLOAD)
    world.protection = world.incident("Child Protection", text=PAYLOAD)
    for pupil in world.students:
        write_summary(student_id=pupil.pk, text=PAYLOAD, seen=0, by=SYSTEM)
        change_keywords(student_id=pupil.pk, added=[PAYLOAD[:60]], by=SYSTEM)
        agencies = {agency.id for agency in enabled_agencies() if agency.name == PAYLOAD}
        change_agencies(student_id=pupil.pk, added=agencies, by=SYSTEM)
    world.document(("incident", world.behaviour.pk), world.cast.lead.access)


@pytest.mark.parametrize("row", PAGES, ids=lambda row: row.title)
def test_markup_is_shown_as_text(row, planted, client_for, cast):
    with undone():
        fill(planted)
        address = reverse(row.route, urlconf="config.urls_school", kwargs=RELATIONS[row.relation](planted))
        for person in (cast.head, cast.support):
            response = client_for(person).get(f"{address}?q={PAYLOAD[:12]}", follow=True)
            if "html" in response.headers.get("Content-Type", ""):
                assert [mark for mark in HARMFUL if mark in response.content] == []


def test_markup_was_really_planted(planted, client_for, cast):
    """Else the pages above would prove nothing."""
    fill(planted)
    browser = client_for(cast.head)
    for path in ("/", f"/students/{planted.students[0].pk}/incidents/", "/incidents/add/"):
        assert browser.get(path).content.count(b"&lt;script&gt;alert(1)") >= 2, path


def test_markup_is_text_in_mails(planted, cast, mailbox, run_outbox):
    planted.incident("Behaviour", text=PAYLOAD)
    planted.incident(
        text=PAYLOAD, category_ids=[planted_category()], alert_user_ids=[cast.deputy.user.pk], at=now()
    )
    run_outbox()
    mails = [mail for mail in mailbox.messages() if mail.recipient == cast.deputy.email]
    assert len(mails) == 2
    for mail in mails:
        html = mail.message.get_body(("html",)).get_content().encode()
        assert [mark for mark in HARMFUL if mark in html] == []
        assert str(mail.message["Bcc"]) == "None"


def planted_category():
    from tenant_apps.categories.models import Category

    return Category.objects.get(name=PAYLOAD).pk
