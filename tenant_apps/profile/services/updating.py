""" "Update Student": everything the edit page holds, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.access import Access
from tenant_apps.form_builder.adapters import AnswerGiven
from tenant_apps.monitoring.services import end, start
from tenant_apps.students.services import (
    change_agencies,
    change_answers,
    change_keywords,
    write_summary,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFactsChange:
    """What was typed, with the version of the summary that stood on the page."""

    summary: str
    summary_seen: int
    keywords_added: tuple[str, ...]
    keywords_removed: tuple[str, ...]
    agencies_added: AbstractSet[UUID]
    agencies_removed: AbstractSet[UUID]
    answers: Sequence[AnswerGiven] = ()
    answers_seen: Mapping[UUID, UUID | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentChange:
    """Only what the person changed against the page they had: what others change meanwhile stays theirs."""

    started: AbstractSet[UUID]
    ended: AbstractSet[UUID]
    own_facts: OwnFactsChange | None
    """None for those who do not see summary, keywords and agencies."""


@transaction.atomic
def update_student(
    *, student_id: UUID, change: StudentChange, by: Access, at: datetime | None = None
) -> None:
    """Save the edit page of one pupil, or nothing of it.

    Raises what the services beneath do: PermissionDenied, Http404, SummaryChangedError, TooManyKeywordsError,
    AnswerChangedError, AgencyNotOfferedError.
    """
    # Monitoring first: it holds categories, which is done before anything else is locked.
    if change.started:
        start(student_ids=[student_id], category_ids=change.started, by=by, source=("hand", None), at=at)
    if change.ended:
        end(student_ids=[student_id], category_ids=change.ended, by=by, at=at)
    facts = change.own_facts
    if facts is None:
        return
    change_agencies(
        student_id=student_id, added=facts.agencies_added, removed=facts.agencies_removed, by=by, at=at
    )
    write_summary(student_id=student_id, text=facts.summary, seen=facts.summary_seen, by=by, at=at)
    change_keywords(
        student_id=student_id, added=facts.keywords_added, removed=facts.keywords_removed, by=by, at=at
    )
    if facts.answers:
        change_answers(student_id=student_id, answers=facts.answers, seen=facts.answers_seen, by=by, at=at)
