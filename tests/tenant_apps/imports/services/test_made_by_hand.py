"""What people put on a pupil stays as it is, whatever the next extracts say or leave out."""

from typing import Any

import pytest

from core.access import SYSTEM
from tests.data.extracts import on_a_full_roll, small_extract


@pytest.mark.spec("STU-21", "STU-03")
def test_imports_leave_what_was_made_by_hand(bring: Any) -> None:
    from tenant_apps.students.enums import OwnRelationship
    from tenant_apps.students.models import (
        Contact,
        CourtOrder,
        Keyword,
        SiblingElsewhere,
        Student,
        StudentLink,
        Summary,
    )
    from tenant_apps.students.services import (
        ContactGiven,
        CourtOrderGiven,
        SiblingGiven,
        add_contact,
        add_court_order,
        add_link,
        add_sibling_elsewhere,
        change_keywords,
        withhold_address,
        write_summary,
    )

    bring(on_a_full_roll(small_extract()))
    amelia, oliver = (Student.objects.get(mis_id=number) for number in ("P1", "P3"))
    mother = Contact.objects.get(student=amelia, mis_id="C1")
    given = ContactGiven(surname="Marsh", relationship="Social worker")
    add_contact(student_id=amelia.pk, given=given, by=SYSTEM)
    add_link(student_id=amelia.pk, linked_id=oliver.pk, relationship=OwnRelationship.COUSIN, by=SYSTEM)
    jakub = Student.objects.get(mis_id="P2")
    add_link(
        student_id=amelia.pk, linked_id=jakub.pk, relationship=OwnRelationship.FRIEND, note="Own", by=SYSTEM
    )
    add_sibling_elsewhere(student_id=amelia.pk, given=SiblingGiven(name="Kim", school="B"), by=SYSTEM)
    add_court_order(student_id=amelia.pk, given=CourtOrderGiven(who="Him", what="No."), by=SYSTEM)
    change_keywords(student_id=amelia.pk, added=["walks alone"], by=SYSTEM)
    write_summary(student_id=amelia.pk, text="Walks home alone", seen=0, by=SYSTEM)
    for contact_id in (mother.pk, None):
        withhold_address(student_id=amelia.pk, contact_id=contact_id, is_withheld=True, by=SYSTEM)

    def by_hand() -> list[Any]:
        return [
            list(Contact.objects.filter(source="hand").order_by("id").values()),
            list(StudentLink.objects.filter(source="hand").order_by("id").values()),
            *(list(table.objects.values()) for table in (SiblingElsewhere, CourtOrder, Keyword, Summary)),
            list(Contact.objects.filter(address_withheld=True).values_list("mis_id", flat=True)),
            list(Student.objects.filter(address_withheld=True).values_list("mis_id", flat=True)),
        ]

    before = by_hand()
    assert [len(rows) for rows in before] == [1, 4, 1, 1, 1, 1, 1, 1]
    # The MIS changes the pupil, moves the mother, forgets the father and the link; then the pupil leaves
    # and comes back.
    extract = on_a_full_roll(small_extract())
    extract.generated_at = "2026-11-21T22:05:00+00:00"
    extract.files["pupils.csv"][0] |= {"preferred_forename": "Mia", "address": "1 New Road"}
    extract.files["contacts.csv"] = [extract.files["contacts.csv"][0] | {"address": "1 New Road"}]
    extract.files["links.csv"] = []
    assert bring(extract).state == "applied"
    assert Contact.objects.get(mis_id="C1").address == "1 New Road"
    assert Contact.objects.get(mis_id="C2").ended_at is not None
    assert by_hand() == before
    for number, leaving in ((22, "2026-11-20"), (23, "")):
        extract.generated_at = f"2026-11-{number}T22:05:00+00:00"
        extract.kind = "changes"
        extract.files["pupils.csv"] = [extract.files["pupils.csv"][0] | {"leaving_date": leaving}]
        assert bring(extract).state == "applied"
        assert (Student.objects.get(pk=amelia.pk).archived_at is not None) is bool(leaving)
        assert by_hand() == before
