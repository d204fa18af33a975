""" "Links": linked students of the MIS and by hand, and siblings at another school."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from tenant_apps.students.models import SiblingElsewhere, Student, StudentLink


def show(client, student, route="profile:links"):
    return client.get(reverse(route, args=[student.pk])).content.decode()


def send(client, of, **data):
    return client.post(reverse("profile:links", args=[of.pk]), data)


@pytest.mark.spec("STU-10")
def test_links_of_the_mis_stand_on_the_overview(classes, cast, client_for):
    StudentLink.objects.create(
        student=classes.amelia, linked_student=classes.oliver, relationship="half-sibling"
    )
    for route in ("profile:overview", "profile:links"):
        page = show(client_for(cast.lead), classes.amelia, route)
        assert "Oliver Smith" in page
        assert "Half-sibling" in page
    assert "from the MIS" in show(client_for(cast.lead), classes.amelia)
    # The MIS told it of one of the two only.
    other = show(client_for(cast.lead), classes.oliver, "profile:overview").partition('id="links-heading"')[2]
    assert "Millie O&#x27;Connor-Hughes" in other
    assert "Half-sibling" in other
    StudentLink.objects.create(student=classes.oliver, linked_student=classes.amelia, relationship="sibling")
    page = show(client_for(cast.lead), classes.oliver)
    assert "Sibling" in page
    assert "Half-sibling" not in page


@pytest.mark.spec("STU-11", "OP-21")
def test_a_link_by_hand_is_seen_from_both_and_ends_for_both(classes, cast, client_for):
    from core.audit.models import AuditEvent

    client = client_for(cast.pastoral)
    sent = {"do": "link", "student": classes.jakub.pk, "relationship": "neighbour", "note": "Same landing"}
    assert send(client, classes.amelia, **sent).status_code == 302
    for student, other in ((classes.amelia, "Jakub"), (classes.jakub, "Millie")):
        page = show(client, student, "profile:overview").partition('id="links-heading"')[2]
        for told in (other, "Neighbour", "Same landing"):
            assert told in page, (student, told)
    assert AuditEvent.objects.get(event="student.link_added").student_ids == [
        classes.amelia.pk,
        classes.jakub.pk,
    ]
    link = StudentLink.objects.get(student=classes.jakub)
    assert send(client, classes.jakub, do="end-link", id=link.pk).status_code == 302
    for student in (classes.amelia, classes.jakub):
        assert "Same landing" not in show(client, student)
    assert StudentLink.objects.filter(ended_at__isnull=False).count() == 2


@pytest.mark.spec("STU-11")
def test_only_students_whom_one_may_see_are_linked(classes, cast, client_for, limit_to_8b):
    from tenant_apps.staff.models import UserGroup

    UserGroup.objects.filter(name="Teachers").update(overview_blocks=["name_and_class", "contacts"])
    limit_to_8b(cast.teacher.user)
    client = client_for(cast.teacher)
    for wrong in (classes.amelia, classes.oliver):
        answer = send(client, classes.oliver, do="link", student=wrong.pk, relationship="friend")
        assert answer.status_code == 422
        assert "Hughes" not in answer.content.decode()
    assert not StudentLink.objects.exists()


@pytest.mark.spec("SAF-40")
def test_a_sibling_at_another_school_is_text_only(classes, cast, client_for):
    client = client_for(cast.lead)
    send(
        client,
        classes.amelia,
        do="sibling",
        name="Kim Hughes",
        school="Birchwood",
        dsl="Ms Pell, 01632 960044",
    )
    page = show(client, classes.amelia, "profile:overview").partition('id="links-heading"')[2]
    for told in ("Kim Hughes", "sibling at another school", "Birchwood", "DSL: Ms Pell, 01632 960044"):
        assert told in page, told
    assert Student.objects.filter(legal_forename="Kim").count() == 0
    row = SiblingElsewhere.objects.get()
    send(client, classes.amelia, do="end-sibling", id=row.pk)
    assert "Kim Hughes" not in show(client, classes.amelia, "profile:overview")
    assert SiblingElsewhere.objects.filter(ended_by=cast.lead.user).count() == 1


@pytest.mark.spec("SAF-40")
def test_from_eighteen_the_profile_says_whose_the_rights_are(classes, cast, client_for):
    today = timezone.localdate()
    words = "adult: information rights are theirs"
    for years, is_said in ((18, True), (17, False)):
        born = date(today.year - years, today.month, min(today.day, 28))
        Student.objects.filter(pk=classes.amelia.pk).update(date_of_birth=born)
        for route in ("profile:overview", "profile:monitoring", "incidents:chronology"):
            assert (words in show(client_for(cast.teacher), classes.amelia, route)) is is_said, (years, route)
