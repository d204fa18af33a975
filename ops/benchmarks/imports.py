"""import_vs_copy, reimport_vs_read, import_peak_mb and import_peak_growth: a whole extract of a large school.

The floor reads the same CSV files out of the same ZIP and copies every row into empty copies of the product's
own tables with all their keys, in one transaction: whatever stores these rows in these tables does that much.
The floor of the second night, in which one mark is another, is reading and validating the same extract.
"""

import csv
import hashlib
import io
import itertools
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from ops.benchmarks.measuring import Figure, Stage, in_turns, ratio
from ops.benchmarks.preparing import DEMO_DATA, close_connections, ready_school
from ops.supervisor.servers import ROOT

if TYPE_CHECKING:
    from tenants.models import School

FIGURES = ["import_vs_copy", "reimport_vs_read", "import_peak_mb", "import_peak_growth"]
EXTRACT = DEMO_DATA / "extracts" / "stgeorges-full.zip"
FLOOR = "floor"
# What an import fills, each table after those it points to.
TABLES = (
    "staff_misstaff",
    "classes_studentgroup",
    "students_student",
    "students_membership",
    "students_contact",
    "students_studentlink",
    "attendance_mark",
)
Row = dict[str, str]


def measure(stage: Stage) -> Iterable[Figure]:
    """Take turns between an import into an empty school and the floor into empty tables."""
    school = ready_school()
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as owner:
        _make_floor(owner, school.schema_name)
        schemas = {"import": school.schema_name, "copy": FLOOR}
        taken = in_turns(
            {"import": lambda: _import(school), "copy": lambda: _copy(owner)},
            before=lambda name: _empty(owner, schemas[name]),
        )
        rows = _rows(owner, school.schema_name)
        if rows != _rows(owner, FLOOR):
            raise AssertionError(f"The floor stored other rows: {rows}, {_rows(owner, FLOOR)}")
        yield _second_nights(school)
        # The nights to come were imported: the first one is not too old again.
        imports = sql.Identifier(school.schema_name, "imports_import")
        owner.execute(sql.SQL("TRUNCATE {} CASCADE").format(imports))
        close_connections()
        yield Figure(
            "import_vs_copy",
            ratio(taken, "import", "copy"),
            at_most=2.5,
            runs=taken,
            beside={
                "seconds": round(median(taken["import"]), 2),
                "rows": sum(rows.values()),
            },
        )
        tenfold = stage.folder / "tenfold.zip"
        tenfold.write_bytes(_with_ten_times_the_marks())
        peaks: dict[str, list[float]] = {"import": [], "tenfold": []}
        for name, path, times in (("import", EXTRACT, 3), ("tenfold", tenfold, 1)):
            for _ in range(times):
                _empty(owner, school.schema_name)
                peaks[name].append(_peak(school.schema_name, path))
    yield Figure("import_peak_mb", median(peaks["import"]), unit="MB", at_most=300, runs=peaks)
    growth = median(peaks["tenfold"]) / median(peaks["import"])
    yield Figure("import_peak_growth", growth, at_most=1.2, runs=peaks)


def _second_nights(school: "School") -> Figure:
    """Take turns between importing night after night, one mark another each time, and reading the same."""
    nights = _nights()
    extract = {"content": b""}

    def next_extract(name: str) -> None:
        if name == "import":
            extract["content"] = next(nights)

    taken = in_turns(
        {
            "import": lambda: _import(school, extract["content"]),
            "read": lambda: _read_and_validate(extract["content"]),
        },
        before=next_extract,
    )
    own = round(median(taken["import"]), 2)
    return Figure(
        "reimport_vs_read", ratio(taken, "import", "read"), at_most=5, runs=taken, beside={"seconds": own}
    )


def _nights() -> Iterator[bytes]:
    """The extract again and again: a minute later each time, and another code in its last mark."""
    with zipfile.ZipFile(EXTRACT) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(members["manifest.json"])
    made_at = datetime.fromisoformat(manifest["generated_at"])
    marks = list(csv.reader(io.StringIO(members["attendance.csv"].decode())))
    code = marks[0].index("code")
    for codes in itertools.cycle(("I", "O")):
        made_at += timedelta(minutes=1)
        marks[-1][code] = codes
        manifest["generated_at"] = made_at.isoformat()
        yield _packed(members, manifest, marks)


def _with_ten_times_the_marks() -> bytes:
    """The extract with ten years of marks instead of one."""
    with zipfile.ZipFile(EXTRACT) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    header, *marks = csv.reader(io.StringIO(members["attendance.csv"].decode()))
    day = header.index("date")
    years = (
        [*mark[:day], f"{int(mark[day][:4]) - back}{mark[day][4:]}", *mark[day + 1 :]]
        for back in range(10)
        for mark in marks
    )
    return _packed(members, json.loads(members["manifest.json"]), [header, *years])


def _packed(members: Mapping[str, bytes], manifest: dict[str, Any], marks: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(marks)
    content = text.getvalue().encode()
    digest = hashlib.sha256(content).hexdigest()
    manifest["files"]["attendance.csv"] = {"rows": len(marks) - 1, "sha256": digest}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, one in members.items():
            if name == "attendance.csv":
                archive.writestr(name, content)
            elif name != "manifest.json":
                archive.writestr(name, one)
        archive.writestr("manifest.json", json.dumps(manifest))
    return made.getvalue()


def _read_and_validate(content: bytes) -> None:
    """Read every row of the extract into values: the floor of a night that brings next to nothing new."""
    from tenant_apps.imports.services.faults import Faults
    from tenant_apps.imports.services.reading import open_extract, read_file
    from tenant_apps.imports.services.validation import check_header, checked

    faults = Faults()
    with open_extract(io.BytesIO(content)) as extract:
        for layout in extract.layouts():
            with read_file(extract, layout, faults) as (reader, rows):
                check_header(reader)
                for _ in checked(reader, rows, tell=lambda done: None, today=date(2026, 11, 20)):
                    pass
    if faults.total:
        raise AssertionError(f"The extract has {faults.total} faults.")


def _import(school: "School", content: bytes | None = None) -> None:
    """Receive the extract, encrypted into the store, and apply it: all that an import is."""
    from core.access import SYSTEM
    from core.tenancy import in_school
    from tenant_apps.imports.enums import ImportSource, ImportState
    from tenant_apps.imports.services import apply_import, receive_extract

    with in_school(school):
        import_id = receive_extract(
            [content or EXTRACT.read_bytes()], file_name=EXTRACT.name, source=ImportSource.COMMAND, by=SYSTEM
        )
        state = apply_import(import_id=import_id)
    if state != ImportState.APPLIED:
        raise AssertionError(f"The import was {state}.")


# A process counts the memory of the one it was forked from: a small one stands between.
BETWEEN = """
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""


def _peak(schema: str, extract: Path) -> float:
    """Return the most memory that the command took, in megabytes."""
    command = [sys.executable, "manage.py", "import_extract", "--school", schema, str(extract)]
    between = [sys.executable, "-c", BETWEEN, *command]
    told = subprocess.run(between, cwd=ROOT, stdout=subprocess.PIPE, check=True)
    return int(told.stdout) / 1024


def _make_floor(owner: psycopg.Connection, schema: str) -> None:
    """Make empty copies of the tables with every key: primary, unique, foreign, and every other index."""
    owner.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(FLOOR)))
    for table in TABLES:
        owner.execute(
            sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(
                sql.Identifier(FLOOR, table), sql.Identifier(schema, table)
            )
        )
    for table in TABLES:
        # Without a search_path every table is named in full: those of the floor are then put in their place.
        owner.execute("SET search_path = ''")
        keys = owner.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'f' AND conrelid = %s::regclass",
            [f"{schema}.{table}"],
        ).fetchall()
        for (key,) in keys:
            here = key
            for other in TABLES:
                here = here.replace(f"{schema}.{other}(", f"{FLOOR}.{other}(")
            owner.execute(
                sql.SQL("ALTER TABLE {} ADD {}").format(sql.Identifier(FLOOR, table), sql.SQL(here))
            )


def _empty(owner: psycopg.Connection, schema: str) -> None:
    tables = sql.SQL(", ").join(sql.Identifier(schema, table) for table in TABLES)
    owner.execute(sql.SQL("TRUNCATE {} CASCADE").format(tables))


def _rows(owner: psycopg.Connection, schema: str) -> dict[str, int]:
    found = {}
    for table in TABLES:
        counting = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(schema, table))
        found[table] = owner.execute(counting).fetchall()[0][0]
    return found


def _copy(owner: psycopg.Connection) -> None:
    """Read the files and copy their rows: the floor."""
    from core.db.keys import uuid7

    with zipfile.ZipFile(EXTRACT) as archive, owner.transaction():

        def read(file: str) -> Iterator[Row]:
            with archive.open(file) as member:
                yield from csv.DictReader(io.TextIOWrapper(member, "utf-8", newline=""))

        def write(table: str, columns: str, rows: Iterable[tuple[object, ...]]) -> None:
            into = sql.SQL("COPY {} (" + columns + ") FROM STDIN").format(sql.Identifier(FLOOR, table))
            with owner.cursor().copy(into) as copy:
                for row in rows:
                    copy.write_row(row)

        pupils = {row["mis_id"]: uuid7() for row in read("pupils.csv")}
        groups = {row["mis_id"]: uuid7() for row in read("groups.csv")}
        write(
            "staff_misstaff",
            "id, mis_id, title, first_name, last_name, email, job_title, start_date, end_date,"
            " is_full_time, is_listed",
            (
                (
                    uuid7(),
                    row["mis_id"],
                    row["title"],
                    row["forename"],
                    row["surname"],
                    row["email"],
                    row["job_title"],
                    row["start_date"],
                    row["end_date"] or None,
                    row["full_time"],
                    "t",
                )
                for row in read("staff.csv")
            ),
        )
        write(
            "classes_studentgroup",
            "id, mis_id, kind, name, sort_key",
            (
                (groups[row["mis_id"]], row["mis_id"], row["kind"], row["name"], row["name"])
                for row in read("groups.csv")
            ),
        )
        write(
            "students_student",
            f"id, {', '.join(PUPIL)}, {', '.join(PUPIL_MADE)}",
            _pupils(read("pupils.csv"), pupils),
        )
        write(
            "students_membership",
            "id, student_id, group_id, start_date, end_date",
            (
                (
                    uuid7(),
                    pupils[row["pupil_mis_id"]],
                    groups[row["group_mis_id"]],
                    row["start_date"],
                    row["end_date"] or None,
                )
                for row in read("memberships.csv")
            ),
        )
        write(
            "students_contact",
            f"id, student_id, source, mis_id, {', '.join(CONTACT)}",
            (
                (uuid7(), pupils[row["pupil_mis_id"]], "mis", row["mis_id"], *_cells(row, CONTACT))
                for row in read("contacts.csv")
            ),
        )
        write(
            "students_studentlink",
            "id, student_id, linked_student_id, relationship, source",
            (
                (
                    uuid7(),
                    pupils[row["pupil_mis_id"]],
                    pupils[row["linked_pupil_mis_id"]],
                    row["relationship"],
                    "mis",
                )
                for row in read("links.csv")
            ),
        )
        write(
            "attendance_mark",
            "student_id, date, session, code, minutes_late",
            (
                (
                    pupils[row["pupil_mis_id"]],
                    row["date"],
                    row["session"],
                    row["code"],
                    row["minutes_late"] or None,
                )
                for row in read("attendance.csv")
            ),
        )


LISTS = {"sen_needs", "medical_conditions"}
# Columns in which an empty cell is no text.
NULLED = {
    "upn",
    "date_of_birth",
    "start_date",
    "leaving_date",
    "pupil_premium",
    "free_school_meals",
    "eal",
    "looked_after",
    "service_child",
    "parental_responsibility",
    "court_order",
    "lives_with",
}
PUPIL = [
    "mis_id",
    "upn",
    "former_upn",
    "legal_forename",
    "legal_surname",
    "preferred_forename",
    "preferred_surname",
    "former_surname",
    "middle_names",
    "date_of_birth",
    "sex",
    "gender",
    "email",
    "year_group",
    "enrolment_status",
    "start_date",
    "leaving_date",
    "leaving_destination",
    "sen_status",
    "sen_needs",
    "pupil_premium",
    "free_school_meals",
    "eal",
    "first_language",
    "ethnicity",
    "religion",
    "looked_after",
    "service_child",
    "medical_conditions",
    "medical_notes",
    "address",
    "postcode",
]
PUPIL_MADE = ("sort_key", "legal_sort_key", "search_key", "warnings")
CONTACT = [
    "priority",
    "title",
    "forename",
    "surname",
    "relationship",
    "parental_responsibility",
    "court_order",
    "lives_with",
    "email",
    "mobile",
    "home_phone",
    "work_phone",
    "address",
    "postcode",
]


def _cells(row: Row, columns: Iterable[str]) -> Iterator[object]:
    for column in columns:
        if column in LISTS:
            yield row[column].split(";") if row[column] else []
        else:
            yield (row[column] or None) if column in NULLED else row[column]


def _pupils(rows: Iterable[Row], keys: Mapping[str, object]) -> Iterator[tuple[object, ...]]:
    for row in rows:
        name = f"{row['legal_surname']} {row['legal_forename']}".casefold()
        yield (keys[row["mis_id"]], *_cells(row, PUPIL), name, name, name, "[]")
