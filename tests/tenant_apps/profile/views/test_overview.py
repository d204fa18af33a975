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
