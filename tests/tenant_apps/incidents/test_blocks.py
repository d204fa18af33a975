"""SAF-06: "Staff who may not see this record" beats everything that would let somebody read."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from core.audit.models import AuditEvent
from tenant_apps.alerts.models import Alert
from tenant_apps.alerts.selectors import unread_count, unread_for
from tenant_apps.incidents import selectors, services
from tenant_apps.monitoring.selectors import monitored_counts, monitored_students
from tenant_apps.students import selectors as students
from tenant_apps.students.services import NobodyLeftError, block_student_reader, lift_student_block

pytestmark = [pytest.mark.django_db, pytest.mark.spec("SAF-06")]

PLANTED = "zebra-lantern-77"


@pytest.fixture
def block(in_a, cast, students_a):
    """Keeps the first pupil's record from one of the cast."""

    def make(part, by=None):
        block_student_reader(
            student_id=students_a[0].pk,
            user_id=getattr(cast, part).user.pk,
            by=by or cast.head.access,
        )

    return make


@pytest.mark.parametrize("part", ["lead", "teacher", "head"])
def test_blocked_person_finds_the_student_nowhere(add, block, cast, students_a, in_class, part):
    person = getattr(cast, part)
    add("Behaviour", text=PLANTED, alert_user_ids=[person.user.pk], assignee_id=person.user.pk)
    assert unread_count(person.access) == 1
    block(part, by=cast.deputy.access)
    access, pupil = person.access, students_a[0]
    assert students.search_students(access, "amelia", include_archived=True) == []
    assert pupil.pk not in {row.id for row in students.register(access, in_class.pk).students}
    assert students.dashboard_groups(access)[0].count == len(students_a) - 1
    assert pupil.pk not in monitored_students(access)
    assert not any(monitored_counts(access).values())
    with pytest.raises(Http404):
        students.get_student(access, pupil.pk)
    assert list(selectors.whole_chronology(access, pupil.pk)) == []
    assert selectors.assigned_to(access) == []
    assert unread_count(access) == 0
    assert unread_for(access) == ([], None)
    # The form's field offers every pupil still.
    assert pupil.pk in {one.id for one in students.suggest_students(access, "amelia")}


@pytest.mark.parametrize("is_linked", [False, True])
def test_block_through_any_participant_or_of_the_incident_hides_it(add, cast, students_a, is_linked):
    link = [services.LinkedStudent(students_a[1].pk, "witness", shows_full=False)]
    incident = add("Behaviour", linked=link, by=cast.lead.access)
    assert selectors.may_read_incident(cast.lead.access, incident.pk)
    kept = students_a[1 if is_linked else 0].pk
    block_student_reader(student_id=kept, user_id=cast.lead.user.pk, by=cast.head.access)
    assert not selectors.may_read_incident(cast.lead.access, incident.pk)
    assert selectors.history_of(cast.lead.access) == []
    assert selectors.telling(cast.lead.access, incident.pk) is None
    assert selectors.last_telling(cast.lead.access) is None
    assert selectors.may_read_incident(cast.deputy.access, incident.pk)
    lift_student_block(student_id=kept, user_id=cast.lead.user.pk, by=cast.head.access)
    assert selectors.may_read_incident(cast.lead.access, incident.pk)


def test_block_of_one_incident_leaves_the_student(add, cast, students_a):
    incident, other = add("Behaviour"), add("Behaviour")
    services.block_incident_reader(incident_id=incident.pk, user_id=cast.lead.user.pk, by=cast.head.access)
    assert [entry.id for entry in selectors.whole_chronology(cast.lead.access, students_a[0].pk)] == [
        other.pk
    ]
    services.lift_incident_block(incident_id=incident.pk, user_id=cast.lead.user.pk, by=cast.head.access)
    assert selectors.may_read_incident(cast.lead.access, incident.pk)
    events = AuditEvent.objects.filter(record_id=incident.pk, event__startswith="incident.reader")
    assert sorted(events.values_list("event", flat=True)) == [
        "incident.reader_blocked",
        "incident.reader_unblocked",
    ]


def test_alerts_skip_the_blocked_and_the_page_says_so(add, block, cast, client_for, category, students_a):
    from tests.tenant_apps.incidents.typed import typed_incident

    block("deputy")
    browser = client_for(cast.teacher)
    sent = typed_incident(category("Behaviour"), students_a[0].pk)
    page = browser.post("/incidents/add/", sent, follow=True)
    assert "1 person of those chosen may not see this record and was not alerted." in page.content.decode()
    told = set(Alert.objects.values_list("recipient_id", flat=True))
    assert cast.deputy.user.pk not in told
    assert told


def test_nobody_else_is_alerted_in_their_place_by_name(add, block, cast):
    block("teacher")
    incident = add("Behaviour", alert_user_ids=[cast.teacher.user.pk])
    told = set(Alert.objects.filter(record_id=incident.pk).values_list("recipient_id", flat=True))
    assert cast.teacher.user.pk not in told
    # Nobody was left, so the default group was told.
    assert told


def test_only_editors_and_administrators_block(add, cast, students_a):
    incident = add("Behaviour")
    for by in (cast.teacher.access, cast.pastoral.access, cast.lead.plain_access, cast.support.access):
        with pytest.raises(PermissionDenied):
            block_student_reader(student_id=students_a[0].pk, user_id=cast.head.user.pk, by=by)
        with pytest.raises(PermissionDenied):
            services.block_incident_reader(incident_id=incident.pk, user_id=cast.head.user.pk, by=by)


def test_nobody_lifts_their_own(block, cast, students_a, add):
    incident = add("Behaviour")
    block("lead")
    with pytest.raises(Http404):
        lift_student_block(student_id=students_a[0].pk, user_id=cast.lead.user.pk, by=cast.lead.access)
    with pytest.raises(Http404):
        services.lift_incident_block(incident_id=incident.pk, user_id=cast.lead.user.pk, by=cast.lead.access)


def test_somebody_is_left_who_can_lift(cast, students_a, in_class):
    from tenant_apps.staff.selectors import keepers_of_blocks

    keepers = keepers_of_blocks()
    *others, last = [*sorted(keepers - {cast.head.user.pk}), cast.head.user.pk]
    for user_id in others:
        block_student_reader(student_id=students_a[0].pk, user_id=user_id, by=cast.head.access)
    with pytest.raises(NobodyLeftError):
        block_student_reader(student_id=students_a[0].pk, user_id=last, by=cast.head.access)


def test_block_is_suggested_where_a_contact_has_a_users_email(block, cast, students_a, client_for):
    from tenant_apps.students.models import Contact

    Contact.objects.create(
        student=students_a[0], priority=1, forename="P", surname="Q", email=cast.teacher.email.upper()
    )
    path = f"/students/{students_a[0].pk}/blocked/"
    words = "has the email of one of this student’s contacts"
    assert words in client_for(cast.head).get(path).content.decode()
    block("teacher")
    page = client_for(cast.head).get(path).content.decode()
    assert words not in page
    assert cast.teacher.user.full_name in page


def test_blocked_person_cannot_be_assigned(add, block, cast, client_for):
    incident = add("Behaviour")
    block("deputy")
    with pytest.raises(PermissionDenied):
        services.change_status(
            incident_id=incident.pk, status="active", assignee_id=cast.deputy.user.pk, by=cast.lead.access
        )
    page = client_for(cast.lead).get(f"/incidents/{incident.pk}/status/").content.decode()
    assert str(cast.deputy.user.pk) not in page


def test_page_of_the_blocked_has_a_fixed_number_of_queries(
    block, cast, students_a, client_for, django_assert_max_num_queries
):
    path = f"/students/{students_a[0].pk}/blocked/"
    browser = client_for(cast.head)
    browser.get(path)
    counts = []
    for parts in (["teacher"], ["pastoral", "deputy"]):
        for part in parts:
            block(part)
        with django_assert_max_num_queries(30) as asked:
            browser.get(path)
        counts.append(len(asked))
    assert counts[0] == counts[1]
