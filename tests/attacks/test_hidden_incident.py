"""A11: an incident outside one's categories or classes changes nothing that one can see, by any way.

Every page, list, count, suggestion and print is made before and after the incident is added, by somebody who
may not read it, and both have to be the same: what is the same tells nothing.
"""

import difflib
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.access import SYSTEM
from core.access.checks import routes_of
from core.audit.models import AuditEvent
from core.db.keys import uuid7
from shared_apps.people.models import User
from tests.attacks.conftest import body_of, steady
from tests.pdf_text import words_of

WORDS = "Thistledown was at the gate again."
REPORT = "/audit-report/"
DEEDS = ("incident.added", "alert.raised", "action.added")


@pytest.fixture
def pages(students_a, in_class, category):
    """Every address that a GET can ask for in a school, with ids of the pupils, the group and categories.

    Records that hang on no incident (users, user groups, sessions, reminders) have no address here.
    """
    ids = {
        "student_id": [students_a[0].pk, students_a[1].pk],
        "group_id": [in_class.pk],
        "category_id": [category("Behaviour"), category("Child Protection"), category("Neglect")],
    }

    def addresses(**more):
        found = []
        for _, pattern, _ in routes_of("config.urls_school"):
            names = re.findall(r"<\w+:(\w+)>", str(pattern))
            values = (more | ids).get(names[0], []) if names else [""]
            found += [re.sub(r"<[^>]+>", str(value), f"/{pattern}") for value in values]
        # The page of a report fills with the readings of this comparison: it is asked for deeds instead.
        reports = [one for one in found if one.endswith(REPORT)]
        return [
            *(one for one in found if one not in reports),
            *(f"{report}?event={deed}" for report in reports for deed in DEEDS),
            "/students/search/?q=Hughes&monitored=on&archived=on",
            "/students/search/?q=&monitored=on",
            "/students/search/?q=Thistledown",
            "/students/suggest/?q=Hughes",
            "/students/suggest/?q=Thistledown",
            "/staff/suggest/?q=a",
        ]

    return addresses


def seen(client, addresses):
    """What stands at each address, without what differs each time."""
    reader = User.objects.get(pk=client.session["_auth_user_id"])
    found = {}
    for address in addresses:
        answer = client.get(address)
        body = body_of(answer)
        is_print = answer.get("Content-Type") == "application/pdf"
        words = words_of(body) if is_print else body.decode("utf-8", "replace")
        if "/audit-report/csv/" in address:
            words = "\n".join(line for line in words.splitlines() if f'"{reader.formal_name}"' not in line)
        found[address] = (answer.status_code, answer.get("Location", ""), steady(words))
    return found


def changes(before, after):
    """The lines in which the pages differ, with their addresses."""
    return {
        address: list(difflib.unified_diff(*(str(page).split("\\n") for page in pages), n=0))
        for address in before
        if (pages := (before[address], after[address]))[0] != pages[1]
    }


@pytest.fixture
def hide(client_for, cast, add, category, moment):
    """Adds an incident with an action and a file by the lead, under a category, about the first pupil."""
    from tenant_apps.incidents.services import add_action

    def make(name, **changes):
        draft, client = uuid7(), client_for(cast.lead)
        file = SimpleUploadedFile("thistledown.txt", WORDS.encode())
        upload = client.post(f"/documents/upload/?draft={draft}", {"file": file})
        incident = add(name, incident_id=draft, text=WORDS, alert_user_ids=[cast.deputy.user.pk], **changes)
        add_action(
            action_id=uuid7(), incident_id=incident.pk, text=WORDS, happened_at=moment, by=cast.lead.access
        )
        return incident, upload.json()["url"]

    return make


def assert_out_of_reach(client, incident, document):
    """404 for the id itself, as if it stood nowhere; and nothing is changed by a POST."""
    from tenant_apps.incidents.models import Action

    root, actions = f"/incidents/{incident.pk}/", Action.objects.count()
    for way in ("", "print/", "actions/add/", "status/", "told/"):
        answer = client.get(root + way)
        assert answer.status_code == 404, way
        assert b"Thistledown" not in answer.content
    for way in ("actions/add/", "read/", "status/"):
        assert client.post(root + way, {"status": "closed", "text": "x"}).status_code == 404, way
    assert client.get(document).status_code == 404
    assert client.post(f"{document}remove/").status_code == 404
    assert (
        client.post(f"/incidents/drafts/{uuid7()}/?incident={incident.pk}", {"text": "x"}).status_code == 404
    )
    incident.refresh_from_db()
    assert incident.status == "active"
    assert Action.objects.count() == actions


@pytest.mark.attack("A11")
@pytest.mark.spec("SAF-01")
@pytest.mark.parametrize(
    ("part", "name"), [("teacher", "Child Protection"), ("pastoral", "Neglect"), ("teacher", "Self-harm")]
)
def test_incident_outside_ones_categories_changes_nothing_one_sees(
    client_for, cast, add, pages, hide, mailbox, run_outbox, part, name
):
    """With an incident that may be read beside it, and as a leaf under a parent that may be seen."""
    person = getattr(cast, part)
    add(text="Open words.")
    run_outbox()
    mailbox.clear()
    client = client_for(person)
    before = seen(client, pages())
    incident, document = hide(name)
    run_outbox()
    assert changes(before, seen(client, pages())) == {}
    assert_out_of_reach(client, incident, document)
    assert person.email not in {mail.recipient for mail in mailbox.messages()}
    read = AuditEvent.objects.filter(user_id=person.user.pk).exclude(event="access.refused")
    assert str(incident.pk) not in str(list(read.values()))
    # The same pages do change for those who may read it: the comparison can fail.
    assert WORDS in client_for(cast.lead).get(f"/incidents/{incident.pk}/", follow=True).content.decode()


@pytest.mark.attack("A11")
@pytest.mark.spec("SAF-01")
def test_incident_about_somebody_outside_ones_classes_changes_nothing_one_sees(
    client_for, cast, pages, hide, students_a, in_class
):
    """Under a category that the teacher may read, about a pupil of another class."""
    from tenant_apps.classes.services import add_group, set_group_people, set_restricted_kinds
    from tenant_apps.students.models import Membership

    mine = add_group(mis_id="T2", kind="tutor", name="7B", by=SYSTEM)
    Membership.objects.filter(student=students_a[1]).update(group=mine)
    set_restricted_kinds(kinds=["tutor"], by=SYSTEM)
    set_group_people(group_id=mine.pk, user_ids=[cast.teacher.user.pk], by=SYSTEM)
    client = client_for(cast.teacher)
    before = seen(client, pages())
    incident, document = hide("Behaviour")
    assert changes(before, seen(client, pages())) == {}
    assert before[f"/students/{students_a[1].pk}/incidents/"][0] == 200
    assert before[f"/students/{students_a[0].pk}/incidents/"][0] == 404
    assert_out_of_reach(client, incident, document)


@pytest.mark.attack("A11")
def test_session_without_the_key_sees_nothing_more_after_an_incident(client_for, cast, pages, hide):
    client = client_for(cast.pastoral, elevated=False)
    before = seen(client, pages())
    incident, document = hide("Behaviour")
    assert changes(before, seen(client, pages())) == {}
    assert client.get(f"/incidents/{incident.pk}/").status_code == 404
    assert client.get(document).status_code == 404
