"""A54: a name planted in every field stays out of logs, queue, outbox, audit and mails."""

import logging
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core.audit.models import AuditEvent
from core.db.keys import uuid7
from core.db.text import search_key, sort_key
from core.outbox.jobs import valkey
from core.outbox.models import OutboxEntry
from core.outbox.services import nudge
from core.web.logging import PlainFormatter

NAME = "Quillfeather"


@pytest.fixture
def pupil(in_a):
    from tenant_apps.classes.models import StudentGroup
    from tenant_apps.students.models import Membership, Student

    student = Student.objects.create(
        mis_id="M-1",
        legal_forename="Zebedee",
        legal_surname=NAME,
        year_group="7",
        search_key=search_key(f"Zebedee {NAME}"),
        sort_key=sort_key(NAME, "Zebedee"),
        legal_sort_key=sort_key(NAME, "Zebedee"),
    )
    group = StudentGroup.objects.create(mis_id="T1", kind="tutor", name="7A", sort_key="7a")
    Membership.objects.create(student=student, group=group, start_date="2026-01-01")
    return student


@pytest.fixture
def lines(caplog):
    """What the product's log would hold, with everything switched on."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, logger="fontTools")
    return lambda: [PlainFormatter().format(record) for record in caplog.records]


def held_by_valkey():
    """Every key and value."""
    client, found = valkey(), b""
    for key in client.scan_iter("*"):
        kind = client.type(key)
        found += key + {
            b"string": client.get,
            b"hash": lambda key: repr(client.hgetall(key)).encode(),
            b"list": lambda key: repr(client.lrange(key, 0, -1)).encode(),
            b"set": lambda key: repr(client.smembers(key)).encode(),
            b"zset": lambda key: repr(client.zrange(key, 0, -1)).encode(),
            b"stream": lambda key: repr(client.xrange(key)).encode(),
        }[kind](key)
    return found


def words_of(mail):
    """All headers and parts of a mail, decoded."""
    parts = [part.get_content() for part in mail.message.walk() if part.get_content_maintype() == "text"]
    return " ".join([*map(str, mail.message.values()), *parts])


def work_with(pupil, teacher, lead, category, deputy):
    """Everything of the main job, by HTTP, with the name in every field; the ids of what was made."""
    draft, moment = str(uuid7()), timezone.localtime(timezone.now() - timedelta(hours=1))
    text = f"{NAME} said that she had no breakfast."
    assert NAME in teacher.get(f"/students/suggest/?q={NAME}").content.decode()
    assert teacher.post(f"/incidents/drafts/{draft}/", {"text": text}).status_code == 200
    file = SimpleUploadedFile(f"{NAME}.txt", text.encode(), "text/plain")
    assert teacher.post(f"/documents/upload/?draft={draft}", {"file": file}).status_code == 201
    answer = teacher.post(
        "/incidents/add/",
        {
            "draft": draft,
            "student": str(pupil.pk),
            "text": text,
            "categories": [str(category)],
            "happened_on": f"{moment:%Y-%m-%d}",
            "happened_time": f"{moment:%H:%M}",
            "status": "active",
            "alert_staff": [str(deputy)],
        },
    )
    assert answer.status_code == 302
    for path in (
        f"/students/search/?q={NAME}",
        f"/students/{pupil.pk}/",
        f"/students/{pupil.pk}/incidents/?incident={draft}",
        f"/students/{pupil.pk}/incidents/pdf/",
        f"/incidents/{draft}/print/",
        "/",
    ):
        assert lead.get(path).status_code == 200, path
    for path in (f"/students/{uuid7()}/?name={NAME}", f"/{NAME}/", f"/reset/{NAME}{'x' * 40}/"):
        lead.get(path)
    lead.post("/login/", {"email": f"z.{NAME}@school.example", "password": NAME})
    lead.post("/incidents/add/", {"text": text, "draft": NAME, "student": NAME})


@pytest.mark.spec("SAF-11")
def test_planted_name_stays_in_the_record(pupil, client_for, cast, school_a, lines, mailbox, run_outbox):
    from tenant_apps.categories.selectors import all_categories

    category = next(view.id for view in all_categories() if view.name == "Cause for Concern")
    teacher, lead = client_for(cast.teacher, elevated=False), client_for(cast.lead)
    work_with(pupil, teacher, lead, category, cast.deputy.user.pk)
    assert nudge(school_a)
    run_outbox()
    mails = [words_of(mail) for mail in mailbox.messages()]
    assert [mail.recipient for mail in mailbox.messages()].count(cast.deputy.email) == 1
    events = [(event.event, event.record_kind, event.detail) for event in AuditEvent.objects.all()]
    owed = [(entry.topic, entry.key, entry.payload, entry.last_error) for entry in OutboxEntry.objects.all()]
    found = {
        "log": [line for line in lines() if NAME.lower() in line.lower()],
        "valkey": NAME.lower().encode() in held_by_valkey().lower(),
        "outbox": NAME.lower() in repr(owed).lower(),
        "audit": NAME.lower() in repr(events).lower(),
        "mail": [mail for mail in mails if NAME.lower() in mail.lower()],
    }
    assert found == {"log": [], "valkey": False, "outbox": False, "audit": False, "mail": []}
