"""Merges the school history that a Common Transfer File brings."""

from __future__ import annotations

from django.db import connection

from tenant_apps.students.models import SchoolAttended

SCHOOLS = SchoolAttended._meta.db_table
COLUMNS = (
    "la_number",
    "establishment_number",
    "name",
    "entry_date",
    "leaving_date",
    "leaving_reason",
    "is_last",
)


def merge_schools() -> dict[str, int]:
    """Merge the staged schools after match_pupils; how many were added and changed.

    One of the same number and name with the same day of entry is the same. What is known of it stands; what
    was missing is filled in.
    """
    staged = "FROM extract_schools e JOIN extract_students x ON x.mis_id = e.pupil_mis_id"
    same = (
        "k.student_id = x.student_id AND k.la_number = e.la_number AND k.name = e.name"
        " AND k.establishment_number = e.establishment_number"
        " AND k.entry_date IS NOT DISTINCT FROM e.entry_date"
    )
    news = (
        "k.leaving_date IS NULL AND e.leaving_date IS NOT NULL"
        " OR k.leaving_reason = '' AND e.leaving_reason <> '' OR k.is_last IS NULL AND e.is_last IS NOT NULL"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {SCHOOLS} k SET leaving_date = coalesce(k.leaving_date, e.leaving_date),"
            " leaving_reason = coalesce(nullif(k.leaving_reason, ''), e.leaving_reason),"
            f" is_last = coalesce(k.is_last, e.is_last) {staged} WHERE {same} AND ({news})"
        )
        changed = cursor.rowcount
        cursor.execute(
            f"INSERT INTO {SCHOOLS} (id, student_id, {', '.join(COLUMNS)})"
            " SELECT DISTINCT ON (x.student_id, e.la_number, e.establishment_number, e.name, e.entry_date)"
            f" e.new_id, x.student_id, {', '.join(f'e.{name}' for name in COLUMNS)} {staged}"
            f" WHERE NOT EXISTS (SELECT 1 FROM {SCHOOLS} k WHERE {same})"
            " ORDER BY x.student_id, e.la_number, e.establishment_number, e.name, e.entry_date, e.line"
        )
        return {"added": cursor.rowcount, "changed": changed}
