"""A former UPN under another surname may be an adoption: an administrator says if it is the same child."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from tests.data.extracts import pupil, small_extract, upn

LATER = "2026-11-21T22:05:00+00:00"


def student(**where: Any) -> Any:
    from tenant_apps.students.models import Student

    return Student.objects.get(**where)


@pytest.fixture
def held(bring: Any) -> Any:
    """Jakub Łukaszewski's former UPN comes with another surname."""
    bring(small_extract())
    changes = small_extract(kind="changes", generated_at=LATER)
    coming = pupil(7, "Jakub", "Adopted", upn=upn(7), former_upn=upn(2), date_of_birth="2012-03-04")
    changes.files = {"pupils.csv": [coming]}
    return bring(changes)


def key_of(entry: Any) -> str:
    return entry.differences["questions"][0]["key"]


@pytest.mark.spec("SAF-34")
def test_it_is_held_and_asks_with_both_names(held, cast, client_for):
    from tenant_apps.students.models import Student

    assert held.state == "held"
    assert held.warnings == ["pupils.csv: line 2 has the former UPN of a student under another surname."]
    assert Student.objects.count() == 3
    page = client_for(cast.head).get(reverse("imports:detail", args=[held.pk])).content.decode()
    assert "Is Jakub Adopted, born 4 March 2012, the student Jakub Łukaszewski" in page
    assert "Same child" in page
    assert "Different child" in page


@pytest.mark.spec("SAF-34")
@pytest.mark.parametrize("answer", ["same", "different"])
def test_it_does_what_the_administrator_says(bring, held, cast, client_for, run_outbox, answer):
    from core.audit.models import AuditEvent
    from tenant_apps.students.models import Student

    jakub = student(mis_id="P2")
    head = client_for(cast.head)
    address = reverse("imports:decide", args=[held.pk])
    # Nothing is applied while the question stands.
    head.post(address, {"decision": "apply"})
    head.post(address, {"decision": "apply", "child-0": "perhaps"})
    held.refresh_from_db()
    assert held.state == "held"

    head.post(address, {"decision": "apply", "child-0": answer})
    run_outbox()
    held.refresh_from_db()
    assert held.state == "applied", held.warnings
    event = AuditEvent.objects.get(event="extract.child_told")
    assert (event.student_ids, event.detail["answer"]) == ([jakub.pk], answer)
    new = student(mis_id="P7")
    if answer == "same":
        assert (new.pk, new.legal_surname, new.upn) == (jakub.pk, "Adopted", upn(7))
        assert Student.objects.count() == 3
    else:
        assert new.pk != jakub.pk
        assert student(mis_id="P2").legal_surname == "Łukaszewski"
        assert new.warnings == []
        # It is not asked again, night after night.
        again = small_extract(kind="changes", generated_at="2026-11-22T22:05:00+00:00")
        again.files = {"pupils.csv": [pupil(7, "Jakub", "Adopted", upn=upn(7), former_upn=upn(2))]}
        assert bring(again).state == "applied"


@pytest.mark.spec("SAF-34")
def test_whoever_may_not_see_the_student_learns_no_name_and_cannot_say_it(held, cast, client_for):
    from tenant_apps.imports.services import decide_import

    office = client_for(cast.data)
    page = office.get(reverse("imports:detail", args=[held.pk])).content.decode()
    if "Łukaszewski" in page:
        pytest.fail("The data manager sees no students; the name of one stands on the page.")
    assert "A student whom you may not see" in page
    with pytest.raises(ValidationError, match="Say of each student"):
        decide_import(
            import_id=held.pk, decision="apply", by=cast.data.access, answers={key_of(held): "same"}
        )
    decide_import(import_id=held.pk, decision="reject", by=cast.data.access)
    held.refresh_from_db()
    assert held.state == "rejected"


@pytest.mark.spec("SAF-34")
def test_nobody_is_asked_about_a_sealed_record(bring, cast):
    from core.db.clock import now
    from tenant_apps.students.models import Seal

    bring(small_extract())
    jakub = student(mis_id="P2")
    people = {"first_reader": cast.head.user, "second_reader": cast.lead.user}
    Seal.objects.create(student=jakub, sealed_at=now(), sealed_by=cast.head.user, **people)
    changes = small_extract(kind="changes", generated_at=LATER)
    changes.files = {"pupils.csv": [pupil(7, "Jakub", "Adopted", upn=upn(7), former_upn=upn(2))]}
    entry = bring(changes)
    assert (entry.state, entry.warnings) == ("applied", [])
    assert student(mis_id="P7").pk != jakub.pk
