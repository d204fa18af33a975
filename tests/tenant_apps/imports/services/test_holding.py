"""An extract that would do more than one night should is held, and does it only when somebody says so."""

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from core.tenancy import in_school
from tests.data.extracts import on_a_full_roll, pupil, small_extract, upn

LATER = "2026-11-21T22:05:00+00:00"


def students(**where: Any) -> Any:
    from tenant_apps.students.models import Student

    return Student.objects.filter(**where)


def decide(entry: Any, decision: str, cast: Any, run_outbox: Any) -> None:
    from tenant_apps.imports.services import decide_import

    decide_import(import_id=entry.pk, decision=decision, by=cast.head.access)
    run_outbox()
    entry.refresh_from_db()


def without(book: Any, *mis_ids: str) -> Any:
    for file, column in (
        ("pupils.csv", "mis_id"),
        ("contacts.csv", "pupil_mis_id"),
        ("memberships.csv", "pupil_mis_id"),
        ("attendance.csv", "pupil_mis_id"),
        ("links.csv", "pupil_mis_id"),
        ("links.csv", "linked_pupil_mis_id"),
    ):
        book.files[file] = [row for row in book.files[file] if row[column] not in mis_ids]
    return book


def everything() -> list[Any]:
    """All that an import may write, in a form that can be compared."""
    from tenant_apps.attendance.models import Mark
    from tenant_apps.classes.models import StudentGroup
    from tenant_apps.staff.models import MISStaff, StaffMember
    from tenant_apps.students.models import Contact, Membership, Student, StudentLink

    tables = (Student, Membership, Contact, StudentLink, Mark, StudentGroup, MISStaff, StaffMember)
    return [sorted(map(repr, table.objects.values())) for table in tables]


def test_exactly_a_tenth_may_leave_and_one_more_is_held(bring):
    bring(on_a_full_roll(small_extract(), others=17))
    two_gone = without(on_a_full_roll(small_extract(generated_at=LATER), others=17), "P1", "P2")
    assert bring(two_gone).state == "applied"
    three_gone = without(
        on_a_full_roll(small_extract(generated_at="2026-11-22T22:05:00+00:00"), others=16), "P1", "P2", "P3"
    )
    # 18 were on roll: two of them are more than a tenth.
    entry = bring(three_gone)
    assert entry.state == "held"
    assert entry.warnings == ["pupils.csv: 2 of 18 pupils on roll would be archived."]


@pytest.mark.parametrize(
    ("day", "state"), [("2026-05-29", "held"), ("2026-07-17", "applied"), ("2026-10-01", "held")]
)
def test_last_year_group_leaves_in_summer_unhindered(bring, day, state):
    def book(generated_at: str) -> Any:
        made = on_a_full_roll(small_extract(generated_at=generated_at))
        for row in made.files["pupils.csv"][:3]:
            row["year_group"] = "11"
        return made

    bring(book("2026-04-20T22:05:00+00:00"))
    entry = bring(without(book(f"{day}T22:05:00+00:00"), "P1", "P2", "P3"))
    assert entry.state == state


def test_a_leaving_date_in_summer_counts_when_it_is_told_late(bring):
    def book(generated_at: str, leaving: str = "") -> Any:
        made = on_a_full_roll(small_extract(generated_at=generated_at))
        for row in made.files["pupils.csv"][:3]:
            row |= {"year_group": "11", "leaving_date": leaving}
        return made

    bring(book("2026-04-20T22:05:00+00:00"))
    assert bring(book("2026-10-05T22:05:00+00:00", leaving="2026-07-17")).state == "applied"
    assert students().exclude(archived_at=None).count() == 3


def test_joiners_and_changes_only_archives_disables_and_ends_nothing(bring, cast, run_outbox):
    from tenant_apps.students.models import Contact

    bring(on_a_full_roll(small_extract()))
    book = without(small_extract(generated_at=LATER), "P1")
    book.files["pupils.csv"][0]["preferred_forename"] = "Kuba"
    book.files["pupils.csv"].append(pupil(9, "Newly", "Come"))
    entry = bring(book)
    assert entry.state == "held"
    decide(entry, "joiners", cast, run_outbox)

    assert entry.state == "applied", entry.faults
    assert students().exclude(archived_at=None).count() == 0
    assert students(mis_id="P9").exists()
    assert students(mis_id="P2").get().preferred_forename == "Kuba"
    assert Contact.objects.filter(ended_at=None).count() == 2
    assert entry.counts["pupils.csv"]["archived"] == 0


def test_rejected_extract_changes_nothing_and_forgets_the_names(bring, cast, run_outbox):
    bring(on_a_full_roll(small_extract()))
    book = small_extract(generated_at=LATER)
    book.files["pupils.csv"].append(pupil(9, "Newly", "Come"))
    entry = bring(book)
    stored = everything()
    assert "Newly" in json.dumps(entry.differences)
    decide(entry, "reject", cast, run_outbox)
    assert (entry.state, entry.differences, entry.decided_by) == ("rejected", None, cast.head.user)
    assert everything() == stored


def test_of_two_administrators_one_decides(bring, cast, run_outbox):
    from core.audit.models import AuditEvent
    from tenant_apps.imports.services import NotHeldError, decide_import

    bring(on_a_full_roll(small_extract()))
    entry = bring(small_extract(generated_at=LATER))
    decide_import(import_id=entry.pk, decision="reject", by=cast.data.access)
    with pytest.raises(NotHeldError):
        decide_import(import_id=entry.pk, decision="apply", by=cast.head.access)
    run_outbox()
    entry.refresh_from_db()
    assert entry.state == "rejected"
    event = AuditEvent.objects.get(event="extract.decided")
    assert (event.user_id, event.detail["decision"]) == (cast.data.user.pk, "reject")


def test_only_an_administrator_decides(bring, cast):
    from core.access import SYSTEM
    from tenant_apps.imports.services import decide_import

    bring(on_a_full_roll(small_extract()))
    entry = bring(small_extract(generated_at=LATER))
    for access in (cast.lead.access, cast.head.plain_access, SYSTEM):
        with pytest.raises(PermissionDenied):
            decide_import(import_id=entry.pk, decision="apply", by=access)


def test_held_extract_is_not_applied_over_a_newer_one(bring, cast, run_outbox):
    from tenant_apps.imports.services import OvertakenError, decide_import

    bring(on_a_full_roll(small_extract()))
    entry = bring(small_extract(generated_at=LATER))
    bring(on_a_full_roll(small_extract(generated_at="2026-11-22T22:05:00+00:00")))
    with pytest.raises(OvertakenError):
        decide_import(import_id=entry.pk, decision="apply", by=cast.head.access)
    decide(entry, "reject", cast, run_outbox)
    assert students(archived_at=None).count() == 23


def test_newer_one_applied_between_decision_and_worker_refuses_the_held_one(bring, cast, run_outbox):
    from tenant_apps.imports.services import decide_import

    bring(on_a_full_roll(small_extract()))
    entry = bring(small_extract(generated_at=LATER))
    decide_import(import_id=entry.pk, decision="apply", by=cast.head.access)
    bring(on_a_full_roll(small_extract(generated_at="2026-11-22T22:05:00+00:00")))
    run_outbox()
    entry.refresh_from_db()
    assert entry.state == "refused"
    assert students(archived_at=None).count() == 23


def test_more_than_was_shown_is_held_again(bring, cast, run_outbox):
    bring(on_a_full_roll(small_extract()))
    entry = bring(small_extract(generated_at=LATER))
    # Made before the held one, so it does not overtake it; but it brings two pupils more, who would go.
    bring(on_a_full_roll(small_extract(generated_at="2026-11-20T23:05:00+00:00"), others=22))
    decide(entry, "apply", cast, run_outbox)
    assert entry.state == "held"
    assert entry.warnings[0].startswith("It would do more now")
    assert (entry.decision, entry.decided_by) == ("", None)
    assert students(archived_at=None).count() == 25
    decide(entry, "apply", cast, run_outbox)
    assert entry.state == "applied"
    assert students(archived_at=None).count() == 3


def test_applied_with_one_upn_twice_the_pupils_are_kept_apart(bring, cast, run_outbox):
    bring(on_a_full_roll(small_extract()))
    book = on_a_full_roll(small_extract(generated_at=LATER))
    book.files["pupils.csv"][2]["upn"] = upn(2)
    book.files["pupils.csv"] += [
        pupil(90, "Twin", "One", upn=upn(90)),
        pupil(91, "Twin", "Two", upn=upn(90)),
        pupil(92, "Third", "One", upn=upn(1)),
    ]
    entry = bring(book)
    assert entry.state == "held"
    assert set(entry.differences["shared_upns"]) == {upn(1), upn(2), upn(90)}
    decide(entry, "apply", cast, run_outbox)

    assert entry.state == "applied", entry.faults
    known = dict(students(mis_id__in=["P1", "P2", "P3", "P90", "P91", "P92"]).values_list("mis_id", "upn"))
    assert known == {"P1": upn(1), "P2": upn(2), "P3": upn(3), "P90": None, "P91": None, "P92": None}
    warned = [one.mis_id for one in students() if any(w["code"] == "upn_shared" for w in one.warnings)]
    assert sorted(warned) == ["P3", "P90", "P91", "P92"]


def test_staff_are_disabled_once_it_is_decided(bring, cast, run_outbox):
    bring(small_extract())
    book = small_extract(generated_at=LATER)
    book.files["staff.csv"] = book.files["staff.csv"][1:]
    entry = bring(book)
    assert entry.state == "held"
    assert entry.differences["disabled"] == [str(cast.teacher.user.pk)]
    cast.teacher.user.refresh_from_db()
    assert cast.teacher.user.is_active
    decide(entry, "apply", cast, run_outbox)
    cast.teacher.user.refresh_from_db()
    assert not cast.teacher.user.is_active
    assert entry.counts["staff.csv"]["disabled"] == 1


@pytest.mark.attack("A2")
def test_other_schools_extract_cannot_be_decided(bring, cast_b, in_a, school_b):
    from django.http import Http404

    from tenant_apps.imports.services import decide_import

    bring(on_a_full_roll(small_extract()))
    entry = bring(small_extract(generated_at=LATER))
    with in_school(school_b), pytest.raises(Http404):
        decide_import(import_id=entry.pk, decision="apply", by=cast_b.head.access)
