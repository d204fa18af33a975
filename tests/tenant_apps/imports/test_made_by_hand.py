"""What the school wrote down itself stays as it is, whatever the MIS sends."""

from typing import Any

import pytest

from tests.data.extracts import on_a_full_roll, small_extract

NIGHTS = [f"2026-11-{day}T22:05:00+00:00" for day in (20, 21, 22, 23)]


def pupils() -> dict[str, Any]:
    from tenant_apps.students.models import Student

    return {student.mis_id: student for student in Student.objects.all() if student.mis_id}


def own_rows() -> dict[str, list[str]]:
    """Every row that no MIS sent, whole."""
    from tenant_apps.alerts.models import AutomaticAlert
    from tenant_apps.monitoring.models import Monitoring
    from tenant_apps.students.models import (
        AgencyInvolvement,
        BlockedReader,
        Contact,
        CourtOrder,
        Keyword,
        SiblingElsewhere,
        Student,
        StudentLink,
        Summary,
    )

    own = (
        AgencyInvolvement,
        AutomaticAlert,
        BlockedReader,
        CourtOrder,
        Keyword,
        Monitoring,
        SiblingElsewhere,
        Summary,
    )
    rows = {model.__name__: model._default_manager.all() for model in own} | {
        "Contact": Contact.objects.filter(source="hand"),
        "StudentLink": StudentLink.objects.filter(source="hand"),
        "Student": Student.objects.filter(mis_id=None),
        "withheld": Contact.objects.filter(address_withheld=True).order_by("pk"),
    }
    return {name: sorted(map(repr, found.order_by("pk").values())) for name, found in rows.items()}


@pytest.fixture
def by_hand(bring: Any, cast: Any) -> dict[str, list[str]]:
    """A first night, then everything that people write about a pupil."""
    from tenant_apps.categories.selectors import all_categories
    from tenant_apps.monitoring.services import start
    from tenant_apps.students.enums import OwnRelationship
    from tenant_apps.students.models import Contact, Student
    from tenant_apps.students.services import (
        ContactGiven,
        CourtOrderGiven,
        SiblingGiven,
        add_contact,
        add_court_order,
        add_link,
        add_sibling_elsewhere,
        block_student_reader,
        change_keywords,
        withhold_address,
        write_summary,
    )

    bring(on_a_full_roll(small_extract(generated_at=NIGHTS[0])))
    lead, amelia = cast.lead.access, pupils()["P1"].pk
    add_contact(student_id=amelia, given=ContactGiven(surname="May", relationship="Aunt"), by=lead)
    order = CourtOrderGiven(who="Lee Hughes", what="No contact")
    add_court_order(student_id=amelia, given=order, by=lead)
    mother = Contact.objects.get(student_id=amelia, mis_id="C1")
    withhold_address(student_id=amelia, contact_id=mother.pk, is_withheld=True, by=lead)
    add_link(student_id=amelia, linked_id=pupils()["P2"].pk, relationship=OwnRelationship.FRIEND, by=lead)
    sibling = SiblingGiven(name="Ben", school="Elsewhere Primary")
    add_sibling_elsewhere(student_id=amelia, given=sibling, by=lead)
    change_keywords(student_id=amelia, added=["young carer"], by=lead)
    write_summary(student_id=amelia, text="Lives with her aunt.", seen=0, by=lead)
    block_student_reader(student_id=amelia, user_id=cast.teacher.user.pk, by=lead)
    category = next(category for category in all_categories() if not category.is_restricting)
    start(student_ids=[amelia], category_ids=[category.id], by=lead, source=("hand", None))
    Student.objects.create(
        legal_forename="Hand", legal_surname="Made", sort_key="made  hand", legal_sort_key="", search_key=""
    )
    rows = own_rows()
    filled = {name for name, found in rows.items() if found}
    assert filled >= rows.keys() - {"AgencyInvolvement", "AutomaticAlert"}
    return rows


@pytest.mark.spec("STU-21")
def test_changed_night_leaves_what_was_made_by_hand(bring, by_hand):
    from tenant_apps.students.models import Contact

    changed = on_a_full_roll(small_extract(generated_at=NIGHTS[1]))
    changed.files["pupils.csv"][0] |= {"legal_surname": "Marsh", "preferred_forename": ""}
    # The MIS tells another link between the same two, and one contact less.
    changed.files["links.csv"][0]["relationship"] = "step-sibling"
    changed.files["contacts.csv"].pop()
    entry = bring(changed)
    assert (entry.state, pupils()["P1"].legal_surname) == ("applied", "Marsh")
    assert Contact.objects.get(mis_id="C2").ended_at is not None
    assert own_rows() == by_hand


@pytest.mark.spec("STU-21", "IMP-03")
def test_pupil_who_leaves_and_comes_back_has_all_of_it(bring, by_hand):
    gone = on_a_full_roll(small_extract(generated_at=NIGHTS[1]))
    for file, column in (
        ("pupils.csv", "mis_id"),
        ("contacts.csv", "pupil_mis_id"),
        ("memberships.csv", "pupil_mis_id"),
        ("attendance.csv", "pupil_mis_id"),
        ("links.csv", "pupil_mis_id"),
    ):
        gone.files[file] = [row for row in gone.files[file] if row[column] != "P1"]
    assert bring(gone).state == "applied"
    assert pupils()["P1"].archived_at is not None
    bring(on_a_full_roll(small_extract(generated_at=NIGHTS[2])))
    assert pupils()["P1"].archived_at is None
    assert own_rows() == by_hand


@pytest.mark.spec("STU-21", "IMP-10")
def test_spreadsheet_leaves_what_was_made_by_hand(bring, by_hand, in_a):
    from core.access import SYSTEM
    from tenant_apps.imports.services import apply_import, match_by_headings, receive_extract

    content = b"mis_id,Surname,Forename,DOB,start_date\nP1,Marsh,Amy,2012-03-04,2024-09-02\n"
    sheet = receive_extract([content], file_name="a.csv", source="command", by=SYSTEM, form="pupils")
    match_by_headings(import_id=sheet, columns={}, by=SYSTEM)
    assert apply_import(import_id=sheet) == "applied"
    assert pupils()["P1"].legal_surname == "Marsh"
    assert own_rows() == by_hand
