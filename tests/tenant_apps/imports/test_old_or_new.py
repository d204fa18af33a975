"""Whatever happens to an extract on its way, the school stands exactly as before it or exactly as after it.

Each draw spoils the next night's extract in its own way, or stops the import at some statement. A short draw
runs with every test; IMPORT_DRAWS makes it longer.
"""

import io
import json
import os
import random
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.data.extracts import ExtractBook, on_a_full_roll, pupil, small_extract, upn

DRAWS = int(os.environ.get("IMPORT_DRAWS", "40"))
LATER = "2026-11-21T22:05:00+00:00"
drawn = settings(
    max_examples=DRAWS,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
seeds = st.integers(0, 2**32 - 1).map(random.Random)
JUNK = (
    "",
    "?",
    "9999-12-31",
    "0001-01-01",
    "=1+1",
    "\n",
    '"',
    "P1",
    "Null",
    "x" * 700,
    "Y",
    "-1",
    "é\u202e",
    ";",
)


def next_night() -> ExtractBook:
    """A joiner, a leaver, a new name, a contact less, a mark more."""
    book = on_a_full_roll(small_extract(generated_at=LATER))
    pupils = book.files["pupils.csv"]
    pupils[1]["preferred_forename"] = "Kuba"
    pupils[2]["leaving_date"] = "2026-11-13"
    pupils.append(pupil(4, "Newly", "Arrived", upn=upn(4)))
    book.files["contacts.csv"].pop()
    book.files["attendance.csv"].append(book.files["attendance.csv"][0] | {"date": "2026-09-03", "code": "/"})
    return book


def shuffled(book: ExtractBook, draw: random.Random) -> bytes:
    """The same extract in another order: rows, columns and members."""
    for file, rows in book.files.items():
        columns = list(dict.fromkeys(name for row in rows for name in row))
        draw.shuffle(columns)
        rows[:] = [{name: row.get(name, "") for name in columns} for row in rows]
        draw.shuffle(rows)
        assert file in book.files
    book.files = dict(draw.sample(list(book.files.items()), len(book.files)))
    return book.pack()


def cut(book: ExtractBook, draw: random.Random) -> bytes:
    content = book.pack()
    return content[: draw.randrange(len(content))]


def flipped(book: ExtractBook, draw: random.Random) -> bytes:
    """Some bytes of the ZIP are others."""
    content = bytearray(book.pack())
    for _ in range(draw.randint(1, 8)):
        content[draw.randrange(len(content))] = draw.randrange(256)
    return bytes(content)


def members(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(found: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in found.items():
            archive.writestr(name, content)
    return made.getvalue()


def cut_inside(book: ExtractBook, draw: random.Random) -> bytes:
    """One file ends early, or stands twice in itself, or is missing; the manifest knows nothing of it."""
    found = members(book.pack())
    name = draw.choice(sorted(found))
    content = found.pop(name)
    match draw.randrange(3):
        case 0:
            found[name] = content[: draw.randrange(len(content))]
        case 1:
            found[name] = content + content[content.find(b"\n") + 1 :]
    return packed(found)


def with_faults(book: ExtractBook, draw: random.Random) -> bytes:
    """Cells are junk, rows stand twice or are gone, and the manifest says it is all right."""
    for _ in range(draw.randint(1, 4)):
        rows = book.files[draw.choice(sorted(book.files))]
        if not rows:
            continue
        place = draw.randrange(len(rows))
        match draw.randrange(4):
            case 0:
                rows.insert(draw.randrange(len(rows) + 1), dict(rows[place]))
            case 1:
                del rows[place]
            case _:
                column = draw.choice(sorted(rows[place]))
                rows[place] = rows[place] | {column: draw.choice(JUNK)}
    return book.pack()


def with_another_manifest(book: ExtractBook, draw: random.Random) -> bytes:
    """A manifest that lies, in one of its statements."""
    manifest = book.describe()
    place: Any = manifest
    while isinstance(place, dict):
        holder, key = place, draw.choice(sorted(place))
        place = place[key]
    holder[key] = draw.choice([None, "", 0, -1, 7, "full", "changes", [], {}, 10**9, "2026-11-21"])
    found = members(book.pack())
    found["manifest.json"] = json.dumps(manifest).encode()
    return packed(found)


SPOILS: dict[str, Callable[[ExtractBook, random.Random], bytes]] = {
    function.__name__: function
    for function in (shuffled, cut, flipped, cut_inside, with_faults, with_another_manifest)
}
# What these make of an extract is either the extract itself or none.
SAME_OR_NONE = {"shuffled", "cut", "flipped", "cut_inside"}


def exactly() -> list[Any]:
    """Every row that an import may write, with its key."""
    from tenant_apps.attendance.models import Mark
    from tenant_apps.classes.models import StudentGroup
    from tenant_apps.staff.models import MISStaff, StaffMember
    from tenant_apps.students.models import Contact, Membership, Student, StudentLink

    tables = (Student, Membership, Contact, StudentLink, Mark, StudentGroup, MISStaff, StaffMember)
    return [sorted(map(repr, table.objects.values())) for table in tables]


def by_numbers() -> list[Any]:
    """The same as the MIS would tell it: keys are made anew by each import of something new."""
    from tenant_apps.attendance.models import Mark
    from tenant_apps.classes.models import StudentGroup
    from tenant_apps.staff.models import MISStaff
    from tenant_apps.students.models import Contact, Membership, Student, StudentLink

    def rows(model: Any, *links: str) -> list[str]:
        own = [
            field.name
            for field in model._meta.concrete_fields
            if not field.is_relation and field.name not in {"id", "archived_at", "ended_at"}
        ]
        gone = [name for name in ("archived_at", "ended_at") if hasattr(model, name)]
        found = model.objects.values_list(*gone, *own, *links)
        told = ([one is None for one in row[: len(gone)]] + list(row[len(gone) :]) for row in found)
        return sorted(map(repr, told))

    return [
        rows(Student),
        rows(StudentGroup),
        rows(MISStaff),
        rows(Membership, "student__mis_id", "group__mis_id"),
        rows(Contact, "student__mis_id"),
        rows(StudentLink, "student__mis_id", "linked_student__mis_id"),
        rows(Mark, "student__mis_id"),
    ]


class UndoneError(Exception):
    """Ends a draw: nothing of it stays."""


@pytest.fixture
def undone(bring: Any) -> Any:
    """Runs something on top of the first night, and undoes it."""
    bring(on_a_full_roll(small_extract()))

    def run(what: Callable[[], Any]) -> Any:
        told = []
        try:
            with transaction.atomic():
                told.append(what())
                raise UndoneError
        except UndoneError:
            return told[0]

    return run


@pytest.fixture
def new(bring: Any, undone: Any) -> list[Any]:
    """How the school stands after the next night as it was sent."""

    def state() -> list[Any]:
        assert bring(next_night()).state == "applied"
        return by_numbers()

    return undone(state)


@pytest.mark.spec("IMP-08")
@drawn
@given(draw=seeds)
def test_spoiled_extract_leaves_the_old_state_or_makes_the_new_one(bring, undone, new, draw):
    old = exactly()
    name = draw.choice(sorted(SPOILS))
    content = SPOILS[name](next_night(), draw)

    def one_draw() -> None:
        entry = bring(content)
        assert entry.state in {"applied", "refused", "held"}, name
        if entry.state != "applied":
            assert exactly() == old, name
            return
        if name in SAME_OR_NONE:
            assert by_numbers() == new, name
        # Twice is once.
        once = exactly()
        again = bring(content)
        assert again.state == "applied", again.faults
        assert exactly() == once, name
        told = {word: n for counts in again.counts.values() for word, n in counts.items() if word != "read"}
        assert set(told.values()) == {0}, (name, again.counts)

    undone(one_draw)


@pytest.mark.fault("F20")
@pytest.mark.spec("IMP-08")
@drawn
@given(draw=seeds)
def test_import_that_stops_at_any_statement_has_done_nothing_and_runs_again(in_a, undone, new, draw):
    from core.access import SYSTEM
    from tenant_apps.imports.models import Import
    from tenant_apps.imports.services import apply_import, receive_extract

    old = exactly()
    left = draw.randrange(90)

    def stop(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal left
        left -= 1
        if left == 0:
            raise OperationalError("the connection is gone")
        return execute(sql, params, many, context)

    def one_draw() -> None:
        import_id = receive_extract([next_night().pack()], file_name="a.zip", source="command", by=SYSTEM)
        try:
            with connection.execute_wrapper(stop):
                apply_import(import_id=import_id)
        except OperationalError:
            assert Import.objects.get(pk=import_id).state == "waiting"
            assert exactly() == old
        assert apply_import(import_id=import_id) == "applied"
        assert by_numbers() == new

    undone(one_draw)
