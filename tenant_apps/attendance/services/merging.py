"""Merges the marks that a MIS sent, and the years that another school told. Nothing is ever removed."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection

from tenant_apps.attendance.models import Mark, YearElsewhere

# The temporary table that the caller fills; `line` is the row's line in its file.
STAGES: Mapping[str, Mapping[str, str]] = {
    "extract_attendance": {
        "line": "integer",
        "pupil_mis_id": "text",
        "date": "date",
        "session": "text",
        "code": "text",
        "minutes_late": "smallint",
    },
    "extract_years": {
        "line": "integer",
        "new_id": "uuid",
        "pupil_mis_id": "text",
        "year": "text",
        "la_number": "text",
        "establishment_number": "text",
        "school_name": "text",
        "possible": "integer",
        "attended": "integer",
        "authorised": "integer",
        "unauthorised": "integer",
        "marks_since": "date",
        "marks": "text",
    },
}

MARKS = Mark._meta.db_table
YEARS = YearElsewhere._meta.db_table
YEAR_KEY = ("year", "la_number", "establishment_number", "school_name")
YEAR_FACTS = ("possible", "attended", "authorised", "unauthorised", "marks_since", "marks")


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


def merge_years() -> dict[str, int]:
    """Merge the staged years at other schools, after match_pupils; how many were added and changed.

    Of two accounts of one year the one with more sessions stands: it was written later.
    """
    staged = "FROM extract_years e JOIN extract_students x ON x.mis_id = e.pupil_mis_id"
    same = "y.student_id = x.student_id AND " + " AND ".join(f"y.{name} = e.{name}" for name in YEAR_KEY)
    columns = [*YEAR_KEY, *YEAR_FACTS]
    key = ", ".join(f"e.{name}" for name in YEAR_KEY)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {YEARS} y SET {', '.join(f'{name} = e.{name}' for name in YEAR_FACTS)} {staged}"
            f" WHERE {same} AND coalesce(e.possible, 0) > coalesce(y.possible, 0)"
        )
        changed = cursor.rowcount
        cursor.execute(
            f"INSERT INTO {YEARS} (id, student_id, {', '.join(columns)})"
            f" SELECT DISTINCT ON (x.student_id, {key})"
            f" e.new_id, x.student_id, {', '.join(f'e.{name}' for name in columns)} {staged}"
            f" WHERE NOT EXISTS (SELECT 1 FROM {YEARS} y WHERE {same})"
            f" ORDER BY x.student_id, {key}, e.possible DESC NULLS LAST, e.line"
        )
        return {"added": cursor.rowcount, "changed": changed}
