"""Summary, keywords and agencies of a pupil: written by hand, kept for good."""

from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied
from django.db import ProgrammingError, transaction
from django.http import Http404

from core.access import SYSTEM
from core.access.enums import OverviewBlock
from core.audit.models import AuditEvent
from tenant_apps.agencies.selectors import enabled_agencies, is_deletable
from tenant_apps.agencies.services import delete_or_disable
from tenant_apps.students.models import AgencyInvolvement, Keyword, Summary
from tenant_apps.students.selectors import get_student, own_facts, search_students
from tenant_apps.students.services import (
    MOST_KEYWORDS,
    AgencyNotOfferedError,
    SummaryChangedError,
    TooManyKeywordsError,
    change_agencies,
    change_keywords,
    write_summary,
)


def facts(access, pupil):
    return own_facts(access, get_student(access, pupil.pk))


@pytest.mark.spec("STU-12")
def test_summary_is_one_line_and_its_earlier_versions_stay(students_a, cast):
    pupil, lead = students_a[0], cast.lead.access
    assert write_summary(student_id=pupil.pk, text="Lives with\n her aunt.", seen=0, by=lead)
    assert facts(lead, pupil).summary == "Lives with her aunt."
    assert not write_summary(student_id=pupil.pk, text="Lives with her aunt. ", seen=0, by=lead)
    assert write_summary(student_id=pupil.pk, text="", seen=1, by=lead)
    assert facts(lead, pupil).summary == ""
    assert list(Summary.objects.order_by("number").values_list("text", "written_by")) == [
        ("Lives with her aunt.", cast.lead.user.pk),
        ("", cast.lead.user.pk),
    ]
    event = AuditEvent.objects.filter(event="student.summary_changed").first()
    assert event.student_ids == [pupil.pk]
    assert "aunt" not in str(event.detail)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Summary.objects.update(text="another")


@pytest.mark.spec("STU-12")
def test_whoever_had_an_older_summary_before_them_is_told_and_nothing_is_written(students_a, cast):
    pupil = students_a[0]
    write_summary(student_id=pupil.pk, text="By the deputy.", seen=0, by=cast.deputy.access)
    with pytest.raises(SummaryChangedError) as told:
        write_summary(student_id=pupil.pk, text="By the lead.", seen=0, by=cast.lead.access)
    assert (told.value.number, told.value.text) == (1, "By the deputy.")
    assert told.value.written_by == cast.deputy.user.pk
    assert facts(cast.lead.access, pupil).summary == "By the deputy."


@pytest.mark.spec("STU-14")
def test_keyword_is_put_on_once_and_its_removal_leaves_the_row(students_a, cast):
    pupil, lead = students_a[0], cast.lead.access
    words = ["Young carer", "young  CARER", "épilepsie"]
    assert change_keywords(student_id=pupil.pk, added=words, by=lead) == 2
    assert change_keywords(student_id=pupil.pk, added=["Epilepsie"], by=lead) == 0
    assert facts(lead, pupil).keywords == ["épilepsie", "Young carer"]
    assert change_keywords(student_id=pupil.pk, added=[], removed=["YOUNG carer"], by=lead) == 1
    assert facts(lead, pupil).keywords == ["épilepsie"]
    gone = Keyword.objects.get(removed_at__isnull=False)
    assert gone.removed_by_id == cast.lead.user.pk
    event = AuditEvent.objects.filter(event="student.keywords_changed").last()
    assert event.detail == {"added": 0, "removed": 1}
    with pytest.raises(TooManyKeywordsError):
        change_keywords(student_id=pupil.pk, added=[f"w{n}" for n in range(MOST_KEYWORDS)], by=lead)


@pytest.mark.spec("STU-14")
def test_search_finds_by_keyword_for_those_who_see_keywords_only(students_a, cast):
    pupil, lead = students_a[0], cast.lead.access
    change_keywords(student_id=pupil.pk, added=["Young carer"], by=lead)

    def found(access, term):
        return [row.id for row in search_students(access, term)]

    assert found(lead, "carer") == [pupil.pk]
    assert found(lead, f"{pupil.legal_surname} carer") == [pupil.pk]
    assert found(lead, "carer nobody") == []
    assert found(replace(lead, overview_blocks=frozenset({OverviewBlock.CONTACTS})), "carer") == []
    change_keywords(student_id=pupil.pk, added=[], removed=["young carer"], by=lead)
    assert found(lead, "carer") == []


@pytest.mark.spec("STU-15")
def test_agency_is_involved_until_taken_off_and_can_not_be_deleted_any_more(students_a, cast):
    pupil, lead = students_a[0], cast.lead.access
    agency, other, *_ = enabled_agencies()
    assert is_deletable(agency.id)
    assert change_agencies(student_id=pupil.pk, added={agency.id}, by=lead) == 1
    assert change_agencies(student_id=pupil.pk, added={agency.id}, by=lead) == 0
    assert facts(lead, pupil).agencies == [agency]
    assert change_agencies(student_id=pupil.pk, added=set(), removed={agency.id}, by=lead) == 1
    assert facts(lead, pupil).agencies == []
    row = AgencyInvolvement.objects.get()
    assert (row.added_by_id, row.removed_by_id) == (cast.lead.user.pk, cast.lead.user.pk)
    # It was used once: gone from the forms it may be, gone for good it may not.
    assert not is_deletable(agency.id)
    assert delete_or_disable(agency_id=agency.id, by=SYSTEM) is False
    with pytest.raises(AgencyNotOfferedError):
        change_agencies(student_id=pupil.pk, added={agency.id}, by=lead)
    event = AuditEvent.objects.filter(event="student.agencies_changed").first()
    assert event.detail == {"added": [str(agency.id)], "removed": []}
    assert is_deletable(other.id)


@pytest.mark.spec("STU-12", "STU-14", "STU-15", "SAF-12")
@pytest.mark.parametrize("who", ["teacher", "support", "data", "lead without key", "lead without block"])
def test_who_does_not_see_the_block_writes_and_reads_nothing_of_it(students_a, cast, who):
    pupil = students_a[0]
    write_summary(student_id=pupil.pk, text="zebra", seen=0, by=cast.deputy.access)
    by = {
        "lead without key": cast.lead.plain_access,
        "lead without block": replace(cast.lead.access, overview_blocks=frozenset()),
    }.get(who) or getattr(cast, who).access
    with pytest.raises(PermissionDenied):
        write_summary(student_id=pupil.pk, text="mine", seen=1, by=by)
    with pytest.raises(PermissionDenied):
        change_keywords(student_id=pupil.pk, added=["mine"], by=by)
    with pytest.raises(PermissionDenied):
        change_agencies(student_id=pupil.pk, added={enabled_agencies()[0].id}, by=by)
    assert own_facts(by, pupil) is None
    assert (Summary.objects.count(), Keyword.objects.count(), AgencyInvolvement.objects.count()) == (1, 0, 0)


@pytest.mark.spec("STU-12", "GRP-08")
def test_pupil_outside_ones_classes_is_not_found(students_a, cast):
    limited = replace(
        cast.lead.access, classes=frozenset(), restricted_kinds=frozenset({"tutor"}), sees_ungrouped=False
    )
    with pytest.raises(Http404):
        write_summary(student_id=students_a[0].pk, text="mine", seen=0, by=limited)
    with pytest.raises(Http404):
        change_keywords(student_id=students_a[0].pk, added=["mine"], by=limited)
    assert not Summary.objects.exists()
    assert not Keyword.objects.exists()


@pytest.mark.fault
@pytest.mark.spec("STU-12", "STU-14")
def test_two_writers_at_once_both_are_kept_or_told(own_database, product_environment):
    """One summary wins and the other is told; the same keyword stands once."""
    import subprocess
    import sys

    environment = product_environment | {"PYTHONPATH": ".:platform"}
    ids = subprocess.run(
        [sys.executable, "-c", PUPIL], env=environment, capture_output=True, text=True, check=True
    ).stdout
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for racer in racers:
        assert racer.stdout.readline() == "ready\n"
    for number, racer in enumerate(racers):
        racer.stdin.write(f"{ids.strip()} {number}\n")
        racer.stdin.flush()
    said = [racer.communicate(timeout=60)[0].split() for racer in racers]
    assert sorted(summary for summary, _ in said) == ["told", "told", "written"]
    assert sorted(keywords for _, keywords in said) == ["0", "0", "1"]


PUPIL = """
import django
django.setup()
from core.tenancy import in_school
from tenants.selectors import get_school_by_subdomain
with in_school(get_school_by_subdomain("ashgrove")):
    from tenant_apps.students.models import Student
    names = {"legal_forename": "Ann", "legal_surname": "Bee", "sort_key": "bee  ann", "search_key": "ann bee"}
    print(Student.objects.create(mis_id="1", year_group="7", **names).pk)
"""

RACER = """
import sys, django
django.setup()
from uuid import UUID
from core.access import SYSTEM
from core.tenancy import in_school
from tenants.selectors import get_school_by_subdomain
with in_school(get_school_by_subdomain("ashgrove")):
    from tenant_apps.students.services import SummaryChangedError, change_keywords, write_summary
    print("ready", flush=True)
    student, number = sys.stdin.readline().split()
    student = UUID(student)
    try:
        write_summary(student_id=student, text=f"Line {number}", seen=0, by=SYSTEM)
        print("written")
    except SummaryChangedError:
        print("told")
    print(change_keywords(student_id=student, added=["carer"], by=SYSTEM))
"""
