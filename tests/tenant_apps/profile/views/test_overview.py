import pytest
from django.urls import reverse


def overview(client, student):
    return client.get(reverse("profile:overview", args=[student.pk]))


@pytest.mark.spec("STU-04")
def test_the_overview_shows_what_the_mis_says(classes, cast, client_for):
    page = overview(client_for(cast.lead), classes.amelia).content.decode()
    for told in (
        "Millie O&#x27;Connor-Hughes",
        "Amelia O&#x27;Connor-Hughes",
        "04/03/2014",
        "SEN support",
        "Autistic spectrum disorder, QQ",
        "Asthma",
        "White British",
        "The MIS gives a code that is not known here. (SEN needs: QQ)",
        "are changed there",
    ):
        assert told in page, told


@pytest.mark.spec("STU-01")
def test_the_tabs_stand_in_their_order(classes, cast, client_for):
    page = overview(client_for(cast.lead), classes.amelia).content.decode()
    tabs = page.partition('aria-label="Student record"')[2].partition("</nav>")[0]
    assert tabs.index(">Overview<") < tabs.index(">Incidents<")
    assert f'href="/students/{classes.amelia.pk}/incidents/"' in tabs


@pytest.mark.spec("STU-03")
def test_an_archived_students_profile_opens(classes, cast, client_for):
    page = overview(client_for(cast.lead), classes.left).content.decode()
    assert "Gone Planted" in page
    assert "Archived" in page


@pytest.mark.spec("STU-02")
def test_without_view_student_details_no_profile_opens(classes, cast, client_for):
    from tenant_apps.staff.models import UserGroup

    group = UserGroup.objects.get(name="Teachers")
    group.system_permissions.remove("view_student_details")
    group.save()
    answer = overview(client_for(cast.teacher), classes.amelia)
    assert answer.status_code == 403
    assert "Hughes" not in answer.content.decode()


def test_a_person_without_a_key_opens_no_profile(classes, cast, client_for):
    answer = overview(client_for(cast.support), classes.amelia)
    assert answer.status_code == 403
    assert "Hughes" not in answer.content.decode()


@pytest.mark.spec("GRP-08")
def test_a_student_outside_ones_classes_is_not_found(classes, cast, client_for, limit_to_8b):
    limit_to_8b(cast.teacher.user)
    client = client_for(cast.teacher)
    for student in (classes.amelia, classes.left):
        answer = overview(client, student)
        assert answer.status_code == 404
        assert student.legal_surname not in answer.content.decode()
    assert overview(client, classes.oliver).status_code == 200


@pytest.mark.spec("SAF-10")
def test_links_and_monitoring_show_only_what_is_open(classes, cast, client_for, monitor, limit_to_8b):
    from tenant_apps.students.models import StudentLink

    StudentLink.objects.create(student=classes.oliver, linked_student=classes.jakub, relationship="sibling")
    monitor(classes.oliver, "Child Protection")
    limit_to_8b(cast.teacher.user)
    teacher = overview(client_for(cast.teacher), classes.oliver).content.decode()
    assert "Łukaszewski" not in teacher
    assert "Child Protection" not in teacher
    lead = overview(client_for(cast.lead), classes.oliver).content.decode()
    assert "Łukaszewski" in lead
    assert "Child Protection" in lead


@pytest.mark.spec("SAF-37")
def test_a_court_order_is_told_where_the_contacts_stand(classes, cast, client_for):
    from tenant_apps.students.models import Contact

    line = "Court order: ask the DSL before any contact or release"
    contact = Contact.objects.create(
        student=classes.amelia,
        mis_id="C1",
        priority=1,
        forename="Lee",
        surname="Hughes",
        relationship="Father",
    )
    assert line not in overview(client_for(cast.lead), classes.amelia).content.decode()
    contact.court_order = True
    contact.save()
    page = overview(client_for(cast.lead), classes.amelia).content.decode()
    contacts = page.partition('id="contacts-heading"')[2].partition("</section>")[0]
    assert line in contacts
    assert "Lee Hughes" in contacts


def test_reading_a_profile_is_audited(classes, cast, client_for):
    from core.audit.models import AuditEvent

    overview(client_for(cast.lead), classes.amelia)
    event = AuditEvent.objects.get(event="student.viewed")
    assert (event.student_ids, event.user_id) == ([classes.amelia.pk], cast.lead.user.pk)


def test_attendance_counts_known_codes_only(classes, cast, client_for):
    from tenant_apps.attendance.models import Mark

    for day, code in enumerate(["/", "/", "L", "O", "I", "X", "??"], 1):
        Mark.objects.create(student=classes.amelia, date=f"2026-09-0{day}", session="AM", code=code)
    page = overview(client_for(cast.lead), classes.amelia).content.decode()
    assert "60.0 %" in page


@pytest.mark.attack("A2")
def test_the_other_school_does_not_have_the_student(classes, cast_b, client_for):
    answer = overview(client_for(cast_b.lead), classes.amelia)
    assert answer.status_code == 404
    assert "Hughes" not in answer.content.decode()


@pytest.mark.spec("STU-04", "SAF-38")
def test_everything_the_mis_sends_stands_on_the_overview(classes, cast, client_for):
    """No column of a student is left out; the former surname is told with the whole overview only."""
    from tenant_apps.students.models import Student

    told = {
        "middle_names": "Zebra1",
        "former_surname": "Zebra2",
        "gender": "Zebra3",
        "email": "zebra4@school.example",
        "upn": "Zebra5",
        "former_upn": "Zebra6",
        "leaving_destination": "Zebra7",
        "first_language": "Zebra8",
        "religion": "Zebra9",
        "medical_notes": "Zebra10",
        "address": "Zebra11",
        "postcode": "Zebra12",
        "preferred_surname": "Zebra13",
    }
    given = {
        "sex": "F",
        "enrolment_status": "G",
        "start_date": "2024-09-05",
        "leaving_date": "2027-07-21",
        "pupil_premium": True,
        "free_school_meals": True,
        "eal": True,
        "looked_after": True,
        "service_child": True,
    }
    Student.objects.filter(pk=classes.amelia.pk).update(**told, **given)
    page = overview(client_for(cast.lead), classes.amelia).content.decode()
    for field, value in told.items():
        assert value in page, field
    for words in ("Female", "Guest", "05/09/2024", "21/07/2027"):
        assert f"<dd>{words}</dd>" in page, words
    assert page.count("<dd>Yes</dd>") == 5
    assert "Zebra2<" not in overview(client_for(cast.teacher), classes.amelia).content.decode()


@pytest.mark.spec("ADM-07", "STU-04")
@pytest.mark.parametrize(("legal", "shown"), [(True, "Amelia"), (False, "Millie")])
def test_the_setting_says_which_name_stands_on_every_page(classes, cast, client_for, legal, shown):
    from tenant_apps.school_settings.models import Settings

    Settings.objects.update(use_legal_names=legal)
    client = client_for(cast.lead)
    for address in (
        f"/students/{classes.amelia.pk}/",
        f"/students/{classes.amelia.pk}/incidents/",
        f"/students/{classes.amelia.pk}/attendance/",
        f"/students/{classes.amelia.pk}/contacts/",
        f"/students/register/{classes.a.pk}/",
        "/students/search/?q=hughes",
        "/students/suggest/?q=hughes",
    ):
        page = client.get(address).content.decode()
        assert f"{shown} O&#x27;Connor-Hughes" in page, address
        if not address.endswith(f"{classes.amelia.pk}/"):
            assert ("Millie" if legal else "Amelia") not in page, address


@pytest.mark.spec("STU-03")
def test_an_archived_student_takes_new_entries_like_any_other(classes, cast, client_for):
    from datetime import timedelta

    from core.db.clock import now
    from core.db.keys import uuid7
    from tenant_apps.categories.selectors import all_categories
    from tenant_apps.incidents.services import add_incident

    client = client_for(cast.lead)
    add = f"/incidents/add/?student={classes.left.pk}"
    assert add in client.get(f"/students/{classes.left.pk}/incidents/").content.decode()
    assert "Gone Planted" in client.get(add).content.decode()
    add_incident(
        incident_id=uuid7(),
        student_id=classes.left.pk,
        text="Came back to tell of it.",
        category_ids=[next(one.id for one in all_categories() if one.name == "Behaviour")],
        happened_at=now() - timedelta(hours=1),
        alert_user_ids=[cast.deputy.user.pk],
        by=cast.lead.access,
    )
    assert (
        "Came back to tell of it." in client.get(f"/students/{classes.left.pk}/incidents/").content.decode()
    )
