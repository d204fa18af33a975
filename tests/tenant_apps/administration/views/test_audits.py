import csv
from datetime import timedelta
from io import StringIO

import pytest
from django.urls import reverse

from core.access import SYSTEM
from core.audit.models import AuditEvent
from core.db.clock import now
from core.db.keys import uuid7
from tenant_apps.categories.selectors import all_categories
from tenant_apps.classes.models import StudentGroup
from tenant_apps.incidents.services import add_incident
from tenant_apps.students.models import Membership


def address(name, user, **query):
    return reverse(f"administration:{name}", urlconf="config.urls_school", args=[user.pk])


@pytest.fixture
def pupils(students_a):
    """All in one tutor group, so that whoever sees all classes sees them."""
    group = StudentGroup.objects.create(mis_id="7A", kind="tutor", name="7A", sort_key="7a")
    Membership.objects.bulk_create(
        Membership(student=student, group=group, start_date="2026-01-01") for student in students_a
    )
    return students_a


@pytest.fixture
def incident(pupils, cast):
    """Child protection, added by the lead; the head may read it."""
    category = next(one.id for one in all_categories() if one.name == "Child Protection")
    return add_incident(
        incident_id=uuid7(),
        student_id=pupils[0].pk,
        text="Marrowdusk was seen by the gate.",
        category_ids=[category],
        happened_at=now() - timedelta(hours=1),
        alert_user_ids=[cast.deputy.user.pk],
        by=cast.lead.access,
    )


@pytest.fixture
def admin(in_a, client_for, cast):
    return client_for(cast.head)


@pytest.mark.spec("ADM-20")
def test_every_click_stands_in_words(admin, client_for, cast, pupils):
    """Reading, writing and being refused, each as the person did it."""
    browser = client_for(cast.teacher)
    browser.get(reverse("profile:overview", urlconf="config.urls_school", args=[pupils[0].pk]))
    browser.get(reverse("administration:overview", urlconf="config.urls_school"))
    browser.post(reverse("people:theme", urlconf="config.urls_school"), {"theme": "dark"})
    body = admin.get(address("user-audits", cast.teacher.user)).content.decode()
    assert "Opened a student&#x27;s profile</td>" in body
    assert "Connor-Hughes" in body
    assert "Was refused: administration:overview (403)" in body
    assert "Changed the appearance of the screen</td>" in body
    assert "127.0.0.1" in body
    # Somebody else's clicks are not among them.
    assert "profile</td>" not in admin.get(address("user-audits", cast.pastoral.user)).content.decode()


@pytest.mark.spec("ADM-20")
def test_readable_record_is_named_and_linked(admin, cast, incident, pupils):
    body = admin.get(address("user-audits", cast.lead.user)).content.decode()
    assert "Added an incident</td>" in body
    assert reverse("incidents:entry", urlconf="config.urls_school", args=[incident.pk]) in body
    assert f"Incident no. {incident.number}" in body
    assert "Connor-Hughes" in body
    assert "Marrowdusk" not in body


@pytest.mark.spec("SAF-10", "ADM-20")
def test_what_the_administrator_may_not_read_is_an_entry(client_for, cast, incident, pupils):
    """Somebody who runs the users reads no record and no list of students: nobody is named."""
    for path in (address("user-audits", cast.lead.user), address("export-audits", cast.lead.user)):
        response = client_for(cast.data).get(path)
        body = b"".join(response).decode()
        assert "Added an incident" in body
        assert "an entry" in body
        assert "Connor-Hughes" not in body
        assert f"no. {incident.number}" not in body
        assert str(incident.pk) not in body


@pytest.mark.spec("SAF-10", "SAF-06")
def test_blocked_incident_is_an_entry_to_the_administrator_it_keeps_out(admin, cast, incident, pupils):
    from tenant_apps.incidents.services.blocking import block_incident_reader

    block_incident_reader(incident_id=incident.pk, user_id=cast.head.user.pk, by=cast.lead.access)
    page = admin.get(address("user-audits", cast.lead.user)).content.decode()
    assert "an entry" in page
    assert "Connor-Hughes" not in page
    # By the student it does not exist: how many lines there are would tell of it.
    found = admin.get(address("user-audits", cast.lead.user), {"student": str(pupils[0].pk)})
    assert "an entry" not in found.content.decode()
    assert "Added an incident</td>" not in found.content.decode()


@pytest.mark.spec("SAF-10", "GRP-08")
def test_pupil_of_another_class_is_not_named(in_a, cast, pupils):
    from tenant_apps.administration.selectors import Asked, user_audits

    event = AuditEvent.objects.create(
        at=now(), user_id=cast.lead.user.pk, event="student.viewed", student_ids=[pupils[0].pk]
    )
    from dataclasses import replace

    limited = replace(cast.head.access, classes=frozenset(), sees_ungrouped=False)
    (line,) = user_audits(limited, event.user_id, Asked(event="student.viewed")).lines
    assert (line.about, line.students) == ("an entry", [])
    (line,) = user_audits(cast.head.access, event.user_id, Asked(event="student.viewed")).lines
    assert len(line.students) == 1
    assert user_audits(limited, event.user_id, Asked(student_id=pupils[0].pk)).lines == []


@pytest.mark.spec("SAF-10")
def test_monitoring_names_pupils_only_to_who_may_see_them_monitored(in_a, cast, pupils):
    from dataclasses import replace

    from tenant_apps.administration.selectors import Asked, user_audits

    category = next(one.id for one in all_categories() if one.name == "Child Protection")
    AuditEvent.objects.create(
        at=now(),
        user_id=cast.lead.user.pk,
        event="monitoring.ended",
        student_ids=[pupils[0].pk],
        detail={"categories": [str(category)]},
    )
    access = cast.head.access
    (line,) = user_audits(access, cast.lead.user.pk, Asked(event="monitoring.ended")).lines
    assert len(line.students) == 1
    without = replace(access, view_students=access.view_students - {category})
    (line,) = user_audits(without, cast.lead.user.pk, Asked(event="monitoring.ended")).lines
    assert (line.about, line.students) == ("an entry", [])


@pytest.mark.spec("ADM-20")
def test_filters_narrow_the_list(admin, cast, pupils):
    rows = [
        AuditEvent(at=now(), user_id=cast.lead.user.pk, event="student.viewed", student_ids=[pupil.pk])
        for pupil in pupils[:2]
    ]
    old = AuditEvent(at=now() - timedelta(days=400), user_id=cast.lead.user.pk, event="chronology.viewed")
    AuditEvent.objects.bulk_create([*rows, old])
    page = address("user-audits", cast.lead.user)

    def body(**query):
        return admin.get(page, query).content.decode()

    assert "Opened a chronology</td>" in body()
    assert "Opened a chronology</td>" not in body(event="student.viewed")
    assert "Opened a chronology</td>" not in body(since=f"{now():%Y-%m-%d}")
    assert "profile</td>" not in body(until=f"{now() - timedelta(days=300):%Y-%m-%d}")
    one = body(student=str(pupils[0].pk))
    assert "Connor-Hughes</td>" in one
    assert "Łukaszewski</td>" not in one
    assert admin.get(page, {"event": "nonsense", "since": "x", "before": "y"}).status_code == 200


@pytest.mark.spec("ADM-20")
def test_export_holds_every_line_and_no_formula_and_is_audited(admin, cast, pupils):
    pupils[0].legal_forename, pupils[0].preferred_forename = "=HYPERLINK(1)", ""
    pupils[0].save()
    AuditEvent.objects.bulk_create(
        AuditEvent(at=now(), user_id=cast.lead.user.pk, event="student.viewed", student_ids=[pupils[0].pk])
        for _ in range(60)
    )
    response = admin.get(address("export-audits", cast.lead.user), {"event": "student.viewed"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in response["Content-Disposition"]
    rows = list(csv.reader(StringIO(b"".join(response).decode("utf-8-sig"))))
    assert rows[0] == ["Time", "What", "Key used", "About", "Students", "Address"]
    assert len(rows) == 61
    assert {row[4][:2] for row in rows[1:]} == {"'="}
    event = AuditEvent.objects.get(event="audit.exported")
    assert (event.user_id, event.record_id) == (cast.head.user.pk, cast.lead.user.pk)


@pytest.mark.spec("ADM-20")
def test_looking_at_audits_is_itself_in_the_audit(admin, cast):
    admin.get(address("user-audits", cast.lead.user))
    event = AuditEvent.objects.get(event="audit.viewed")
    assert (event.user_id, event.record_id) == (cast.head.user.pk, cast.lead.user.pk)


@pytest.mark.spec("ADM-21")
def test_security_log_counts_and_places_sign_ins(admin, cast):
    from tenant_apps.school_settings.services import update_settings

    user = cast.lead.user
    update_settings(by=SYSTEM, network_ranges=["203.0.113.0/24"])
    for event, place in [
        ("user.signed_in", "203.0.113.7"),
        ("key.used", "203.0.113.7"),
        ("key.used", "198.51.100.9"),
        ("user.signed_in", None),
        ("student.viewed", "192.0.2.1"),
    ]:
        AuditEvent.objects.create(at=now(), user_id=user.pk, event=event, address=place)
    body = admin.get(address("security-log", user)).content.decode()
    assert "signed in with two-factor authentication <strong>2</strong> times" in body
    assert "Security log" in body
    assert ">IP location</th>" in body
    assert body.count("password and key") == 2
    assert body.count("not yet a key") == 2
    assert body.count("School network") == 2
    assert "network 198.51.100.0/24" in body
    assert "not recorded" in body
    assert "192.0.2.1" not in body
    assert f"{now():%B %Y}" in body


@pytest.mark.spec("ADM-21")
def test_security_log_says_that_it_cannot_tell_the_school_apart(admin, cast):
    body = admin.get(address("security-log", cast.lead.user)).content.decode()
    assert "No address of the school&#x27;s network is entered" in body.replace("school's", "school&#x27;s")
    assert "No outside service is asked" in body


@pytest.mark.spec("ADM-20", "ADM-21")
def test_others_are_refused(client_for, cast, incident):
    for part in ("lead", "teacher", "support"):
        for name in ("user-audits", "export-audits", "security-log"):
            answer = client_for(getattr(cast, part)).get(address(name, cast.lead.user))
            assert answer.status_code == 403
            assert "Connor-Hughes" not in answer.content.decode()


@pytest.mark.parametrize("name", ["user-audits", "security-log"])
@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_events(
    admin, cast, pupils, incident, django_assert_max_num_queries, name, count
):
    for number in range(count):
        for event, record in [
            ("student.viewed", ("student", pupils[number].pk)),
            ("incident.viewed", ("incident", incident.pk)),
            ("action.added", ("action", uuid7())),
            ("document.opened", ("document", uuid7())),
            ("alert.read", ("alert", uuid7())),
            ("user.changed", ("user", cast.teacher.user.pk)),
            ("student_group.people_changed", ("student_group", uuid7())),
            ("key.used", ("user", cast.lead.user.pk)),
        ]:
            AuditEvent.objects.create(
                at=now(),
                user_id=cast.lead.user.pk,
                event=event,
                record_kind=record[0],
                record_id=record[1],
                student_ids=[pupils[number].pk],
            )
    with django_assert_max_num_queries(32):
        assert admin.get(address(name, cast.lead.user)).status_code == 200
