"""What an import promises: everything or nothing, twice changes nothing, nobody is deleted."""

from datetime import date
from typing import Any

import pytest

from tests.data.extracts import on_a_full_roll, pupil, small_extract, upn


def students(**where: Any) -> Any:
    from tenant_apps.students.models import Student

    return Student.objects.filter(**where)


@pytest.mark.spec("IMP-07")
def test_a_full_extract_brings_all_seven_files(bring):
    from tenant_apps.attendance.models import Mark
    from tenant_apps.classes.models import StudentGroup
    from tenant_apps.staff.models import MISStaff
    from tenant_apps.students.models import Contact, Membership, StudentLink

    entry = bring(small_extract())

    assert entry.state == "applied", entry.faults
    amelia = students(mis_id="P1").get()
    assert (amelia.legal_surname, amelia.preferred_forename, amelia.date_of_birth) == (
        "O'Connor-Hughes",
        "Millie",
        date(2012, 3, 4),
    )
    assert amelia.search_key == "oconnor hughes  amelia  millie"
    assert amelia.archived_at is None
    assert Contact.objects.filter(student=amelia, court_order=True).get().surname == "Hughes"
    assert StudentLink.objects.get().linked_student.mis_id == "P2"
    assert Membership.objects.filter(group__name="7A").count() == 3
    assert Mark.objects.get(student=amelia, session="AM").minutes_late == 12
    assert MISStaff.objects.count() == 2
    assert StudentGroup.objects.get(name="7A").teacher.email == "t.ellery@ashgrove.sch.example"
    assert entry.counts["pupils.csv"] == {"read": 3, "added": 3, "changed": 0, "archived": 0, "returned": 0}
    assert entry.rows_total == 18


@pytest.mark.spec("IMP-08")
def test_the_same_extract_twice_changes_nothing(bring):
    from tenant_apps.attendance.models import Mark
    from tenant_apps.students.models import Contact, Membership, Student, StudentLink

    def everything() -> list[Any]:
        tables = (Student, Membership, Contact, StudentLink, Mark)
        return [sorted(map(repr, table.objects.values())) for table in tables]

    bring(small_extract())
    before = everything()
    entry = bring(small_extract())

    assert entry.state == "applied"
    assert everything() == before
    changed = {word: n for counts in entry.counts.values() for word, n in counts.items() if word != "read"}
    assert set(changed.values()) == {0}


@pytest.mark.spec("IMP-03")
def test_who_is_missing_from_a_full_extract_is_archived_and_comes_back_whole(bring):
    from tenant_apps.students.models import Contact, Membership

    bring(on_a_full_roll(small_extract()))
    without = on_a_full_roll(small_extract(generated_at="2026-11-21T22:05:00+00:00"))
    for file, column in (
        ("pupils.csv", "mis_id"),
        ("contacts.csv", "pupil_mis_id"),
        ("memberships.csv", "pupil_mis_id"),
        ("attendance.csv", "pupil_mis_id"),
    ):
        without.files[file] = [row for row in without.files[file] if row[column] != "P1"]
    without.files["links.csv"] = []
    entry = bring(without)

    assert entry.counts["pupils.csv"]["archived"] == 1
    amelia = students(mis_id="P1").get()
    assert amelia.archived_at is not None
    assert set(Membership.objects.filter(student=amelia).values_list("end_date", flat=True)) == {
        date(2026, 11, 20)
    }
    assert Contact.objects.filter(student=amelia, ended_at=None).count() == 2

    back = on_a_full_roll(small_extract(generated_at="2026-11-22T22:05:00+00:00"))
    entry = bring(back)
    assert entry.counts["pupils.csv"]["returned"] == 1
    amelia.refresh_from_db()
    assert amelia.archived_at is None
    assert set(Membership.objects.filter(student=amelia).values_list("end_date", flat=True)) == {None}


@pytest.mark.spec("IMP-03")
def test_a_leaving_date_in_the_past_archives_and_ends_the_memberships(bring):
    from core.audit.models import AuditEvent
    from tenant_apps.students.models import Membership

    bring(on_a_full_roll(small_extract()))
    later = on_a_full_roll(small_extract(generated_at="2026-11-21T22:05:00+00:00"))
    later.files["pupils.csv"][2]["leaving_date"] = "2026-11-13"
    entry = bring(later)

    oliver = students(mis_id="P3").get()
    assert entry.counts["pupils.csv"]["archived"] == 1
    assert oliver.archived_at is not None
    assert set(Membership.objects.filter(student=oliver).values_list("end_date", flat=True)) == {
        date(2026, 11, 13)
    }
    assert AuditEvent.objects.get(event="student.archived").student_ids == [oliver.pk]
    again = bring(later)
    assert again.counts["memberships.csv"] == {"read": 6, "ended": 0, "changed": 0, "added": 0}


def test_nobody_is_archived_by_an_extract_of_changes(bring):
    bring(small_extract())
    changes = small_extract(kind="changes", generated_at="2026-11-21T22:05:00+00:00")
    changes.files = {"pupils.csv": [pupil(2, "Jacob", "Łukaszewski", upn=upn(2))]}
    entry = bring(changes)

    assert entry.state == "applied", entry.faults
    assert students(archived_at=None).count() == 3
    assert students(mis_id="P2").get().legal_forename == "Jacob"


def test_contacts_links_and_memberships_that_are_gone_end_and_revive(bring):
    from tenant_apps.students.models import Contact, Membership, StudentLink

    bring(small_extract())
    less = small_extract(generated_at="2026-11-21T22:05:00+00:00")
    less.files["contacts.csv"] = less.files["contacts.csv"][:1]
    less.files["links.csv"] = []
    less.files["memberships.csv"] = less.files["memberships.csv"][:-1]
    bring(less)
    assert Contact.objects.exclude(ended_at=None).get().mis_id == "C2"
    assert StudentLink.objects.get().ended_at is not None
    assert Membership.objects.exclude(end_date=None).get().end_date == date(2026, 11, 20)

    bring(small_extract(generated_at="2026-11-22T22:05:00+00:00"))
    assert not Contact.objects.exclude(ended_at=None).exists()
    assert not StudentLink.objects.exclude(ended_at=None).exists()
    assert not Membership.objects.exclude(end_date=None).exists()
    assert Contact.objects.count() == 2


def test_a_file_that_is_not_there_leaves_its_kind_untouched(bring):
    from tenant_apps.students.models import Contact

    bring(small_extract())
    less = small_extract(generated_at="2026-11-21T22:05:00+00:00")
    del less.files["contacts.csv"]
    assert bring(less).state == "applied"
    assert Contact.objects.filter(ended_at=None).count() == 2


def test_a_pupil_is_known_again_by_upn_and_by_former_upn(bring):
    bring(small_extract())
    amelia, jakub = students(mis_id="P1").get().pk, students(mis_id="P2").get().pk
    moved = small_extract(generated_at="2026-11-21T22:05:00+00:00")
    first, second, _ = moved.files["pupils.csv"]
    first["mis_id"] = "NEW1"
    second |= {"mis_id": "NEW2", "upn": upn(99), "former_upn": upn(2)}
    for file in ("memberships.csv", "contacts.csv", "links.csv", "attendance.csv"):
        for row in moved.files[file]:
            for column in ("pupil_mis_id", "linked_pupil_mis_id"):
                if column in row:
                    row[column] = row[column].replace("P1", "NEW1").replace("P2", "NEW2")
    entry = bring(moved)

    assert entry.state == "applied", entry.faults
    assert students().count() == 3
    assert students(mis_id="NEW1").get().pk == amelia
    assert (students(mis_id="NEW2").get().pk, students(mis_id="NEW2").get().upn) == (jakub, upn(99))


def test_one_upn_for_two_pupils_holds_the_extract(bring):
    bring(small_extract())
    twice = small_extract(generated_at="2026-11-21T22:05:00+00:00")
    twice.files["pupils.csv"][2]["upn"] = upn(2)
    twice.files["pupils.csv"][0]["legal_forename"] = "Changed"
    entry = bring(twice)

    assert entry.state == "held"
    assert entry.warnings == [f"pupils.csv: line 3 and line 4 would have the same UPN {upn(2)}."]
    assert students(mis_id="P1").get().legal_forename == "Amelia"


def test_two_pupils_may_swap_their_upns(bring):
    bring(small_extract())
    swapped = small_extract(generated_at="2026-11-21T22:05:00+00:00")
    swapped.files["pupils.csv"][1]["upn"], swapped.files["pupils.csv"][2]["upn"] = upn(3), upn(2)
    assert bring(swapped).state == "applied"
    assert students(mis_id="P2").get().upn == upn(3)


def test_staff_are_tied_to_users_by_email_and_make_none(bring, cast):
    from shared_apps.people.models import User
    from tenant_apps.staff.models import StaffMember

    users = User.objects.count()
    bring(small_extract())
    member = StaffMember.objects.get(user=cast.teacher.user)
    assert (member.mis_id, member.job_title) == ("S1", "Teacher of Maths")
    assert User.objects.count() == users


def staff_extract(*people: str, **more: Any) -> Any:
    """The small extract with these staff: S1 is Tom Ellery, who is a user; the others are not."""
    book = small_extract(**more)
    template = book.files["staff.csv"][1]
    tom = book.files["staff.csv"][0]
    book.files["staff.csv"] = [
        tom if mis_id == "S1" else template | {"mis_id": mis_id, "email": f"{mis_id}@elsewhere.example"}
        for mis_id in people
    ]
    return book


@pytest.mark.spec("IMP-09", "ADM-17")
@pytest.mark.parametrize("is_on", [True, False])
def test_staff_gone_from_the_extract_are_disabled_with_the_setting_on(bring, cast, is_on):
    from core.audit.models import AuditEvent
    from tenant_apps.school_settings.models import Settings
    from tenant_apps.staff.models import MISStaff

    Settings.objects.update(disable_missing_users=is_on)
    others = [f"X{number}" for number in range(9)]
    bring(staff_extract("S1", *others))
    entry = bring(staff_extract(*others, generated_at="2026-11-21T22:05:00+00:00"))

    assert entry.state == "applied", entry.warnings
    user = cast.teacher.user
    user.refresh_from_db()
    assert user.is_active is not is_on
    assert entry.counts["staff.csv"]["disabled"] == int(is_on)
    assert AuditEvent.objects.filter(event="user.deactivated", record_id=user.pk).exists() is is_on
    assert MISStaff.objects.get(mis_id="S1").is_listed is False
    # Nobody else of the cast was ever in the MIS.
    assert cast.lead.user.is_active


@pytest.mark.spec("IMP-09")
def test_too_many_missing_staff_hold_the_extract(bring, cast):
    bring(staff_extract("S1", "X1"))
    entry = bring(staff_extract("X1", generated_at="2026-11-21T22:05:00+00:00"))
    assert entry.state == "held"
    assert entry.warnings == ["staff.csv: 1 of 2 members of staff would be disabled."]
    cast.teacher.user.refresh_from_db()
    assert cast.teacher.user.is_active


def test_an_extract_of_changes_disables_nobody(bring, cast):
    bring(staff_extract("S1", "X1"))
    changes = staff_extract("X1", kind="changes", generated_at="2026-11-21T22:05:00+00:00")
    changes.files = {"staff.csv": changes.files["staff.csv"]}
    assert bring(changes).state == "applied"
    cast.teacher.user.refresh_from_db()
    assert cast.teacher.user.is_active


def test_marks_are_changed_but_never_removed(bring):
    from tenant_apps.attendance.models import Mark

    bring(small_extract())
    later = small_extract(generated_at="2026-11-21T22:05:00+00:00")
    later.files["attendance.csv"] = [later.files["attendance.csv"][1] | {"code": "I"}]
    entry = bring(later)
    assert entry.counts["attendance.csv"] == {"read": 1, "changed": 1, "added": 0}
    assert dict(Mark.objects.values_list("session", "code")) == {"AM": "L", "PM": "I"}


def test_odd_data_of_a_child_is_a_warning_on_the_pupil(bring):
    odd = small_extract()
    odd.files["pupils.csv"][0] |= {
        "upn": "B" + upn(1)[1:],
        "sex": "X",
        "ethnicity": "ZZZZ",
        "sen_needs": "ASD;QQ",
        "date_of_birth": "2031-01-01",
    }
    entry = bring(odd)

    amelia = students(mis_id="P1").get()
    assert entry.state == "applied"
    assert [(warning["code"], warning["field"]) for warning in amelia.warnings] == [
        ("upn_invalid", "upn"),
        ("date_of_birth_in_future", "date_of_birth"),
        ("unknown_code", "sex"),
        ("unknown_code", "ethnicity"),
        ("unknown_code", "sen_needs"),
    ]
    assert amelia.sen_needs == ["ASD", "QQ"]
    assert students(mis_id="P2").get().warnings == []


def test_formulas_are_stored_as_typed(bring):
    formulas = [
        "=1+1",
        "@SUM(A1)",
        "-2+3",
        "+44",
        "<script>alert(1)</script>",
        "Robert'); DROP TABLE students;--",
    ]
    odd = small_extract()
    for number, formula in enumerate(formulas, 10):
        odd.files["pupils.csv"].append(pupil(number, formula, formula))
    assert bring(odd).state == "applied"
    stored = students(mis_id__in=[f"P{number}" for number in range(10, 16)]).order_by("mis_id")
    assert list(stored.values_list("legal_forename", flat=True)) == formulas
