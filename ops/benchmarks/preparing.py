"""Makes a school for the figures: a migrated database and a school provisioned from its sheet."""

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ops.benchmarks.measuring import DATABASE
from ops.supervisor.servers import ROOT

if TYPE_CHECKING:
    from ops.benchmarks.measuring import Stage
    from tenants.models import School

DEMO_DATA = ROOT / "ops" / "demo_data"


def manage(*arguments: str | Path) -> None:
    """Run one of the product's commands in a process of its own."""
    done = subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, arguments))} failed:\n{done.stdout}\n{done.stderr}")


def ready_school(subdomain: str = "stgeorges") -> "School":
    """Return a school provisioned from its sheet in a freshly migrated database, with Django set up."""
    manage("migrate_schools")
    manage("provision_school", DEMO_DATA / "setup" / f"{subdomain}.xlsx")
    import django

    django.setup()
    from tenants.selectors import get_school_by_subdomain

    return get_school_by_subdomain(subdomain)


def take_statistics(stage: "Stage") -> None:
    """Do what the server does by itself a minute after many rows came."""
    import psycopg

    with psycopg.connect(stage.postgres.url(database=DATABASE), autocommit=True) as connection:
        connection.execute("ANALYZE")


def close_connections() -> None:
    """Let the database go, so that the server can stop."""
    from django.db import connection

    connection.close()
    connection.close_pool()
