"""What was taken out of a leaver's record does not come back with the next extract, unless the child does."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from core.access import SYSTEM
from tests.data.extracts import ExtractBook, on_a_full_roll, small_extract


def night(day: int, *, leaving: str = "2025-07-18") -> ExtractBook:
    """Amelia with all that a MIS knows of her, and a sibling; she left, as the MIS says every night."""
    book = on_a_full_roll(small_extract(generated_at=f"2026-11-{day}T22:05:00+00:00"))
    more = {
        "medical_notes": "Inhaler",
        "address": "9 Close",
        "sen_needs": "ASD",
        "former_upn": "",
        "photo": "",
    }
    for row in book.files["pupils.csv"]:
        row.update(dict.fromkeys(more, ""))
    book.files["pupils.csv"][0] |= more | {"leaving_date": leaving, "religion": "None"}
    return book


def known_of_amelia() -> list[Any]:
    from tenant_apps.students.models import Contact, Student, StudentLink

    amelia = Student.objects.get(mis_id="P1")
    contacts = Contact.objects.filter(student=amelia, ended_at=None).exclude(surname="").count()
    links = StudentLink.objects.filter(student=amelia, ended_at=None).count()
    return [amelia.medical_notes, amelia.address, amelia.sen_needs, amelia.religion, contacts, links]


@pytest.mark.spec("SAF-55", "IMP-03")
def test_leavers_whom_the_mis_still_names_stay_reduced_and_who_comes_back_is_whole(bring: Any) -> None:
    from tenant_apps.students.models import Student
    from tenant_apps.students.services import reduce_records

    bring(night(18, leaving=""))
    whole = known_of_amelia()
    assert whole == ["Inhaler", "9 Close", ["ASD"], "None", 2, 1]
    long_ago = timezone.now() - timedelta(days=400)
    assert bring(night(19), at=long_ago).state == "applied"
    amelia = Student.objects.get(mis_id="P1")
    assert amelia.archived_at is not None
    assert reduce_records(student_ids=[amelia.pk], by=SYSTEM) == [amelia.pk]
    emptied = ["", "", [], "", 0, 0]
    assert known_of_amelia() == emptied

    entry = bring(night(20))
    assert entry.state == "applied", entry.faults
    assert known_of_amelia() == emptied
    told = {word: number for file in entry.counts.values() for word, number in file.items() if word != "read"}
    assert set(told.values()) == {0}

    assert bring(night(21, leaving="")).state == "applied"
    assert known_of_amelia() == whole
    amelia.refresh_from_db()
    assert (amelia.archived_at, amelia.reduced_at) == (None, None)
