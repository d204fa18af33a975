""" "Contact Details": contacts kept here only, court orders, and addresses that are told to nobody."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tenant_apps.students.models import Contact, CourtOrder, Student

LINE = "Court order: ask the DSL before any contact or release"


@pytest.fixture
def mother(classes):
    return Contact.objects.create(
        student=classes.amelia,
        mis_id="C1",
        priority=1,
        forename="Ana",
        surname="Hughes",
        relationship="Mother",
        parental_responsibility=True,
        lives_with=True,
        address="9 Quillfeather Close",
        postcode="AB1 2CD",
    )


def show(client, student, route="profile:contacts"):
    return client.get(reverse(route, args=[student.pk])).content.decode()


def send(client, student, route, data, *more):
    return client.post(reverse(route, args=[student.pk, *more]), data)


def typed(**changes):
    return {"surname": "Marsh", "relationship": "Social worker", "priority": "3"} | changes


@pytest.mark.spec("STU-18")
def test_contacts_of_the_mis_stand_with_their_responsibility(classes, mother, cast, client_for):
    for priority, (name, responsible) in enumerate([("Lee", False), ("Gran", None)], 2):
        Contact.objects.create(
            student=classes.amelia,
            mis_id=name,
            priority=priority,
            forename=name,
            surname="Hughes",
            relationship="Family",
            parental_responsibility=responsible,
        )
    page = show(client_for(cast.lead), classes.amelia)
    assert ">Contact Details</a>" in page
    for name, words in (
        ("Ana Hughes", "Has parental responsibility"),
        ("Lee Hughes", "No parental responsibility"),
        ("Gran Hughes", "Parental responsibility not known"),
    ):
        article = page.partition(f">{name}</strong>")[2].partition("</article>")[0]
        assert words in article, name


@pytest.mark.spec("STU-19")
def test_a_contact_is_added_changed_and_ended_with_its_history(classes, mother, cast, client_for):
    from core.audit.models import AuditEvent

    client = client_for(cast.pastoral)
    assert (
        send(client, classes.amelia, "profile:add-contact", typed(mobile="01632 960001")).status_code == 302
    )
    first = Contact.objects.get(source="hand")
    page = show(client, classes.amelia)
    assert "Marsh" in page
    assert "Added here" in page
    changed = typed(mobile="01632 960002")
    assert send(client, classes.amelia, "profile:contact", changed, first.pk).status_code == 302
    second = Contact.objects.get(source="hand", ended_at=None)
    first.refresh_from_db()
    assert (first.mobile, second.mobile) == ("01632 960001", "01632 960002")
    assert first.ended_by_id == second.added_by_id == cast.pastoral.user.pk
    send(client, classes.amelia, "profile:contact", {"end": "yes"}, second.pk)
    assert "Marsh" not in show(client, classes.amelia)
    events = AuditEvent.objects.filter(event__startswith="student.contact_").order_by("id")
    assert [event.event.rpartition("_")[2] for event in events] == ["added", "changed", "ended"]
    assert "Marsh" not in str([event.detail for event in events])


@pytest.mark.spec("STU-19")
def test_contacts_of_the_mis_are_changed_there_only(classes, mother, cast, client_for):
    answer = send(client_for(cast.head), classes.amelia, "profile:contact", typed(), mother.pk)
    assert answer.status_code == 404
    mother.refresh_from_db()
    assert (mother.surname, mother.ended_at) == ("Hughes", None)


def test_a_contact_without_name_or_role_is_asked_again(classes, cast, client_for):
    answer = send(client_for(cast.lead), classes.amelia, "profile:add-contact", {"forename": "Sue"})
    assert answer.status_code == 422
    assert "Give the surname." in answer.content.decode()
    assert not Contact.objects.exists()


@pytest.mark.spec("SAF-12")
def test_who_does_not_see_contacts_gets_no_page_of_them(classes, mother, cast, client_for):
    client = client_for(cast.teacher)
    answer = client.get(reverse("profile:contacts", args=[classes.amelia.pk]))
    assert answer.status_code == 403
    assert "Ana" not in answer.content.decode()
    assert ">Contact Details</a>" not in show(client, classes.amelia, "profile:overview")


@pytest.mark.spec("SAF-37")
def test_the_dsls_court_order_stands_wherever_contacts_do_and_runs_out(classes, mother, cast, client_for):
    lead, teacher = client_for(cast.lead), client_for(cast.teacher)
    until = timezone.localdate() + timedelta(days=10)
    given = {"who": "Lee Hughes, the father", "what": "No contact.", "until": f"{until:%Y-%m-%d}"}
    answer = send(lead, classes.amelia, "profile:add-court-order", given)
    order = CourtOrder.objects.get()
    assert answer.headers["Location"] == reverse("profile:court-order", args=[classes.amelia.pk, order.pk])
    page = show(lead, classes.amelia)
    assert LINE in page
    for told in (
        "Lee Hughes, the father",
        "No contact.",
        f"Until {until:%d/%m/%Y}",
        f"by {cast.lead.user.formal_name}",
    ):
        assert told in page, told
    for client in (lead, teacher):
        assert LINE in show(client, classes.amelia, "profile:overview")
    assert "the father" not in show(teacher, classes.amelia, "profile:overview")
    CourtOrder.objects.update(until=timezone.localdate() - timedelta(days=1))
    page = show(lead, classes.amelia)
    assert LINE not in page
    assert "Ran out" in page


@pytest.mark.spec("SAF-37")
def test_papers_of_a_court_order_open_to_those_who_see_contacts(classes, cast, client_for):
    from django.core.files.uploadedfile import SimpleUploadedFile

    from tenant_apps.documents.models import Document, DocumentStudent

    lead = client_for(cast.lead)
    send(lead, classes.amelia, "profile:add-court-order", {"who": "The father", "what": "No contact."})
    order = CourtOrder.objects.get()
    file = SimpleUploadedFile("order.txt", b"By the court.", "text/plain")
    answer = send(lead, classes.amelia, "profile:court-order-file", {"file": file}, order.pk)
    assert answer.status_code == 201
    document = Document.objects.get(owner_kind="court-order", owner_id=order.pk)
    assert list(DocumentStudent.objects.values_list("student", flat=True)) == [classes.amelia.pk]
    assert "order.txt" in show(lead, classes.amelia)
    address = reverse("documents:open", args=[document.pk])
    assert b"".join(client_for(cast.pastoral).get(address)) == b"By the court."
    refused = client_for(cast.teacher).get(address)
    assert refused.status_code == 404
    send(lead, classes.amelia, "profile:court-order", {"who": "Him", "what": "None."}, order.pk)
    assert "order.txt" in show(lead, classes.amelia)
    assert CourtOrder.objects.filter(who="The father", ended_at__isnull=False).count() == 1
    send(lead, classes.amelia, "profile:court-order", {"end": "yes"}, order.pk)
    assert client_for(cast.pastoral).get(address).status_code == 404


@pytest.mark.spec("SAF-37")
@pytest.mark.parametrize("marked", ["contact", "home"])
def test_a_withheld_address_is_told_to_nobody_and_prints_nowhere(classes, mother, cast, client_for, marked):
    """Whichever is marked, the other one gives it away: the mother lives where the pupil does."""
    Student.objects.filter(pk=classes.amelia.pk).update(address="9 Quillfeather Close", postcode="AB1 2CD")
    Contact.objects.create(
        student=classes.amelia,
        mis_id="C2",
        priority=2,
        forename="Gran",
        surname="Hughes",
        relationship="Family",
        address="9, Quillfeather close",
        postcode="ab12cd",
    )
    lead, pastoral = client_for(cast.lead), client_for(cast.pastoral)
    assert "Quillfeather" in show(pastoral, classes.amelia)
    sent = {"withhold": "yes", **({"contact": mother.pk} if marked == "contact" else {})}
    assert send(pastoral, classes.amelia, "profile:withhold", sent).status_code == 403
    assert send(lead, classes.amelia, "profile:withhold", sent).status_code == 302
    for route in ("profile:contacts", "profile:overview"):
        page = show(pastoral, classes.amelia, route)
        assert "quillfeather" not in page.lower()
        assert "Withheld: ask the DSL" in page
        # The DSL reads it on the screen; on paper it stands for nobody.
        parts = show(lead, classes.amelia, route).lower().split("quillfeather")
        assert len(parts) > 2
        assert all(before.rpartition("<span")[2].startswith(' class="no-print"') for before in parts[:-1])
    send(lead, classes.amelia, "profile:withhold", sent | {"withhold": "no"})
    assert "Quillfeather" in show(pastoral, classes.amelia)


@pytest.mark.spec("SAF-37")
def test_who_is_not_told_an_address_changes_the_contact_around_it(classes, cast, client_for):
    lead, pastoral = client_for(cast.lead), client_for(cast.pastoral)
    send(lead, classes.amelia, "profile:add-contact", typed(address="9 Quillfeather Close"))
    contact = Contact.objects.get()
    send(lead, classes.amelia, "profile:withhold", {"withhold": "yes", "contact": contact.pk})
    form = pastoral.get(reverse("profile:contact", args=[classes.amelia.pk, contact.pk])).content.decode()
    assert "Quillfeather" not in form
    send(pastoral, classes.amelia, "profile:contact", typed(mobile="01632 960009", address="x"), contact.pk)
    changed = Contact.objects.get(ended_at=None)
    assert (changed.address, changed.mobile, changed.address_withheld) == (
        "9 Quillfeather Close",
        "01632 960009",
        True,
    )


def test_queries_do_not_grow_with_the_contacts(classes, cast, client_for):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_for(cast.lead)
    counts = []
    for number in (1, 3):
        while Contact.objects.count() < number:
            Contact.objects.create(student=classes.amelia, priority=1, forename="A", surname="B")
            CourtOrder.objects.create(
                student=classes.amelia, who="x", what="y", added_at=timezone.now(), added_by=cast.lead.user
            )
        with CaptureQueriesContext(connection) as asked:
            show(client, classes.amelia)
        counts.append(len(asked))
    assert counts[0] == counts[1]
