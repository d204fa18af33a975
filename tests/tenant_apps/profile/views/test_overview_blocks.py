"""SAF-12: a user group sees the blocks of the overview that are ticked for it; the rest is not read."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.access import SYSTEM
from core.access.enums import OverviewBlock
from tenant_apps.staff.models import UserGroup
from tenant_apps.students.models import Contact, Student
from tenant_apps.students.services import write_summary

pytestmark = [pytest.mark.django_db, pytest.mark.spec("SAF-12")]

# What each block holds, and the column or table that nobody reads without it.
HELD = {
    OverviewBlock.NAME_AND_CLASS: ("Leaving destination", "leaving_destination"),
    OverviewBlock.SEN_AND_MEDICAL: ("zebra-medical", "medical_notes"),
    OverviewBlock.CONTACTS: ("zebra-contact", "home_phone"),
    OverviewBlock.SENSITIVE: ("zebra-religion", "religion"),
    OverviewBlock.SUMMARY: ("zebra-summary", "students_summary"),
}


@pytest.fixture
def pupil(in_a, students_a):
    from tenant_apps.classes.models import StudentGroup
    from tenant_apps.students.models import Membership

    pupil = students_a[0]
    group = StudentGroup.objects.create(mis_id="T1", kind="tutor", name="7A", sort_key="7a")
    Membership.objects.create(student=pupil, group=group, start_date="2026-01-01")
    Student.objects.filter(pk=pupil.pk).update(
        medical_notes="zebra-medical", religion="zebra-religion", leaving_destination="zebra-college"
    )
    write_summary(student_id=pupil.pk, text="zebra-summary", seen=0, by=SYSTEM)
    Contact.objects.create(student=pupil, priority=1, forename="zebra-contact", surname="Q", court_order=True)
    return pupil


@pytest.mark.parametrize("block", HELD)
def test_block_is_shown_and_read_with_the_tick_only(pupil, cast, client_for, block):
    word, column = HELD[block]
    path = f"/students/{pupil.pk}/"
    for blocks in (set(HELD) - {block}, {block}):
        UserGroup.objects.filter(name="Teachers").update(overview_blocks=[one.value for one in blocks])
        browser = client_for(cast.teacher)
        with CaptureQueriesContext(connection) as asked:
            page = browser.get(path).content.decode()
        assert (word in page) is (block in blocks)
        assert any(column in query["sql"] for query in asked) is (block in blocks)
        # Whom a child may be given to is everybody's to know.
        assert "Court order: ask the DSL" in page


def test_groups_of_a_new_school_see_their_blocks(in_a, cast):
    first_two = {OverviewBlock.NAME_AND_CLASS, OverviewBlock.SEN_AND_MEDICAL}
    assert cast.teacher.access.overview_blocks == first_two
    for part in ("head", "lead", "pastoral"):
        assert getattr(cast, part).access.overview_blocks == set(OverviewBlock)
    assert not cast.data.access.overview_blocks
