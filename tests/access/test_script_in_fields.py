"""A30: markup in the texts that mails name comes out as text there; `tests/attacks` tries every page."""

import pytest

from core.db.clock import now

PAYLOAD = """"'><script>alert(1)</script><img src=x onerror=alert(2)>{{ 7|add:7 }}</textarea>"""
HARMFUL = (b"<script>alert", b"<img src=x", b"</textarea><", b"14</textarea>")


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
