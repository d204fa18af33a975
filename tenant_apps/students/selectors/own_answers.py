"""What staff answered about a pupil in the school's own fields, for those whose group sees that block."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from core.access import Access
from core.access.enums import OverviewBlock
from tenant_apps.form_builder.adapters import in_words
from tenant_apps.students.models import Student, StudentAnswer
from tenant_apps.students.selectors.hiding import hide_names


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """An answer as it stands: its row, the field with the name it had then, and what is told, in words too.

    Names are hidden in the words where the session hides them, never in `values`.
    """

    id: UUID
    field_id: UUID
    name: str
    kind: str
    values: list[str]
    words: str


def own_answers(access: Access, student: Student) -> list[OwnAnswer]:
    """The answers about a pupil that get_student returned; none, and not read, without the block.

    One query.
    """
    if OverviewBlock.SUMMARY not in access.overview_blocks:
        return []
    rows = StudentAnswer.objects.filter(student=student, ended_at=None).order_by("position", "id")
    return [
        OwnAnswer(
            id=row.pk,
            field_id=row.field_id,
            name=row.name,
            kind=row.kind,
            values=row.values,
            words=hide_names(in_words(row.kind, row.values), about=[student.pk]),
        )
        for row in rows
    ]
