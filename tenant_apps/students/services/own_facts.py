"""What staff put on a pupil by hand: summary, keywords and agencies. Imports never touch them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core.access import Access
from core.access.enums import OverviewBlock, SystemPermission
from core.audit.services import record
from core.db.clock import now
from core.db.text import search_key
from tenant_apps.agencies.services import hold_agencies
from tenant_apps.students.models import AgencyInvolvement, Keyword, Student, Summary
from tenant_apps.students.selectors.records import get_student

MOST_KEYWORDS = 30


class SummaryChangedError(Exception):
    """Somebody else changed the summary since it was read; `text` is theirs and `number` its version."""

    def __init__(self, number: int, text: str, written_by: UUID | None) -> None:
        super().__init__("The summary was changed meanwhile.")
        self.number, self.text, self.written_by = number, text, written_by


class TooManyKeywordsError(Exception):
    """A pupil has at most MOST_KEYWORDS keywords."""


class AgencyNotOfferedError(Exception):
    """An agency that is not there, or was disabled."""


@transaction.atomic
def write_summary(*, student_id: UUID, text: str, seen: int, by: Access, at: datetime | None = None) -> bool:
    """The one line at the top of the overview; whether it changed. Line breaks become spaces.

    `seen` is the number of the version that the writer had before them, 0 for none: SummaryChangedError where
    another one holds by now. An unchanged text writes nothing. Http404 and PermissionDenied as for reading.
    """
    hold_facts(student_id, by)
    last = Summary.objects.filter(student_id=student_id).order_by("-number").first()
    text = " ".join(text.split())
    held, number = (last.text, last.number) if last else ("", 0)
    if text == held:
        return False
    if number != seen:
        raise SummaryChangedError(number, held, last.written_by_id if last else None)
    moment = at or now()
    Summary.objects.create(
        student_id=student_id, number=number + 1, text=text, written_by_id=by.user_id, written_at=moment
    )
    _note("student.summary_changed", student_id, by, {"version": number + 1}, moment)
    return True


@transaction.atomic
def change_keywords(
    *,
    student_id: UUID,
    added: Iterable[str],
    removed: Iterable[str] = (),
    by: Access,
    at: datetime | None = None,
) -> int:
    """Put words on a pupil and take words off; how many changed. Capitals and accents make no other word.

    What is there already is not put twice, what is gone already stays gone. Raises TooManyKeywordsError.
    """
    hold_facts(student_id, by)
    moment = at or now()
    standing = Keyword.objects.filter(student_id=student_id, removed_at=None)
    gone = {search_key(word) for word in removed}
    taken_off = standing.filter(key__in=gone).update(removed_by_id=by.user_id, removed_at=moment)
    there = set(standing.values_list("key", flat=True))
    wanted: dict[str, str] = {}
    for word in added:
        wanted.setdefault(search_key(word), " ".join(word.split()))
    new = {key: word for key, word in wanted.items() if key and key not in there}
    if len(there) + len(new) > MOST_KEYWORDS:
        raise TooManyKeywordsError
    Keyword.objects.bulk_create(
        Keyword(student_id=student_id, word=word, key=key, added_by_id=by.user_id, added_at=moment)
        for key, word in new.items()
    )
    if new or taken_off:
        _note("student.keywords_changed", student_id, by, {"added": len(new), "removed": taken_off}, moment)
    return len(new) + taken_off


@transaction.atomic
def change_agencies(
    *,
    student_id: UUID,
    added: Collection[UUID],
    removed: Collection[UUID] = (),
    by: Access,
    at: datetime | None = None,
) -> int:
    """Note agencies as involved with a pupil, and end involvements; how many changed.

    Raises AgencyNotOfferedError for a new one that forms do not offer.
    """
    offered = hold_agencies(added)
    hold_facts(student_id, by)
    moment = at or now()
    standing = AgencyInvolvement.objects.filter(student_id=student_id, removed_at=None)
    ended = set(standing.filter(agency_id__in=removed).values_list("agency_id", flat=True))
    standing.filter(agency_id__in=ended).update(removed_by_id=by.user_id, removed_at=moment)
    new = set(added) - set(standing.values_list("agency_id", flat=True))
    if not new <= offered:
        raise AgencyNotOfferedError
    AgencyInvolvement.objects.bulk_create(
        AgencyInvolvement(student_id=student_id, agency_id=agency_id, added_by_id=by.user_id, added_at=moment)
        for agency_id in sorted(new)
    )
    if new or ended:
        detail = {"added": sorted(map(str, new)), "removed": sorted(map(str, ended))}
        _note("student.agencies_changed", student_id, by, detail, moment)
    return len(new) + len(ended)


def hold_facts(student_id: UUID, by: Access) -> None:
    """Two people who change the same pupil wait for one another; who adds an incident does not wait."""
    if not by.is_system:
        if not by.is_elevated or not by.can(SystemPermission.VIEW_STUDENT_DETAILS):
            raise PermissionDenied
        if OverviewBlock.SUMMARY not in by.overview_blocks:
            raise PermissionDenied("Who does not see summary, keywords and agencies does not change them.")
        get_student(by, student_id)
    Student.objects.select_for_update(no_key=True).get(pk=student_id)


def _note(
    event: str, student_id: UUID, by: Access, detail: Mapping[str, int | list[str]], moment: datetime
) -> None:
    record(event, by=by, students=[student_id], record=("student", student_id), detail=detail, at=moment)
