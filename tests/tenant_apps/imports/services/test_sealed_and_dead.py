"""What an extract does not find, and whom it does not bring back."""

from datetime import date
from typing import Any

import pytest

from core.access import SYSTEM
from tests.data.extracts import on_a_full_roll, small_extract, upn


@pytest.mark.spec("SAF-35")
def test_an_extract_makes_a_record_of_its_own_beside_a_sealed_one(bring: Any, cast: Any) -> None:
    from tenant_apps.students.models import Student, StudentLink
    from tenant_apps.students.services import seal_record

    bring(on_a_full_roll(small_extract()))
    sealed = Student.objects.get(mis_id="P1")
    seal_record(student_id=sealed.pk, readers=[cast.lead.user.pk, cast.head.user.pk], by=SYSTEM)
    before = Student.objects.filter(pk=sealed.pk).values().get()
    links = list(StudentLink.objects.filter(student=sealed).values())
    extract = on_a_full_roll(small_extract())
    extract.generated_at = "2026-11-21T22:05:00+00:00"
    # Adopted: another name and UPN, and the former one tells the MIS's own history.
    extract.files["pupils.csv"][0] |= {"legal_surname": "Newname", "upn": upn(9), "former_upn": upn(1)}
    entry = bring(extract)
    assert entry.state == "applied", entry.faults
    assert Student.objects.filter(pk=sealed.pk).values().get() == before
    assert list(StudentLink.objects.filter(student=sealed).values()) == links
    fresh = Student.objects.get(mis_id="P1")
    assert (fresh.legal_surname, fresh.upn) == ("Newname", upn(9))
    assert fresh.pk != sealed.pk
    assert "O'Connor" not in str([entry.faults, entry.warnings, entry.counts, fresh.warnings])


@pytest.mark.spec("SAF-36")
def test_no_extract_brings_back_a_child_who_died(bring: Any) -> None:
    from tenant_apps.students.models import Membership, Student
    from tenant_apps.students.services import note_death

    bring(on_a_full_roll(small_extract()))
    amelia = Student.objects.get(mis_id="P1")
    note_death(student_id=amelia.pk, died_on=date(2026, 11, 1), by=SYSTEM)
    extract = on_a_full_roll(small_extract())
    extract.generated_at = "2026-11-21T22:05:00+00:00"
    assert bring(extract).state == "applied"
    amelia.refresh_from_db()
    assert amelia.archived_at is not None
    assert not Membership.objects.filter(student=amelia, end_date__isnull=True).exists()
