"""Keeps an import from filling again what was taken out of the records of leavers."""

from __future__ import annotations

from datetime import date

from django.db import connection

from tenant_apps.students.models import Student
from tenant_apps.students.services.keeping import EMPTIED_FACTS, EMPTIED_LISTS, EMPTIED_TEXTS

STUDENTS = Student._meta.db_table
LEFT = "s.reduced_at IS NOT NULL AND s.archived_at IS NOT NULL"


def leave_reduced_alone(*, today: date) -> None:
    """Take out of the stages what they say of leavers whose records were reduced, after match_pupils.

    A MIS may name leavers for years. One who has come back is filled again: of them the file gives no leaving
    date before `today`.
    """
    emptied = (*EMPTIED_TEXTS, *EMPTIED_LISTS, *EMPTIED_FACTS, "former_upn")
    kept = ", ".join(f"{name} = s.{name}" for name in emptied)
    values = {"today": today}
    # Those whom the file does not name as pupils have not come back either.
    gone = (
        f"SELECT x.mis_id FROM extract_students x JOIN {STUDENTS} s ON s.id = x.student_id"
        f" WHERE {LEFT} AND NOT EXISTS (SELECT 1 FROM extract_pupils p WHERE p.student_id = s.id"
        "  AND (p.leaving_date IS NULL OR p.leaving_date >= %(today)s))"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE extract_pupils e SET {kept}, photo = '' FROM {STUDENTS} s"
            f" WHERE s.id = e.student_id AND {LEFT} AND e.leaving_date < %(today)s",
            values,
        )
        for stage in ("extract_contacts", "extract_schools"):
            cursor.execute(f"DELETE FROM {stage} WHERE pupil_mis_id IN ({gone})", values)
        cursor.execute(
            f"DELETE FROM extract_links WHERE pupil_mis_id IN ({gone}) OR linked_pupil_mis_id IN ({gone})",
            values,
        )
