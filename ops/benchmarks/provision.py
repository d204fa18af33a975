"""provision_vs_template_sql: the schema step of making a school.

The floor is the template as SQL text, dumped by PostgreSQL's own tool with its rows, replayed under another
name in one transaction: whatever makes these tables does that much. Beside it: a whole provisioning from the
spreadsheet to the commit, and a school's schema made by django-tenants as it comes, by migrations.
"""

import os
import subprocess
from collections.abc import Iterable
from functools import partial
from itertools import count
from statistics import median

import psycopg

from ops.benchmarks.measuring import DATABASE, Figure, Stage, in_turns, ratio, seconds
from ops.benchmarks.migrate import run_timed, stock_settings
from ops.benchmarks.preparing import DEMO_DATA, close_connections, manage

FIGURES = ["provision_vs_template_sql"]
STOCK_RUNS = 3


def measure(stage: Stage) -> Iterable[Figure]:
    """Take turns between the clone and the replay; both are rolled back, so that every run finds the same."""
    manage("migrate_schools")
    os.environ["DATABASE_ROLE"] = "owner"
    import django

    django.setup()
    from tenants.migrating import TEMPLATE_SCHEMA

    names = (f"s_{'a' * 12}{number:04}".translate(str.maketrans("0189", "bcde")) for number in count())
    script = _dump(stage, TEMPLATE_SCHEMA)
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"]) as owner:
        taken = in_turns(
            {
                "clone": lambda: _clone(next(names)),
                "replay": lambda: _replay(owner, script.replace(TEMPLATE_SCHEMA, next(names))),
            }
        )
        tables = owner.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = %s", [TEMPLATE_SCHEMA]
        ).fetchone()
    whole = [seconds(partial(_provision, sheet)) for sheet in ("stgeorges", "riverside", "hillview")]
    close_connections()
    stock = [
        run_timed(
            stage,
            stock_settings(stage.folder),
            "from django.core.management import call_command\n"
            "from django.db import connection\n"
            f"def work():\n"
            f"    connection.cursor().execute('CREATE SCHEMA stock_{number}')\n"
            f"    call_command('migrate_schemas', schema_name='stock_{number}', verbosity=0)\n",
        )
        for number in range(STOCK_RUNS)
    ]
    yield Figure(
        "provision_vs_template_sql",
        ratio(taken, "clone", "replay"),
        at_most=3,
        runs={**taken, "whole": whole, "stock": stock},
        beside={
            "tables": tables[0] if tables else 0,
            "seconds": round(median(taken["clone"]), 3),
            "floor_seconds": round(median(taken["replay"]), 3),
            "whole_provisioning_seconds": round(median(whole), 2),
            "stock_django_tenants_seconds": round(median(stock), 2),
            "stock_vs_clone": round(median(stock) / median(taken["clone"]), 1),
        },
    )


def _dump(stage: Stage, schema: str) -> str:
    done = subprocess.run(
        [
            str(stage.postgres.binaries / "pg_dump"),
            "--no-owner",
            "--inserts",
            f"--schema={schema}",
            stage.postgres.url(None, DATABASE),
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    # Its own commands (\restrict) are for psql.
    return "\n".join(line for line in done.stdout.splitlines() if not line.startswith("\\"))


def _clone(name: str) -> None:
    from django.db import transaction

    from tenants.clone import clone

    with transaction.atomic():
        clone(name)
        transaction.set_rollback(True)


def _replay(owner: psycopg.Connection, script: str) -> None:
    owner.execute(script)
    owner.rollback()


def _provision(name: str) -> None:
    from tenants.provisioning import provision
    from tenants.setup_sheet import read_setup_sheet

    provision(read_setup_sheet(DEMO_DATA / "setup" / f"{name}.xlsx"))
