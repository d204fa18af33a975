"""What staff answer about a pupil in the school's own fields. A change ends the answer and makes another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from tenant_apps.form_builder.adapters import AnswerGiven, in_words
from tenant_apps.students.models import StudentAnswer
from tenant_apps.students.services.own_facts import hold_facts


class AnswerChangedError(Exception):
    """Somebody else answered since the page was opened; `standing` is their answer, None where they took it
    out.
    """

    def __init__(self, field_id: UUID, standing: StudentAnswer | None) -> None:
        super().__init__("The answer was changed meanwhile.")
        self.field_id = field_id
        self.number = standing.pk if standing else None
        self.words = in_words(standing.kind, standing.values) if standing else ""


@transaction.atomic
def change_answers(
    *,
    student_id: UUID,
    answers: Iterable[AnswerGiven],
    seen: Mapping[UUID, UUID | None],
    by: Access,
    at: datetime | None = None,
) -> int:
    """Answers the fields, one without values being taken out; how many changed. Other fields keep theirs.

    `seen` is, by field, the answer that the writer had before them: what they did not change against it stays
    as it is, whoever changed it meanwhile. Raises AnswerChangedError, Http404 and PermissionDenied as for the
    summary.
    """
    hold_facts(student_id, by)
    moment = at or now()
    kept = list(StudentAnswer.objects.filter(student=student_id, field__in=seen).order_by("answered_at"))
    standing = {one.field_id: one for one in kept if one.ended_at is None}
    by_id: dict[UUID | None, StudentAnswer] = {one.pk: one for one in kept}
    changed = []
    for given in answers:
        stands, before = standing.get(given.field_id), by_id.get(seen.get(given.field_id))
        if _values(before) == given.values or _values(stands) == given.values:
            continue
        if stands is not before:
            raise AnswerChangedError(given.field_id, stands)
        changed.append(given)
    StudentAnswer.objects.filter(
        pk__in=[standing[one.field_id].pk for one in changed if one.field_id in standing]
    ).update(ended_at=moment, ended_by_id=by.user_id)
    StudentAnswer.objects.bulk_create(
        StudentAnswer(
            student_id=student_id,
            field_id=one.field_id,
            name=one.name,
            kind=one.kind,
            values=list(one.values),
            position=one.position,
            answered_at=moment,
            answered_by_id=by.user_id,
        )
        for one in changed
        if one.values
    )
    if changed:
        record(
            "student.answers_changed",
            by=by,
            students=[student_id],
            record=("student", student_id),
            detail={"fields": sorted(str(one.field_id) for one in changed)},
            at=moment,
        )
    return len(changed)


def _values(answer: StudentAnswer | None) -> tuple[str, ...]:
    return tuple(answer.values) if answer else ()
