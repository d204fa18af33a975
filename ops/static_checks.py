"""Everything that can be checked without running the product: what ops/check runs.

One real PostgreSQL is started for Django's commands, so that they see what they will see in earnest.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from ops.supervisor.servers import ROOT, Postgres

PYTHON = sys.executable
BIN = Path(PYTHON).parent


def run(*command: str | Path) -> bool:
    """Run one command in the root folder; True if it is content."""
    paths = os.pathsep.join([str(ROOT), str(ROOT / "platform")])
    environment = {**os.environ, "PYTHONPATH": paths}
    return not subprocess.run(
        [str(part) for part in command], cwd=ROOT, env=environment, check=False
    ).returncode


def templates() -> list[str]:
    """Return every template of the product."""
    folders = [ROOT / "templates", *ROOT.glob("*/*/templates"), *ROOT.glob("platform/*/*/templates")]
    return [str(path.relative_to(ROOT)) for folder in folders for path in sorted(folder.rglob("*.html"))]


def check_templates() -> bool:
    """Lint the templates: Django's tags by djade, the HTML by djlint."""
    found = templates()
    if not found:
        return True
    of_django = [path for path in found if not path.startswith("templates/rows/")]
    tags = run(BIN / "djade", "--target-version", "5.2", "--check", *of_django)
    return run(BIN / "djlint", "--lint", "--quiet", *found) and tags


def check_shell() -> bool:
    """Parse the shell scripts."""
    scripts = [
        ROOT / ".ci/run",
        *(path for path in (ROOT / "ops").iterdir() if path.is_file() and not path.suffix),
    ]
    return all(run("bash", "-n", script) for script in scripts)


def check_hosts() -> bool:
    """Find locks that name the registry they were made from."""
    locks = [*ROOT.glob("requirements/*.lock"), ROOT / "package-lock.json"]
    words = ("index-url", "find-links", '"resolved"', "://")
    bad = [
        f"{lock.name}: {line}"
        for lock in locks
        for line in lock.read_text().splitlines()
        if any(word in line for word in words) and '"url": "https://github.com/sponsors' not in line
    ]
    print("\n".join(bad) or "no lock names a host")
    return not bad


CHECKS: dict[str, Callable[[], bool]] = {
    "format": lambda: run(BIN / "ruff", "format", "--check", "--quiet", "."),
    "lint": lambda: run(BIN / "ruff", "check", "--quiet", "."),
    "shell": check_shell,
    "locks": check_hosts,
    "imports": lambda: run(BIN / "lint-imports", "--no-cache"),
    "templates": check_templates,
    "django": lambda: run(PYTHON, "manage.py", "check", "--fail-level", "WARNING"),
    "migrations": lambda: run(PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"),
    "migration-rules": lambda: run(PYTHON, "-m", "ops.migration_rules"),
    "types": lambda: run(BIN / "mypy", "platform", "tenants", "shared_apps", "tenant_apps", "ops"),
}
NEED_DATABASE = {"django", "migrations", "migration-rules", "types"}


def fix() -> None:
    """Let the formatters do what they can do by themselves."""
    run(BIN / "ruff", "check", "--quiet", "--fix", ".")
    run(BIN / "ruff", "format", "--quiet", ".")
    if found := templates():
        run(BIN / "djade", "--target-version", "5.2", *found)


def environment(postgres: Postgres | None) -> dict[str, str]:
    """Return settings that let Django start; nothing but PostgreSQL is ever asked."""
    if postgres:
        postgres.ensure_roles({"owner": "check", "app": "check", "platform": "check"})
        postgres.ensure_database("check", owner="owner")
    url = "postgresql://{role}:check@127.0.0.1:{port}/check"
    port = postgres.port if postgres else 1
    return {
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": url.format(role="app", port=port),
        "DATABASE_OWNER_URL": url.format(role="owner", port=port),
        "DATABASE_PLATFORM_URL": url.format(role="platform", port=port),
        "VALKEY_URL": "redis://127.0.0.1:1/0",
        "EMAIL_URL": "smtp://127.0.0.1:1",
        "SECRET_KEY": "only-for-checks-" + "x" * 40,
        "ENCRYPTION_ROOT_KEY": "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
        "BASE_DOMAIN": "localhost",
        "DOCUMENTS_FOLDER": tempfile.gettempdir(),
    }


def main() -> int:
    """Run the checks that were asked for, all to the end, and say which failed."""
    parser = argparse.ArgumentParser(prog="ops/check")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--fix", action="store_true")
    options = parser.parse_args()
    if options.list:
        print("\n".join(CHECKS))
        return 0
    if unknown := set(options.names) - CHECKS.keys():
        print(
            f"ops/check: no such check: {', '.join(sorted(unknown))}. See ops/check --list.", file=sys.stderr
        )
        return 2
    if options.fix:
        fix()
    wanted = options.names or list(CHECKS)
    failed = []
    with tempfile.TemporaryDirectory(prefix="check-") as folder:
        postgres = Postgres(Path(folder) / "postgres", fsync=False) if NEED_DATABASE & set(wanted) else None
        try:
            if postgres:
                postgres.start()
            os.environ.update(environment(postgres))
            for name in wanted:
                began = time.monotonic()
                print(f"── {name}", flush=True)
                passed = CHECKS[name]()
                print(f"   {'ok' if passed else 'FAILED'} ({time.monotonic() - began:.1f} s)", flush=True)
                failed += [] if passed else [name]
        finally:
            if postgres:
                postgres.stop()
    print(
        f"ops/check: {', '.join(failed)} failed" if failed else f"ops/check: all {len(wanted)} checks passed"
    )
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
