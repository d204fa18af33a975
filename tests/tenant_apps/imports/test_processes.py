"""Imports in processes of their own: one that is killed, and two at once."""

import os
import subprocess
import sys
import time
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import psycopg
import pytest
from psycopg import sql

from tests.data.extracts import pupil, small_extract

ROOT = Path(__file__).resolve().parents[3]
SCHOOL = "ashgrove"
MARKS = 40_000
KILLS = max(2, int(os.environ.get("IMPORT_DRAWS", "40")) // 20)


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    """An extract with enough marks to be caught in the middle."""
    book = small_extract()
    book.files["pupils.csv"] = [pupil(number) for number in range(1, 101)]
    day = date(2025, 9, 1)
    book.files["attendance.csv"] = [
        {
            "pupil_mis_id": f"P{number % 100 + 1}",
            "date": str(day + timedelta(days=number // 200)),
            "session": "AM" if number % 200 < 100 else "PM",
            "code": "/",
            "minutes_late": "",
        }
        for number in range(MARKS)
    ]
    path = tmp_path / "extract.zip"
    path.write_bytes(book.pack())
    return path


def start(environment: dict[str, str], extract: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "manage.py", "import_extract", "--school", SCHOOL, str(extract)]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)


@pytest.fixture
def stored(own_database: Any) -> Any:
    """What another connection sees in the school: the number of rows of a table, or values of a statement."""
    with psycopg.connect(own_database.url("postgres"), autocommit=True) as connection:
        schema = connection.execute(
            "SELECT schema_name FROM tenants_school WHERE subdomain = %s", [SCHOOL]
        ).fetchone()[0]
        connection.execute(sql.SQL("SET search_path = {}").format(sql.Identifier(schema)))

        def ask(statement: str) -> Any:
            return connection.execute(statement).fetchall()

        yield ask


def wait_for(condition: Any) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.mark.fault("F20")
def test_an_import_killed_half_way_leaves_nothing_and_runs_again(product_environment, extract, stored):
    process = start(product_environment, extract)
    copying = (
        "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'COPY extract_attendance%' AND state = 'active'"
        " AND datname = current_database()"
    )
    wait_for(lambda: stored(copying))
    process.kill()
    process.wait()
    assert stored("SELECT count(*) FROM students_student") == [(0,)]
    assert stored("SELECT count(*) FROM staff_misstaff") == [(0,)]
    assert stored("SELECT state FROM imports_import") == [("waiting",)]

    assert start(product_environment, extract).wait(60) == 0
    first = stored("SELECT id, mis_id FROM students_student ORDER BY mis_id")
    assert stored("SELECT count(*) FROM attendance_mark") == [(MARKS,)]
    assert start(product_environment, extract).wait(60) == 0
    assert stored("SELECT id, mis_id FROM students_student ORDER BY mis_id") == first


@pytest.mark.fault("F20")
def test_two_imports_at_once_run_one_after_the_other(product_environment, extract, stored):
    processes = [start(product_environment, extract) for _ in range(2)]
    assert [process.wait(120) for process in processes] == [0, 0]
    assert stored("SELECT state FROM imports_import") == [("applied",), ("applied",)]
    assert stored("SELECT count(*) FROM students_student") == [(100,)]
    assert stored("SELECT count(*) FROM attendance_mark") == [(MARKS,)]
    added = stored("SELECT counts -> 'pupils.csv' ->> 'added' FROM imports_import ORDER BY finished_at")
    assert sorted(added) == [("0",), ("100",)]


@pytest.mark.fault("F20")
def test_an_import_killed_at_random_moments_leaves_the_old_state_or_the_new_one(
    product_environment, extract, stored
):
    draw = Random(20)
    school = "SELECT (SELECT count(*) FROM students_student), (SELECT count(*) FROM attendance_mark)"
    old, new = [(0, 0)], [(100, MARKS)]
    receiving = "SELECT 1 FROM imports_import"
    for _ in range(KILLS):
        began = len(stored(receiving))
        process = start(product_environment, extract)
        wait_for(lambda began=began: len(stored(receiving)) > began)
        # From the first moment of the import to a little after its usual end.
        time.sleep(draw.uniform(0, 3))
        process.kill()
        process.wait()
        assert stored(school) in (old, new)
        states = set(stored("SELECT state FROM imports_import"))
        assert states <= ({("waiting",)} if stored(school) == old else {("waiting",), ("applied",)})
    assert start(product_environment, extract).wait(120) == 0
    assert stored(school) == new
