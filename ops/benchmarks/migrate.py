"""migrate_vs_stock: one AddField in fifty schools, against django-tenants' own migrate_schemas.

Both begin with the same fifty schools, have the same one migration before them and are timed inside the
process, after Django is up. The higher the figure, the faster the product.
"""

import os
import subprocess
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path
from statistics import median

from ops.benchmarks.measuring import DATABASE, Figure, Stage
from ops.benchmarks.preparing import manage
from ops.supervisor.servers import ROOT

FIGURES = ["migrate_vs_stock"]
SCHOOLS = 50
PATIENCE = 10
RUN = "bench_run"
MIGRATION = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agencies", "0001_initial")]
    operations = [migrations.AddField("agency", "note", models.CharField(max_length=40, default=""))]
"""
MAKE_SCHOOLS = """
from django.db import transaction
from tenants.clone import clone
from core.db.clock import now
from core.tenancy import in_public
from tenants.models import School

def work():
    for number in range({schools}):
        with transaction.atomic():
            with in_public():
                school = School.objects.create(
                    name=f"School {{number}}", subdomain=f"school-{{number}}", urn=f"{{number:06}}",
                    wrapped_key=b"", created_at=now())
            clone(school.schema_name)
"""
OURS = """
from tenants.migrating import migrate_schools

def work():
    migrate_schools(lambda text: None)
"""
STOCK = """
from django.core.management import call_command

def work():
    call_command("migrate_schemas", tenant=True, verbosity=0)
"""


def measure(stage: Stage) -> Iterable[Figure]:
    """Take turns, each on a fresh copy of the database with the fifty schools."""
    manage("migrate_schools")
    run_timed(stage, "config.settings.demo", MAKE_SCHOOLS.format(schools=SCHOOLS))
    release = _next_release(stage.folder)
    ours = _settings(stage.folder, "ours_next", release)
    stock = stock_settings(stage.folder, release)
    taken: dict[str, list[float]] = {"ours": [], "stock": []}
    rounds = 5
    while min(map(len, taken.values())) < rounds:
        for name, settings, work in (("ours", ours, OURS), ("stock", stock, STOCK)):
            stage.postgres.drop_database(RUN)
            stage.postgres.ensure_database(RUN, owner="owner", template=DATABASE)
            taken[name].append(run_timed(stage, settings, work, database=RUN))
            _refuse_unfinished(stage)
            if taken[name][-1] > PATIENCE:
                rounds = 3
    yield Figure(
        "migrate_vs_stock",
        median(taken["stock"]) / median(taken["ours"]),
        at_least=5,
        runs=taken,
        beside={
            "schools": SCHOOLS,
            "seconds": round(median(taken["ours"]), 2),
            "stock_seconds": round(median(taken["stock"]), 2),
        },
    )


def _refuse_unfinished(stage: Stage) -> None:
    """A run that left schools behind would be fast for the wrong reason."""
    with stage.postgres.connect(RUN) as connection:
        found = connection.execute(
            "SELECT count(*) FROM information_schema.columns "
            "WHERE table_name = 'agencies_agency' AND column_name = 'note' AND table_schema LIKE 's\\_%'"
        ).fetchone()
    if found is None or found[0] != SCHOOLS:
        raise AssertionError(f"Only {found} of {SCHOOLS} schools were migrated.")


def _next_release(folder: Path) -> str:
    """Write the migrations of one app with one more than there is, as a package; its name."""
    package = folder / "next_release"
    package.mkdir(exist_ok=True)
    (package / "__init__.py").touch()
    for path in (ROOT / "tenant_apps" / "agencies" / "migrations").glob("0*.py"):
        (package / path.name).write_bytes(path.read_bytes())
    (package / "0002_note.py").write_text(MIGRATION)
    return package.name


def _settings(folder: Path, name: str, release: str | None, more: str = "") -> str:
    modules = f"MIGRATION_MODULES = {{'agencies': {release!r}}}\n" if release else ""
    (folder / f"{name}.py").write_text(f"from config.settings.demo import *\n{modules}{more}")
    return name


def stock_settings(folder: Path, release: str | None = None) -> str:
    """Settings under which django-tenants works as it comes: its own engine, no pool."""
    engine = """
        DATABASES["default"]["ENGINE"] = "django_tenants.postgresql_backend"
        DATABASES["default"]["OPTIONS"] = {}
        """
    return _settings(folder, "stock_next" if release else "stock", release, textwrap.dedent(engine))


def run_timed(stage: Stage, settings: str, work: str, *, database: str = DATABASE) -> float:
    """Run `work()` as the owner in a process of its own; the seconds it took, Django's start aside."""
    script = (
        f"import time, django\ndjango.setup()\n{work}\n"
        "began = time.perf_counter()\nwork()\nprint('TOOK', time.perf_counter() - began)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": settings,
            "DATABASE_ROLE": "owner",
            "DATABASE_OWNER_URL": stage.postgres.url("owner", database),
            "PYTHONPATH": os.pathsep.join(map(str, (ROOT, ROOT / "platform", stage.folder))),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"A run failed:\n{done.stdout[-2000:]}\n{done.stderr[-6000:]}")
    return float(done.stdout.rsplit("TOOK", 1)[1])
