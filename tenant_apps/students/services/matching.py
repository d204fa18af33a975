"""Finds out which pupil of an extract is whom, in the temporary tables of `merging` and before it runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from tenant_apps.students.models import Contact, Seal, Student
from tenant_apps.students.services.merging import NAME_COLUMNS, PUPIL_COLUMNS, name_keys

STUDENTS = Student._meta.db_table
CONTACTS = Contact._meta.db_table
SEALS = Seal._meta.db_table
SAME, DIFFERENT = "same", "different"
# Nobody learns from an import that a sealed record is there.
FREE = (
    "NOT EXISTS (SELECT 1 FROM extract_pupils taken WHERE taken.student_id = s.id)"
    f" AND NOT EXISTS (SELECT 1 FROM {SEALS} z WHERE z.student_id = s.id AND z.lifted_at IS NULL)"
)
# Stands before a number that no MIS gave.
NUMBER_SIGN = "ctf:"
FORMER_UPN, NAME_AND_BIRTH = "former_upn", "name"
SURNAMES = "(split_part(e.legal_sort_key, '  ', 1), split_part(e.sort_key, '  ', 1))"


@dataclass(frozen=True, slots=True)
class Question:
    """Whether a pupil of an extract is a student of the school: nothing less than a person's word joins them.

    A former UPN under another surname may be an adoption: joining the two would disclose the earlier name.
    """

    key: str
    line: int
    reason: str
    student_id: UUID
    names: dict[str, str]
    date_of_birth: date | None


def match_pupils(
    *, present: Iterable[str], answers: Mapping[str, str], asks_by_name: bool = False
) -> list[Question]:
    """Match the staged pupils with those of the school; the questions that `answers` does not answer.

    By MIS number, then UPN, then former UPN under the same surname, and else, after a person said that it is
    the same child, by former UPN; with `asks_by_name` by legal name and date of birth too. Names that the
    file has no columns for (`present` are those it has) stay as they are in the school.
    """
    by_number = f"UPDATE extract_pupils e SET student_id = s.id FROM {STUDENTS} s WHERE e.student_id IS NULL"
    with connection.cursor() as cursor:
        cursor.execute(f"{by_number} AND s.mis_id = e.mis_id")
        cursor.execute(f"{by_number} AND s.upn = e.upn AND {FREE}")
        cursor.execute(
            f"{by_number} AND e.former_upn <> '' AND s.upn = e.former_upn AND {FREE}"
            f" AND split_part(s.legal_sort_key, '  ', 1) IN {SURNAMES}"
        )
    questions = _questions(FORMER_UPN, "e.former_upn <> '' AND s.upn = e.former_upn")
    if asks_by_name:
        alike = "s.legal_sort_key = e.legal_sort_key AND s.date_of_birth = e.date_of_birth"
        asked = {one.key for one in questions}
        questions += [one for one in _questions(NAME_AND_BIRTH, alike) if one.key not in asked]
    _join(one for one in questions if answers.get(one.key) == SAME)
    _name_everybody()
    _keep_names(NAME_COLUMNS - set(present))
    return [one for one in questions if one.key not in answers]


def _questions(reason: str, condition: str) -> list[Question]:
    names = ", ".join(f"e.{name}" for name in sorted(NAME_COLUMNS))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.id, coalesce(e.mis_id, e.upn, e.line::text), e.line, e.date_of_birth, {names}"
            f" FROM extract_pupils e JOIN {STUDENTS} s ON {condition}"
            f" WHERE e.student_id IS NULL AND {FREE} ORDER BY e.line, s.id"
        )
        return [
            Question(
                key=f"{student_id} {number}",
                line=line,
                reason=reason,
                student_id=student_id,
                names=dict(zip(sorted(NAME_COLUMNS), rest, strict=True)),
                date_of_birth=born,
            )
            for student_id, number, line, born, *rest in cursor.fetchall()
        ]


def _join(questions: Iterable[Question]) -> None:
    with connection.cursor() as cursor:
        for one in questions:
            cursor.execute(
                "UPDATE extract_pupils SET student_id = %(student)s WHERE line = %(line)s"
                " AND student_id IS NULL"
                " AND NOT EXISTS (SELECT 1 FROM extract_pupils taken WHERE taken.student_id = %(student)s)",
                {"student": one.student_id, "line": one.line},
            )


def _name_everybody() -> None:
    """Give everybody else the key of a new record, and note which MIS number is which pupil."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE extract_pupils SET is_new = student_id IS NULL, student_id = coalesce(student_id, new_id)"
        )
        cursor.execute(
            "INSERT INTO extract_students SELECT mis_id, student_id FROM extract_pupils"
            f" UNION ALL SELECT s.mis_id, s.id FROM {STUDENTS} s WHERE s.mis_id IS NOT NULL"
            " AND NOT EXISTS (SELECT 1 FROM extract_pupils e"
            "  WHERE e.student_id = s.id OR e.mis_id = s.mis_id)"
        )
        cursor.execute("ANALYZE extract_pupils")
        cursor.execute("ANALYZE extract_students")


def _keep_names(missing: frozenset[str]) -> None:
    """Take names that the file says nothing of from the school: the keys are made from all of them."""
    kept = sorted(missing)
    if not kept:
        return
    stored = ", ".join(f"s.{name}" for name in kept)
    written = sorted(NAME_COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE extract_pupils e SET ({', '.join(kept)}) = ROW({stored}) FROM {STUDENTS} s"
            f" WHERE s.id = e.student_id AND ({' OR '.join(f'''s.{name} <> '' ''' for name in kept)})"
            f" RETURNING e.line, {', '.join(f'e.{name}' for name in written)}"
        )
        _write_keys(written, cursor.fetchall())


def keep_what_is_known() -> None:
    """Let what the school knows of its pupils stand and take only what it does not know, after match_pupils.

    The file has no numbers of a MIS: a contact names its pupil by NUMBER_SIGN and the pupil's line. Contacts
    are taken only for pupils for whom the school's own MIS gives none.
    """
    kept = ", ".join(f"{name} = {_known(name, kind)}" for name, kind in PUPIL_COLUMNS.items())
    names = sorted(NAME_COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE extract_pupils e SET {kept}, warnings = s.warnings FROM {STUDENTS} s"
            f" WHERE s.id = e.student_id RETURNING e.line, {', '.join(f'e.{name}' for name in names)}"
        )
        _write_keys(names, cursor.fetchall())
        cursor.execute(
            "INSERT INTO extract_students SELECT %s || line, student_id FROM extract_pupils", [NUMBER_SIGN]
        )
        cursor.execute(
            "DELETE FROM extract_contacts e USING extract_students x WHERE x.mis_id = e.pupil_mis_id"
            f" AND EXISTS (SELECT 1 FROM {CONTACTS} c WHERE c.student_id = x.student_id AND c.source = 'mis'"
            "  AND c.ended_at IS NULL AND NOT starts_with(c.mis_id, %s))",
            [NUMBER_SIGN],
        )


def _known(name: str, kind: str) -> str:
    if kind == "text":
        return f"coalesce(nullif(s.{name}, ''), e.{name})"
    if kind == "text[]":
        return f"CASE WHEN s.{name} = '{{}}' THEN e.{name} ELSE s.{name} END"
    return f"coalesce(s.{name}, e.{name})"


def _write_keys(names: list[str], rows: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE extract_pupils SET sort_key = %(sort_key)s, legal_sort_key = %(legal_sort_key)s,"
            " search_key = %(search_key)s WHERE line = %(line)s",
            [{"line": line, **name_keys(dict(zip(names, rest, strict=True)))} for line, *rest in rows],
        )


def pupils_sharing_upn() -> list[tuple[str, list[int]]]:
    """UPNs that two pupils would have after the merge, with their lines in the file (one line if the other
    pupil is in the school already). The merge would fail: such an extract has to wait for a person.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT upn, array_remove(array_agg(line ORDER BY line), NULL) FROM ("
            " SELECT upn, line FROM extract_pupils WHERE upn IS NOT NULL"
            f" UNION ALL SELECT s.upn, NULL FROM {STUDENTS} s WHERE s.upn IS NOT NULL"
            " AND NOT EXISTS (SELECT 1 FROM extract_pupils e WHERE e.student_id = s.id)"
            " UNION ALL (SELECT coalesce(min(upn), ''), unnest(array_agg(line)) FROM extract_pupils"
            "  GROUP BY student_id HAVING count(*) > 1)"
            ") AS after GROUP BY upn HAVING count(*) > 1 ORDER BY upn"
        )
        return cursor.fetchall()
