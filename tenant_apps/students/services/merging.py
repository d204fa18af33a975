"""Merges what a MIS sent into the pupils of the school, a whole file in a few statements.

The caller (an import) puts the rows of each file into a temporary table named and shaped as STAGES says and
holds one transaction around everything. Rows made by hand are never touched, and nothing is deleted: pupils
are archived, memberships, contacts and links end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import connection

from core.db.text import search_key, sort_key
from tenant_apps.students.models import Contact, Membership, Student, StudentLink

PUPIL_COLUMNS = {
    "mis_id": "text",
    "upn": "text",
    "former_upn": "text",
    "legal_forename": "text",
    "legal_surname": "text",
    "preferred_forename": "text",
    "preferred_surname": "text",
    "former_surname": "text",
    "middle_names": "text",
    "date_of_birth": "date",
    "sex": "text",
    "gender": "text",
    "email": "text",
    "year_group": "text",
    "enrolment_status": "text",
    "start_date": "date",
    "leaving_date": "date",
    "leaving_destination": "text",
    "sen_status": "text",
    "sen_needs": "text[]",
    "pupil_premium": "boolean",
    "free_school_meals": "boolean",
    "eal": "boolean",
    "first_language": "text",
    "ethnicity": "text",
    "religion": "text",
    "looked_after": "boolean",
    "service_child": "boolean",
    "medical_conditions": "text[]",
    "medical_notes": "text",
    "address": "text",
    "postcode": "text",
}
# Written with every pupil, whichever columns the file has: the keys are made from all of the names.
NAME_COLUMNS = frozenset(
    {
        "legal_forename",
        "legal_surname",
        "preferred_forename",
        "preferred_surname",
        "former_surname",
        "middle_names",
    }
)
DERIVED_COLUMNS = {"sort_key": "text", "legal_sort_key": "text", "search_key": "text", "warnings": "jsonb"}
CONTACT_COLUMNS = {
    "priority": "smallint",
    "title": "text",
    "forename": "text",
    "surname": "text",
    "relationship": "text",
    "parental_responsibility": "boolean",
    "court_order": "boolean",
    "lives_with": "boolean",
    "email": "text",
    "mobile": "text",
    "home_phone": "text",
    "work_phone": "text",
    "address": "text",
    "postcode": "text",
}

# The temporary tables and their columns. `line` is the row's line in its file; `new_id` the key of a row that
# turns out to be new; `student_id` and `is_new` are empty until match_pupils has run.
STAGES: Mapping[str, Mapping[str, str]] = {
    "extract_pupils": {
        "line": "integer",
        "new_id": "uuid",
        **PUPIL_COLUMNS,
        # The name of a file in the ZIP, and what becomes of it is photos.py's.
        "photo": "text",
        **DERIVED_COLUMNS,
        "student_id": "uuid",
        "is_new": "boolean",
    },
    "extract_contacts": {
        "line": "integer",
        "new_id": "uuid",
        "mis_id": "text",
        "pupil_mis_id": "text",
        **CONTACT_COLUMNS,
    },
    "extract_links": {
        "line": "integer",
        "new_id": "uuid",
        "pupil_mis_id": "text",
        "linked_pupil_mis_id": "text",
        "relationship": "text",
    },
    "extract_memberships": {
        "line": "integer",
        "new_id": "uuid",
        "group_mis_id": "text",
        "pupil_mis_id": "text",
        "start_date": "date",
        "end_date": "date",
    },
    "extract_schools": {
        "line": "integer",
        "new_id": "uuid",
        "pupil_mis_id": "text",
        "la_number": "text",
        "establishment_number": "text",
        "name": "text",
        "entry_date": "date",
        "leaving_date": "date",
        "leaving_reason": "text",
        "is_last": "boolean",
    },
    # Made by match_pupils: which MIS number is which pupil, those of the school's earlier extracts included.
    "extract_students": {"mis_id": "text", "student_id": "uuid"},
    # Filled by the caller before merge_memberships.
    "extract_group_keys": {"mis_id": "text", "group_id": "uuid"},
}

# An index takes no entry of over 2,700 bytes; a letter may take four.
LONGEST_SORT_KEY = 600
STUDENTS = Student._meta.db_table
MEMBERSHIPS = Membership._meta.db_table
CONTACTS = Contact._meta.db_table
LINKS = StudentLink._meta.db_table


@dataclass(slots=True)
class Merged:
    """What a merge did: numbers by word ("added", "changed", ...) and which pupils it changed, archived or
    brought back.
    """

    counts: dict[str, int] = field(default_factory=dict)
    changed: list[UUID] = field(default_factory=list)
    archived: list[UUID] = field(default_factory=list)
    returned: list[UUID] = field(default_factory=list)


def name_keys(names: Mapping[str, str]) -> dict[str, str]:
    """The three keys of a pupil's names: `names` has the name fields of Student, empty where unknown."""
    legal = names["legal_surname"], names["legal_forename"]
    known = names["preferred_surname"] or legal[0], names["preferred_forename"] or legal[1]
    parts = [*legal, *known, names["former_surname"], names["middle_names"]]
    keys = dict.fromkeys(search_key(part) for part in parts if part)
    return {
        "sort_key": sort_key(*known)[:LONGEST_SORT_KEY],
        "legal_sort_key": sort_key(*legal)[:LONGEST_SORT_KEY],
        "search_key": "  ".join(key for key in keys if key),
    }


def merge_pupils(
    *, present: Iterable[str], is_full: bool, today: date, at: datetime, archives: bool = True
) -> Merged:
    """Add, change, archive and bring back pupils after match_pupils.

    `present` are the columns that the file has; others stay as they are. A pupil who left before `today`, or
    whom a full extract no longer names, is archived with `at`; one who is named again is current again, but
    for a child who has died.
    Without `archives` nobody of the school is archived, whatever the extract says.
    """
    merged = Merged()
    written = [
        *(name for name in PUPIL_COLUMNS if name in present or name in NAME_COLUMNS),
        *DERIVED_COLUMNS,
    ]
    has_left = "(e.leaving_date IS NOT NULL AND e.leaving_date < %(today)s)"
    values = {"today": today, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {STUDENTS} s SET {_assignments(written)} FROM extract_pupils e"
            f" WHERE s.id = e.student_id AND NOT e.is_new AND {_differs('s', written)} RETURNING s.id"
        )
        merged.changed = [student for (student,) in cursor.fetchall()]
        merged.counts["changed"] = len(merged.changed)
        columns = [*PUPIL_COLUMNS, *DERIVED_COLUMNS]
        cursor.execute(
            f"INSERT INTO {STUDENTS} (id, archived_at, {', '.join(columns)})"
            f" SELECT e.student_id, CASE WHEN {has_left} THEN %(at)s::timestamptz END,"
            f" {_staged(columns)} FROM extract_pupils e WHERE e.is_new ORDER BY e.line",
            values,
        )
        merged.counts["added"] = cursor.rowcount
        missing = (
            f"UNION ALL SELECT s.id FROM {STUDENTS} s WHERE s.mis_id IS NOT NULL"
            " AND NOT EXISTS (SELECT 1 FROM extract_pupils e WHERE e.student_id = s.id)"
        )
        if archives:
            cursor.execute(
                f"UPDATE {STUDENTS} SET archived_at = %(at)s WHERE archived_at IS NULL AND id IN ("
                f" SELECT e.student_id FROM extract_pupils e WHERE {has_left} {missing if is_full else ''})"
                " RETURNING id",
                values,
            )
            merged.archived = [student for (student,) in cursor.fetchall()]
        cursor.execute(
            f"UPDATE {STUDENTS} SET archived_at = NULL, reduced_at = NULL"
            " WHERE archived_at IS NOT NULL AND died_on IS NULL AND id IN ("
            f" SELECT e.student_id FROM extract_pupils e WHERE NOT {has_left}) RETURNING id",
            values,
        )
        merged.returned = [student for (student,) in cursor.fetchall()]
    merged.counts |= {"archived": len(merged.archived), "returned": len(merged.returned)}
    return merged


def merge_memberships(*, is_full: bool, today: date) -> Merged:
    """Add and end memberships, after merge_pupils. A full extract ends those that it no longer names, of
    its own pupils in groups of the MIS; groups made by hand are left alone.
    """
    merged = Merged()
    # A membership without an end, of a pupil who has left, ended when the pupil left.
    staged = (
        "WITH staged AS (SELECT e.line, e.new_id, x.student_id, g.group_id, e.start_date,"
        " coalesce(e.end_date,"
        " CASE WHEN s.archived_at IS NOT NULL THEN"
        "  coalesce(m.end_date, greatest(e.start_date, coalesce(s.leaving_date, %(today)s - 1))) END"
        " ) AS end_date,"
        " m.id AS existing, m.end_date AS existing_end FROM extract_memberships e"
        " JOIN extract_students x ON x.mis_id = e.pupil_mis_id"
        " JOIN extract_group_keys g ON g.mis_id = e.group_mis_id"
        f" JOIN {STUDENTS} s ON s.id = x.student_id"
        f" LEFT JOIN {MEMBERSHIPS} m ON m.student_id = x.student_id AND m.group_id = g.group_id"
        "  AND m.start_date = e.start_date) "
    )
    values = {"today": today}
    with connection.cursor() as cursor:
        if is_full:
            cursor.execute(
                f"UPDATE {MEMBERSHIPS} m SET end_date = greatest(m.start_date, %(today)s - 1)"
                " FROM extract_pupils p WHERE p.student_id = m.student_id"
                " AND (m.end_date IS NULL OR m.end_date >= %(today)s) AND m.group_id IN"
                " (SELECT group_id FROM extract_group_keys)"
                " AND NOT EXISTS (SELECT 1 FROM extract_memberships e"
                "  JOIN extract_students x ON x.mis_id = e.pupil_mis_id"
                "  JOIN extract_group_keys g ON g.mis_id = e.group_mis_id WHERE x.student_id = m.student_id"
                "  AND g.group_id = m.group_id AND e.start_date = m.start_date)"
                " AND greatest(m.start_date, %(today)s - 1) IS DISTINCT FROM m.end_date",
                values,
            )
            merged.counts["ended"] = cursor.rowcount
        cursor.execute(
            f"{staged} UPDATE {MEMBERSHIPS} m SET end_date = staged.end_date FROM staged"
            " WHERE m.id = staged.existing AND staged.existing_end IS DISTINCT FROM staged.end_date",
            values,
        )
        merged.counts["changed"] = cursor.rowcount
        cursor.execute(
            f"{staged} INSERT INTO {MEMBERSHIPS} (id, student_id, group_id, start_date, end_date)"
            " SELECT new_id, student_id, group_id, start_date, end_date FROM staged WHERE existing IS NULL"
            " ORDER BY line",
            values,
        )
        merged.counts["added"] = cursor.rowcount
    return merged


def end_memberships_of_archived(*, students: Iterable[UUID], today: date) -> int:
    """End the memberships of pupils who were just archived: on the day they left, else the day before."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {MEMBERSHIPS} m SET end_date = greatest(m.start_date, coalesce(s.leaving_date, %s - 1))"
            f" FROM {STUDENTS} s WHERE s.id = m.student_id AND s.id = ANY(%s)"
            " AND (m.end_date IS NULL OR m.end_date >= %s)",
            [today, list(students), today],
        )
        return cursor.rowcount


def merge_contacts(*, present: Iterable[str], is_full: bool, at: datetime) -> Merged:
    """Add, change, end and revive contacts of the MIS, after merge_pupils. Those of a pupil whom the extract
    does not name stay as they were: nothing new is known of them.
    """
    merged = Merged()
    written = [name for name in CONTACT_COLUMNS if name in present]
    of_pupil = "JOIN extract_students x ON x.mis_id = e.pupil_mis_id"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {CONTACTS} c SET ended_at = NULL, {_assignments(written)}"
            f" FROM extract_contacts e {of_pupil}"
            " WHERE c.student_id = x.student_id AND c.mis_id = e.mis_id AND c.source = 'mis'"
            f" AND (c.ended_at IS NOT NULL OR {_differs('c', written)})"
        )
        merged.counts["changed"] = cursor.rowcount
        names = ", ".join(CONTACT_COLUMNS)
        cursor.execute(
            f"INSERT INTO {CONTACTS} (id, student_id, mis_id, source, {names})"
            f" SELECT e.new_id, x.student_id, e.mis_id, 'mis', {_staged(CONTACT_COLUMNS)}"
            f" FROM extract_contacts e {of_pupil} WHERE NOT EXISTS (SELECT 1 FROM {CONTACTS} c"
            "  WHERE c.student_id = x.student_id AND c.mis_id = e.mis_id) ORDER BY e.line"
        )
        merged.counts["added"] = cursor.rowcount
        if is_full:
            cursor.execute(
                f"UPDATE {CONTACTS} c SET ended_at = %s FROM extract_pupils p"
                " WHERE p.student_id = c.student_id AND c.source = 'mis' AND c.ended_at IS NULL"
                " AND NOT EXISTS (SELECT 1 FROM extract_contacts e"
                f" {of_pupil} WHERE x.student_id = c.student_id AND e.mis_id = c.mis_id)",
                [at],
            )
            merged.counts["ended"] = cursor.rowcount
    return merged


def merge_links(*, is_full: bool, at: datetime) -> Merged:
    """Add, change, end and revive links of the MIS, after merge_pupils; links made by hand are left alone."""
    merged = Merged()
    staged = (
        "WITH staged AS (SELECT e.line, e.new_id, x.student_id, y.student_id AS linked_id, e.relationship"
        " FROM extract_links e JOIN extract_students x ON x.mis_id = e.pupil_mis_id"
        " JOIN extract_students y ON y.mis_id = e.linked_pupil_mis_id) "
    )
    same = "l.student_id = staged.student_id AND l.linked_student_id = staged.linked_id AND l.source = 'mis'"
    with connection.cursor() as cursor:
        cursor.execute(
            f"{staged} UPDATE {LINKS} l SET relationship = staged.relationship, ended_at = NULL FROM staged"
            f" WHERE {same} AND (l.ended_at IS NOT NULL OR l.relationship <> staged.relationship)"
        )
        merged.counts["changed"] = cursor.rowcount
        cursor.execute(
            f"{staged} INSERT INTO {LINKS} (id, student_id, linked_student_id, relationship, source)"
            " SELECT new_id, student_id, linked_id, relationship, 'mis' FROM staged"
            f" WHERE NOT EXISTS (SELECT 1 FROM {LINKS} l WHERE {same}) ORDER BY line"
        )
        merged.counts["added"] = cursor.rowcount
        if is_full:
            cursor.execute(
                f"{staged} UPDATE {LINKS} l SET ended_at = %s FROM extract_pupils p"
                " WHERE p.student_id = l.student_id AND l.source = 'mis' AND l.ended_at IS NULL"
                f" AND NOT EXISTS (SELECT 1 FROM staged WHERE {same})",
                [at],
            )
            merged.counts["ended"] = cursor.rowcount
    return merged


def _staged(columns: Iterable[str]) -> str:
    return ", ".join(f"e.{name}" for name in columns)


def _assignments(columns: Iterable[str]) -> str:
    return ", ".join(f"{name} = e.{name}" for name in columns)


def _differs(table: str, columns: Iterable[str]) -> str:
    columns = list(columns)
    stored = ", ".join(f"{table}.{name}" for name in columns)
    return f"ROW({stored}) IS DISTINCT FROM ROW({_staged(columns)})"
