"""The temporary tables that a file's rows stand in until everything is known to be sound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

from django.db import connection

from tenant_apps.attendance.services import STAGES as ATTENDANCE_STAGES
from tenant_apps.students.services import STAGES as STUDENT_STAGES

OWN_STAGES: Mapping[str, Mapping[str, str]] = {
    "extract_staff": {
        "line": "integer",
        "new_id": "uuid",
        "mis_id": "text",
        "title": "text",
        "forename": "text",
        "surname": "text",
        "email": "text",
        "job_title": "text",
        "start_date": "date",
        "end_date": "date",
        "full_time": "boolean",
    },
    "extract_groups": {
        "line": "integer",
        "new_id": "uuid",
        "mis_id": "text",
        "kind": "text",
        "name": "text",
        "staff_mis_id": "text",
    },
}
STAGES = {**OWN_STAGES, **STUDENT_STAGES, **ATTENDANCE_STAGES}


def make_stages() -> None:
    """Empty temporary tables for all files; they end with the transaction."""
    with connection.cursor() as cursor:
        for table, columns in STAGES.items():
            described = ", ".join(f"{name} {kind}" for name, kind in columns.items())
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
            cursor.execute(f"CREATE TEMPORARY TABLE {table} ({described}) ON COMMIT DROP")


def drop_stages() -> None:
    """Give their room back before the transaction ends: a test or a command may go on in the same one."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {', '.join(f'pg_temp.{table}' for table in STAGES)}")


def fill_stage(table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Copy rows into a stage as they come, then let the planner know how many they are."""
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY {table} FROM STDIN") as copy:
            for row in chain([first], rows):
                copy.write_row(row)
        cursor.execute(f"ANALYZE {table}")


def staged(table: str) -> list[dict[str, Any]]:
    """All rows of a small stage, in the order of the file."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table} ORDER BY line")
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
