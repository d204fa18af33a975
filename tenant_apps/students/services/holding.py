"""What an import has to know of the pupils before it is let through without a person's eyes.

All of it reads or mends the temporary tables of `merging`, within the import's own transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from tenant_apps.students.enums import YEAR_GROUPS
from tenant_apps.students.models import Student
from tenant_apps.students.selectors.names import NAME_FIELDS
from tenant_apps.students.services.matching import pupils_sharing_upn

STUDENTS = Student._meta.db_table
# When the last year group leaves: 1 June to 30 September.
SUMMER = range(6, 10)
NO_YEAR = -1
Shared = list[tuple[str, list[int]]]


@dataclass(frozen=True, slots=True)
class Roll:
    """The pupils of the MIS who were current before an import, each with the year group."""

    years: Mapping[UUID, str]

    def __len__(self) -> int:
        return len(self.years)

    @property
    def last_year(self) -> str:
        """The highest year group that somebody is in; empty when none is known."""
        order = list(YEAR_GROUPS)
        known = [year for year in set(self.years.values()) if year in order]
        return max(known, key=order.index, default="")


def roll_before() -> Roll:
    """The roll as it stands; to be asked before merge_pupils."""
    rows = Student.objects.filter(archived_at=None, mis_id__isnull=False)
    return Roll(dict(rows.values_list("pk", "year_group")))


def leavers_unforeseen(archived: Iterable[UUID], *, roll: Roll, today: date) -> list[UUID]:
    """Those of the pupils just archived whose leaving nobody would expect: all but the school's last year
    group in summer. One without a leaving date left on the extract's own day.
    """
    archived = list(archived)
    last = roll.last_year
    leaving = dict(Student.objects.filter(pk__in=archived).values_list("pk", "leaving_date"))
    return [
        student
        for student in archived
        if not (last and roll.years.get(student) == last and (leaving[student] or today).month in SUMMER)
    ]


def joiners() -> list[dict[str, str]]:
    """The names and the year group of everybody who would be new to the school, in the order of names."""
    names = ", ".join((*NAME_FIELDS, "year_group"))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {names} FROM extract_pupils WHERE is_new ORDER BY sort_key, line")
        columns = [column.name for column in cursor.description]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def part_shared_upns() -> Shared:
    """Part pupils that would share a UPN, after match_pupils: which UPNs, and the lines that name them.

    A UPN stays with whoever has it in the school; everybody else keeps their own, or has none, and carries a
    warning. Of two lines that were taken for one and the same pupil by a UPN, neither is trusted to be that
    pupil: both become new pupils, unless the MIS number says who it is.
    """
    found = first = pupils_sharing_upn()
    while found:
        lines = [line for _, of_upn in found for line in of_upn]
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE extract_pupils e SET student_id = e.new_id, is_new = true FROM"
                " (SELECT student_id FROM extract_pupils GROUP BY student_id HAVING count(*) > 1) twice"
                " WHERE e.student_id = twice.student_id AND NOT EXISTS"
                f"  (SELECT 1 FROM {STUDENTS} s WHERE s.id = e.student_id AND s.mis_id = e.mis_id)"
            )
            cursor.execute(
                "UPDATE extract_students x SET student_id = e.student_id FROM extract_pupils e"
                " WHERE x.mis_id = e.mis_id AND x.student_id <> e.student_id"
            )
            cursor.execute(
                "UPDATE extract_pupils e SET"
                f" upn = (SELECT s.upn FROM {STUDENTS} s WHERE s.id = e.student_id),"
                """ warnings = e.warnings || '[{"code": "upn_shared", "field": "upn", "value": ""}]'::jsonb"""
                " WHERE e.line = ANY(%s) AND NOT EXISTS"
                f"  (SELECT 1 FROM {STUDENTS} s WHERE s.id = e.student_id AND s.upn = e.upn)",
                [lines],
            )
        found = pupils_sharing_upn()
    return first
