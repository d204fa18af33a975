""" "Seal record", "Died", and legal hold."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from core.access import SYSTEM
from core.db.clock import now
from core.db.keys import uuid7
from tenant_apps.students.models import Membership, Student, StudentLink

ZEBRA = "Zebrowska"


@pytest.fixture
def secret(classes: Any) -> Any:
    """A pupil whose every name gives itself away, in 7A, linked to Oliver and known by a former name."""
    from tests.data.pupils import make_pupil

    pupil = make_pupil(
        "Kasia", ZEBRA, classes.a, former_surname="Zebrafinch", mis_id="P77", upn="Z936000000077"
    )
    for one, other in ((pupil, classes.oliver), (classes.oliver, pupil)):
        StudentLink.objects.create(student=one, linked_student=other, relationship="sibling")
    return pupil


def incident_about(student: Any, cast: Any, *linked: Any) -> Any:
    from tenant_apps.categories.selectors import all_categories
    from tenant_apps.incidents.services import LinkedStudent, add_incident

    return add_incident(
        incident_id=uuid7(),
        student_id=student.pk,
        text=f"{ZEBRA} was collected by somebody unknown.",
        category_ids=[next(one.id for one in all_categories() if one.name == "Behaviour")],
        happened_at=now() - timedelta(hours=1),
        alert_user_ids=[cast.deputy.user.pk, cast.lead.user.pk, cast.head.user.pk],
        linked=[LinkedStudent(one.pk, "sibling") for one in linked],
        by=cast.lead.access,
    )


def keep(client: Any, student: Any, **data: Any) -> Any:
    return client.post(reverse("profile:keeping", args=[student.pk]), data)


def seal(client: Any, student: Any, cast: Any) -> Any:
    return keep(client, student, do="seal", first=cast.lead.user.pk, second=cast.head.user.pk)


@pytest.mark.spec("SAF-35")
def test_a_sealed_record_is_for_two_named_people_and_in_nothing_else(classes, secret, cast, client_for):
    incident = incident_about(classes.oliver, cast, secret)
    lead, deputy = client_for(cast.lead), client_for(cast.deputy)
    pages = [
        f"/students/search/?q={ZEBRA[:5]}&archived=on",
        "/students/search/?q=zebrafinch&archived=on",
        f"/students/suggest/?q={ZEBRA[:5]}",
        f"/students/register/{classes.a.pk}/",
        f"/students/{classes.oliver.pk}/",
        f"/students/{classes.oliver.pk}/links/",
        f"/students/{classes.oliver.pk}/incidents/",
        "/",
    ]
    before = "".join(deputy.get(page).content.decode() for page in pages)
    assert ZEBRA in before
    assert seal(lead, secret, cast).status_code == 302
    for page in pages:
        assert ZEBRA not in deputy.get(page).content.decode(), page
    for address in (
        f"/students/{secret.pk}/",
        f"/students/{secret.pk}/incidents/",
        f"/students/{secret.pk}/keeping/",
        f"/incidents/{incident.pk}/",
    ):
        answer = deputy.get(address)
        assert answer.status_code in (403, 404)
        assert ZEBRA not in answer.content.decode()
        if "keeping" not in address:
            assert answer.status_code == 404, address
    # The two open it, and find it in no search or link either, but in a list of its own.
    for person in ("lead", "head"):
        client = client_for(getattr(cast, person))
        assert ZEBRA in client.get(f"/students/{secret.pk}/").content.decode()
        assert ZEBRA in client.get(f"/incidents/{incident.pk}/", follow=True).content.decode()
        assert ZEBRA in client.get("/students/sealed/").content.decode()
        for page in pages[:6]:
            assert ZEBRA not in client.get(page).content.decode(), page
    assert ZEBRA not in deputy.get("/students/sealed/").content.decode()


@pytest.mark.spec("SAF-35")
def test_no_alert_goes_to_anybody_but_the_two(classes, secret, cast, client_for):
    from tenant_apps.alerts.models import Alert

    seal(client_for(cast.head), secret, cast)
    incident = incident_about(secret, cast)
    told = set(Alert.objects.filter(root_id=incident.pk).values_list("recipient", flat=True))
    assert told <= {cast.lead.user.pk, cast.head.user.pk}
    assert told


@pytest.mark.spec("SAF-35")
def test_readers_are_two_people_who_can_open_it_and_lift_it(classes, secret, cast, client_for):
    lead = client_for(cast.lead)
    for first, second in (
        (cast.lead, cast.lead),
        (cast.lead, cast.teacher),
        (cast.lead, cast.data),
        (cast.lead, cast.support),
    ):
        answer = keep(lead, secret, do="seal", first=first.user.pk, second=second.user.pk)
        assert answer.status_code == 422, second
    assert Student.objects.get(pk=secret.pk).archived_at is None
    assert seal(client_for(cast.head), secret, cast).status_code == 302
    assert keep(lead, secret, do="lift").status_code == 302
    assert "Zebrowska" in client_for(cast.deputy).get(f"/students/{secret.pk}/").content.decode()
    secret.refresh_from_db()
    assert (secret.mis_id, secret.upn) == ("P77", "Z936000000077")


@pytest.mark.spec("SAF-35")
def test_who_seals_for_two_others_does_not_see_it_any_more(classes, secret, cast, client_for):
    deputy = client_for(cast.deputy)
    answer = seal(deputy, secret, cast)
    assert answer.headers["Location"] == "/"
    assert deputy.get(f"/students/{secret.pk}/").status_code == 404
    assert keep(deputy, secret, do="lift").status_code == 404


@pytest.mark.spec("SAF-36")
def test_a_child_who_died_is_in_no_list_suggestion_or_reminder_and_on_hold(
    classes, secret, cast, client_for, monitor
):
    monitor(secret, "Behaviour")
    lead = client_for(cast.lead)
    lists = [
        "/students/search/?monitored=on&archived=on",
        "/students/search/?monitored=on",
        f"/students/search/?q={ZEBRA[:5]}",
        f"/students/register/{classes.a.pk}/",
        f"/students/suggest/?q={ZEBRA[:5]}",
    ]
    for page in lists:
        assert ZEBRA in lead.get(page).content.decode(), page
    later = timezone.localdate() + timedelta(days=1)
    assert keep(lead, secret, do="died", died_on=f"{later:%Y-%m-%d}").status_code == 422
    assert keep(lead, secret, do="died", died_on="2026-10-30").status_code == 302
    for page in lists:
        assert ZEBRA not in lead.get(page).content.decode(), page
    # Found by name among those who left, and told with the day on the record.
    assert ZEBRA in lead.get(f"/students/search/?q={ZEBRA[:5]}&archived=on").content.decode()
    assert "Died 30/10/2026" in lead.get(f"/students/{secret.pk}/").content.decode()
    secret.refresh_from_db()
    assert (secret.legal_hold, secret.legal_hold_reason) == (True, "Died")
    assert not Membership.objects.filter(student=secret, end_date__isnull=True).exists()
    keep(lead, secret, do="alive")
    secret.refresh_from_db()
    assert (secret.died_on, secret.legal_hold) == (None, False)


@pytest.mark.spec("SAF-36")
def test_nobody_is_reminded_of_a_child_who_died(classes, secret, cast, client_for):
    from tenant_apps.planner.models import Reminder
    from tenant_apps.planner.selectors import own_reminders, reminder_to_mail
    from tenant_apps.planner.services import set_reminder

    lead = cast.lead.access
    for student, words in ((secret, "Ring home"), (classes.oliver, "Ring the nurse")):
        incident = incident_about(student, cast)
        due = now() - timedelta(minutes=1)
        set_reminder(text=words, due_at=due, about=("incident", incident.pk), by=lead)
    assert len(own_reminders(lead)) == 2
    keep(client_for(cast.lead), secret, do="died", died_on="2026-10-30")
    assert [one.text for one in own_reminders(lead)] == ["Ring the nurse"]
    mailed = [
        one.text
        for one in Reminder.objects.order_by("id")
        if reminder_to_mail(one.pk, times_put_off=0, at=now())
    ]
    assert mailed == ["Ring the nurse"]


@pytest.mark.spec("SAF-55")
def test_each_record_says_when_it_is_reviewed_and_whether_it_is_held(classes, cast, client_for):
    from tenant_apps.attendance.models import Mark

    Mark.objects.create(student=classes.amelia, date=date(2026, 9, 7), session="AM", code="/")
    lead = client_for(cast.lead)
    page = lead.get(f"/students/{classes.amelia.pk}/keeping/").content.decode()
    assert "04/03/2039" in page
    assert "07/09/2032" in page
    assert keep(lead, classes.amelia, do="hold", reason="").status_code == 422
    keep(lead, classes.amelia, do="hold", reason="Claim of 2026")
    assert "Claim of 2026" in lead.get(f"/students/{classes.amelia.pk}/keeping/").content.decode()
    keep(lead, classes.amelia, do="release")
    assert Student.objects.get(pk=classes.amelia.pk).legal_hold is False


@pytest.mark.spec("SAF-55")
def test_leap_day_is_reviewed_on_the_first_of_march():
    from tenant_apps.students.selectors.keeping import review_on

    assert review_on(date(2012, 2, 29)) == date(2037, 3, 1)
    assert review_on(None) is None


def test_what_was_done_is_audited_without_words(classes, secret, cast, client_for):
    from core.audit.models import AuditEvent

    lead = client_for(cast.lead)
    for data in (
        {"do": "hold", "reason": "Claim"},
        {"do": "release"},
        {"do": "died", "died_on": "2026-10-30"},
        {"do": "alive"},
    ):
        keep(lead, secret, **data)
    seal(lead, secret, cast)
    keep(lead, secret, do="lift")
    events = AuditEvent.objects.filter(student_ids=[secret.pk]).exclude(event="student.viewed")
    assert {event.event for event in events} == {
        "student.held",
        "student.hold_ended",
        "student.died",
        "student.death_taken_back",
        "student.sealed",
        "student.unsealed",
    }
    assert "Claim" not in str([event.detail for event in events])


@pytest.mark.spec("SAF-55")
def test_leavers_without_incident_document_or_monitoring_are_reduced_after_a_year(
    classes, secret, cast, monitor
):
    from tenant_apps.documents.services import receive
    from tenant_apps.form_builder.adapters import AnswerGiven
    from tenant_apps.form_builder.enums import Form, Kind
    from tenant_apps.form_builder.services import save_field
    from tenant_apps.profile.services import reduce_leavers
    from tenant_apps.students.models import Contact, Keyword, StudentAnswer
    from tenant_apps.students.services import (
        ContactGiven,
        add_contact,
        change_answers,
        change_keywords,
        set_hold,
    )
    from tests.data.pupils import make_pupil

    filled = {
        "medical_notes": "Inhaler",
        "address": "9 Close",
        "religion": "None",
        "looked_after": True,
        "sen_needs": ["ASD"],
        "date_of_birth": date(2012, 3, 4),
        "upn": None,
    }

    field = save_field(form=Form.STUDENT, name="Collected by", kind=Kind.TEXT, by=SYSTEM)

    def answer(student: Any, *words: str) -> None:
        before = StudentAnswer.objects.filter(student=student, ended_at=None).values_list("pk", flat=True)
        given = AnswerGiven(field, "Collected by", Kind.TEXT, words, 0)
        change_answers(student_id=student.pk, answers=[given], seen={field: before.first()}, by=SYSTEM)

    def leaver(name: str, *, days: int = 366) -> Any:
        gone = make_pupil(name, "Gone", classes.a, archived_at=now() - timedelta(days=days), **filled)
        add_contact(student_id=gone.pk, given=ContactGiven(surname="Gone", relationship="Aunt"), by=SYSTEM)
        change_keywords(student_id=gone.pk, added=["walks alone"], by=SYSTEM)
        answer(gone, "Her neighbour")
        answer(gone, "Her aunt")
        return gone

    plain, recent, held, told, papered, watched = (
        leaver("Plain"),
        leaver("Recent", days=300),
        leaver("Held"),
        leaver("Told"),
        leaver("Papered"),
        leaver("Watched"),
    )
    set_hold(student_id=held.pk, reason="Claim", by=SYSTEM)
    incident_about(told, cast)
    receive([b"x"], name="x.txt", owner=("court-order", uuid7()), by=SYSTEM, student_ids=[papered.pk])
    monitor(watched, "Behaviour")
    assert reduce_leavers() == 1
    assert reduce_leavers() == 0
    plain.refresh_from_db()
    assert (plain.legal_forename, plain.date_of_birth, plain.start_date) == (
        "Plain",
        date(2012, 3, 4),
        date(2024, 9, 2),
    )
    assert [plain.medical_notes, plain.address, plain.religion, plain.looked_after, plain.sen_needs] == [
        "",
        "",
        "",
        None,
        [],
    ]
    assert plain.reduced_at is not None
    contact = Contact.objects.get(student=plain)
    assert (contact.surname, contact.ended_at is None) == ("", False)
    assert Keyword.objects.get(student=plain).word == ""
    answers = StudentAnswer.objects.filter(student=plain)
    assert [(one.values, one.ended_at is None) for one in answers] == [([], False)] * 2
    for other in (recent, held, told, papered, watched):
        other.refresh_from_db()
        assert (other.medical_notes, other.reduced_at) == ("Inhaler", None), other.legal_forename
        assert Contact.objects.get(student=other).ended_at is None
        assert StudentAnswer.objects.get(student=other, ended_at=None).values == ["Her aunt"]
