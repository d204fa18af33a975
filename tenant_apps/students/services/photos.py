"""The photographs that an extract brings, within the import's own transaction and after match_pupils."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from core.access import Access
from core.audit.services import record
from tenant_apps.students.models import Student

STUDENTS = Student._meta.db_table


@dataclass(frozen=True, slots=True)
class NamedPhoto:
    """What an extract says of one pupil's photograph: the file's name, empty for none; the SHA-256 of the
    file that stands behind the present one, empty for none."""

    student_id: UUID
    file: str
    sha256: str


def named_photos() -> list[NamedPhoto]:
    """The staged pupils who have a photograph or are to have one, in the order of the file."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT e.student_id, e.photo, coalesce(s.photo_sha256, '') FROM extract_pupils e"
            f" LEFT JOIN {STUDENTS} s ON s.id = e.student_id"
            " WHERE e.photo <> '' OR s.photo_sha256 <> '' ORDER BY e.line"
        )
        return [NamedPhoto(*row) for row in cursor.fetchall()]


def warn_of_photos(codes: Mapping[UUID, str]) -> None:
    """Add a warning to staged pupils whose photograph cannot be taken; before merge_pupils."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE extract_pupils SET warnings = warnings ||"
            " jsonb_build_array(jsonb_build_object('code', %s::text, 'field', 'photo', 'value', ''))"
            " WHERE student_id = %s",
            [(code, student_id) for student_id, code in codes.items()],
        )


def name_photo(
    *, student_id: UUID, document_id: UUID | None, sha256: str, by: Access, at: datetime | None = None
) -> None:
    """The document is the pupil's photograph from now on, drawn from the file with this SHA-256; None and ""
    when the pupil has none any more."""
    Student.objects.filter(pk=student_id).update(photo_document_id=document_id, photo_sha256=sha256)
    record("student.photo_changed", by=by, students=[student_id], detail={"document": document_id}, at=at)
