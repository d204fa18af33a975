import pytest
from django.core.exceptions import PermissionDenied

from core.access import SYSTEM
from tenant_apps.alerts.selectors import matching_rules, rules_for_student, rules_of
from tenant_apps.alerts.services import name_for_student, set_rules_of

pytestmark = pytest.mark.django_db


def words(mail):
    return " ".join(mail.message.get_body(("plain",)).get_content().split())


@pytest.fixture
def tutor_group(in_a, students_a):
    from tenant_apps.classes.models import StudentGroup
    from tenant_apps.students.models import Membership

    group = StudentGroup.objects.create(mis_id="T1", kind="tutor", name="7A", sort_key="7a")
    Membership.objects.create(student=students_a[0], group=group, start_date="2026-01-01")
    return group


@pytest.fixture
def category(in_a):
    from tenant_apps.categories.selectors import all_categories

    return {view.name: view.id for view in all_categories()}


def fitting(category, *names, students=(), is_action=False):
    return matching_rules(
        category_ids=[category[name] for name in names],
        student_ids=[student.pk for student in students],
        is_action=is_action,
    )


@pytest.mark.spec("USR-39", "USR-40")
def test_rule_fits_by_category_student_or_group(cast, category, students_a, tutor_group):
    person = cast.pastoral.user.pk
    for wanted in (
        {("category", category["Bullying"]): False},
        {("student", students_a[0].pk): False},
        {("group", tutor_group.pk): False},
    ):
        set_rules_of(user_id=person, wanted=wanted, by=cast.head.access)
        assert fitting(category, "Bullying", students=[students_a[0]]) == {person: False}
        assert fitting(category, "Attendance", students=[students_a[1]]) == {}
    assert len(rules_of(person)) == 1


@pytest.mark.spec("STU-09")
def test_only_a_students_rule_answers_to_actions(cast, category, students_a, tutor_group):
    person, other = cast.pastoral.user.pk, cast.deputy.user.pk
    set_rules_of(
        user_id=person,
        wanted={("category", category["Bullying"]): False, ("group", tutor_group.pk): False},
        by=cast.head.access,
    )
    name_for_student(student_id=students_a[0].pk, wanted={other: False}, by=cast.lead.access)
    assert fitting(category, "Bullying", students=[students_a[0]], is_action=True) == {other: False}


@pytest.mark.spec("SAF-03")
def test_beyond_is_kept_apart_audited_ended_and_told(cast, category, students_a, mailbox, run_outbox):
    from core.audit.models import AuditEvent
    from tenant_apps.alerts.models import AutomaticAlert

    person = cast.pastoral.user.pk
    name_for_student(student_id=students_a[0].pk, wanted={person: True}, by=cast.head.access)
    assert fitting(category, "Child Protection", students=[students_a[0]]) == {person: True}
    assert [name.full for name, _ in rules_for_student(students_a[0].pk)] == [cast.pastoral.user.full_name]
    run_outbox()
    told = [mail for mail in mailbox.messages() if "beyond the categories" in words(mail)]
    assert {mail.recipient for mail in told} == {cast.lead.user.email, cast.deputy.user.email}
    assert all(students_a[0].legal_surname not in words(mail) for mail in told)

    name_for_student(student_id=students_a[0].pk, wanted={person: False}, by=cast.head.access)
    assert fitting(category, "Child Protection", students=[students_a[0]]) == {person: False}
    name_for_student(student_id=students_a[0].pk, wanted={}, by=cast.head.access)
    assert fitting(category, "Child Protection", students=[students_a[0]]) == {}
    assert AutomaticAlert.objects.filter(ended_at__isnull=False).count() == 2
    events = AuditEvent.objects.filter(event__startswith="automatic_alert.").values_list("event", flat=True)
    assert sorted(events) == ["automatic_alert.ended"] * 2 + ["automatic_alert.set"] * 2


@pytest.mark.spec("SAF-03", "USR-39")
def test_rules_are_set_by_those_who_may_and_never_beyond_for_oneself(cast, students_a, category):
    from tenant_apps.alerts.models import AutomaticAlert

    student = students_a[0].pk
    for by in (cast.teacher.access, cast.pastoral.access, cast.support.access):
        with pytest.raises(PermissionDenied):
            name_for_student(student_id=student, wanted={cast.teacher.user.pk: True}, by=by)
    for by in (cast.lead.access, cast.teacher.access):
        with pytest.raises(PermissionDenied):
            set_rules_of(user_id=cast.teacher.user.pk, wanted={("student", student): False}, by=by)
    with pytest.raises(PermissionDenied, match="Somebody else"):
        set_rules_of(
            user_id=cast.data.user.pk,
            wanted={("category", category["Child Protection"]): True},
            by=cast.data.access,
        )
    assert not AutomaticAlert.objects.exists()


def test_rule_of_somebody_deactivated_fits_nothing(cast, category, students_a):
    from shared_apps.people.services import set_active

    set_rules_of(
        user_id=cast.pastoral.user.pk, wanted={("student", students_a[0].pk): False}, by=cast.head.access
    )
    set_active(user_id=cast.pastoral.user.pk, is_active=False, by=SYSTEM)
    assert fitting(category, "Bullying", students=[students_a[0]]) == {}


@pytest.mark.spec("CAT-14", "USR-39")
def test_rules_follow_a_merged_category_and_grow_no_wider(cast, category):
    from tenant_apps.alerts.models import AutomaticAlert
    from tenant_apps.alerts.services import refile_rules

    old, new = category["Bullying"], category["Behaviour"]
    both, one = cast.pastoral.user.pk, cast.deputy.user.pk
    narrow, wide = {("category", old): False}, {("category", old): True}
    set_rules_of(user_id=both, wanted=narrow | {("category", new): True}, by=cast.head.access)
    set_rules_of(user_id=one, wanted=wide, by=cast.head.access)
    assert refile_rules(touching=[old], moves={old: new}, by=cast.head.access) == 2
    assert fitting(category, "Behaviour") == {both: False, one: True}
    assert fitting(category, "Bullying") == {}
    assert AutomaticAlert.objects.filter(ended_at=None).count() == 2
