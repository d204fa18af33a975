"""Every school is brought to the newest migrations, and a run that is killed harms none (F16, F18)."""

import os
import subprocess
import sys
import textwrap
import time

import psycopg
import pytest

from tests.servers import ROOT

# A release of tomorrow: one field more on agencies, and a step that may be told to die, sleep or fail in a
# school.
MIGRATION = """
import os, signal, time
from django.db import migrations, models


def stumble(apps, schema_editor):
    here = schema_editor.connection.schema_name
    if here == os.environ.get("KILL_AT"):
        os.kill(os.getpid(), signal.SIGKILL)
    if here == os.environ.get("FAIL_AT"):
        raise RuntimeError("a fault in the data of one school")
    if here == os.environ.get("SLEEP_AT"):
        time.sleep(4)


class Migration(migrations.Migration):
    dependencies = [("agencies", "0001_initial")]
    operations = [
        migrations.AddField("agency", "note", models.CharField(max_length=40, db_default="")),
        migrations.RunPython(stumble, migrations.RunPython.noop),
    ]
"""


@pytest.fixture
def release(tmp_path, own_database):
    """The environment of the next release, as the owner runs it."""
    folder = tmp_path / "next_release"
    folder.mkdir()
    (folder / "__init__.py").touch()
    for path in (ROOT / "tenant_apps" / "agencies" / "migrations").glob("0*.py"):
        (folder / path.name).write_bytes(path.read_bytes())
    (folder / "0002_note.py").write_text(textwrap.dedent(MIGRATION))
    (tmp_path / "next_settings.py").write_text(
        "from config.settings.test import *\nMIGRATION_MODULES = {'agencies': 'next_release'}\n"
    )
    return {
        **os.environ,
        **own_database.environment(),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}:{tmp_path}",
        "DJANGO_SETTINGS_MODULE": "next_settings",
        "DATABASE_ROLE": "owner",
    }


def start(release, **more):
    return subprocess.Popen(
        [sys.executable, "manage.py", "migrate_schools"],
        cwd=ROOT,
        env={**release, **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def migrate(release, **more):
    process = start(release, **more)
    output, _ = process.communicate(timeout=120)
    return process.returncode, output


def states(database):
    """Schema -> (has the column, says it has)."""
    with psycopg.connect(database.url("postgres")) as connection:
        schemas = [row[0] for row in connection.execute("SELECT schema_name FROM tenants_school ORDER BY 1")]
        found = {}
        for schema in ["template_school", *schemas]:
            column = connection.execute(
                "SELECT count(*) FROM information_schema.columns "
                "WHERE table_schema = %s AND table_name = 'agencies_agency' AND column_name = 'note'",
                [schema],
            ).fetchone()[0]
            recorded = connection.execute(
                f'SELECT count(*) FROM "{schema}".django_migrations WHERE app = %s AND name = %s',
                ["agencies", "0002_note"],
            ).fetchone()[0]
            found[schema] = (column, recorded)
    return found


@pytest.mark.fault("F16")
@pytest.mark.spec("TEN-11")
def test_run_killed_at_a_school_is_finished_by_the_next(release, own_database):
    """F16: each school is wholly old or wholly new."""
    template, first, second = states(own_database)
    code, _ = migrate(release, KILL_AT=second)
    assert code == -9
    assert states(own_database) == {template: (1, 1), first: (1, 1), second: (0, 0)}
    code, output = migrate(release)
    assert code == 0, output
    assert set(states(own_database).values()) == {(1, 1)}
    assert first not in output
    assert second in output
    code, output = migrate(release)
    assert code == 0
    assert "migrations" not in output


@pytest.mark.fault("F18")
def test_second_run_waits_for_the_first(release, own_database):
    """F18: two deploys migrate at once; the second finds nothing to do."""
    template, first, second = states(own_database)
    one = start(release, SLEEP_AT=first)
    while one.poll() is None and states(own_database)[template] == (0, 0):
        time.sleep(0.05)
    code, output = migrate(release)
    done, told = one.communicate(timeout=60)[0], one.returncode
    assert told == 0, done
    assert code == 0, output
    assert "waiting for it to end" in output
    assert second not in output
    assert set(states(own_database).values()) == {(1, 1)}


@pytest.mark.fault
def test_fault_in_one_school_names_it_and_leaves_it_old(release, own_database):
    template, first, second = states(own_database)
    code, _ = migrate(release, FAIL_AT=first)
    assert code != 0
    assert states(own_database) == {template: (1, 1), first: (0, 0), second: (0, 0)}


@pytest.mark.fault
def test_school_that_is_locked_is_told_and_the_others_go_on(release, own_database):
    template, first, second = states(own_database)
    with psycopg.connect(own_database.url("owner")) as busy:
        busy.execute(f'SELECT 1 FROM "{first}".agencies_agency')
        code, output = migrate(release)
    assert code == 1
    assert f"run again: {first}" in output
    assert states(own_database) == {template: (1, 1), first: (0, 0), second: (1, 1)}
    assert migrate(release)[0] == 0
    assert set(states(own_database).values()) == {(1, 1)}


@pytest.mark.fault
@pytest.mark.spec("TEN-11")
def test_school_made_after_a_release_has_it_too(release, own_database, tmp_path):
    from tests.data.schools import book

    assert migrate(release)[0] == 0
    path = book("oakhill", "Oakhill School", "910009").write(tmp_path / "book.xlsx")
    command = [sys.executable, "manage.py", "provision_school", str(path)]
    subprocess.run(command, cwd=ROOT, env=release, check=True, capture_output=True)
    found = states(own_database)
    assert len(found) == 4
    assert set(found.values()) == {(1, 1)}
