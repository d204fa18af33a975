"""Merges the marks that a MIS sent. A mark is added or changed, never removed."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection

from tenant_apps.attendance.models import Mark

# The temporary table that the caller fills; `line` is the row's line in its file.
STAGES: Mapping[str, Mapping[str, str]] = {
    "extract_attendance": {
        "line": "integer",
        "pupil_mis_id": "text",
        "date": "date",
        "session": "text",
        "code": "text",
        "minutes_late": "smallint",
    }
}

MARKS = Mark._meta.db_table


def merge_marks() -> dict[str, int]:
    """Merge the staged marks, after students.services.match_pupils and merge_pupils; how many changed."""
    staged = "FROM extract_attendance e JOIN extract_students x ON x.mis_id = e.pupil_mis_id"
    same = "m.student_id = x.student_id AND m.date = e.date AND m.session = e.session"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {MARKS} m SET code = e.code, minutes_late = e.minutes_late {staged}"
            f" WHERE {same} AND (m.code <> e.code OR m.minutes_late IS DISTINCT FROM e.minutes_late)"
        )
        changed = cursor.rowcount
        cursor.execute(
            f"INSERT INTO {MARKS} (student_id, date, session, code, minutes_late)"
            f" SELECT x.student_id, e.date, e.session, e.code, e.minutes_late {staged}"
            f" LEFT JOIN {MARKS} m ON {same} WHERE m.code IS NULL"
        )
        return {"changed": changed, "added": cursor.rowcount}
