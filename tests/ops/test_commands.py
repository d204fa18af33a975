"""The commands of ops/ and the locks they install from."""

import os
import re
import subprocess
import sys
import tomllib

import pytest

from ops.supervisor.servers import ROOT

SCRIPTS = [
    "ops/bench",
    "ops/bootstrap",
    "ops/check",
    "ops/demo",
    "ops/lock",
    "ops/manage",
    "ops/test",
    ".ci/run",
]
LOCKS = ["dev", "ops", "runtime", "uv"]


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_command_can_be_run_and_stops_at_the_first_fault(script: str) -> None:
    path = ROOT / script
    assert path.stat().st_mode & 0o111
    assert path.read_text().startswith("#!/usr/bin/env bash\n")
    assert "\nset -euo pipefail\n" in path.read_text()


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_pins_every_package_by_hash_and_names_no_host(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.lock").read_text()
    packages = re.findall(r"^[a-z0-9][^\s]*==[^\s]+", text, re.MULTILINE)
    assert packages
    for package in re.split(r"\n(?=[a-z0-9])", text.split("\n", 2)[2]):
        assert "--hash=sha256:" in package, package.split()[0]
    assert "://" not in text
    assert "index-url" not in text
    assert "find-links" not in text


def test_the_smaller_locks_hold_the_versions_of_the_larger() -> None:
    def versions(name: str) -> set[str]:
        return set(
            re.findall(r"^[a-z0-9][^\s]*==[^\s]+", (ROOT / f"requirements/{name}.lock").read_text(), re.M)
        )

    assert versions("runtime") < versions("ops") < versions("dev")


def test_every_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["ops"]]
    locked = (ROOT / "requirements/ops.lock").read_text()
    for requirement in wanted:
        name = re.match(r"[A-Za-z0-9-]+", requirement)
        assert name
        assert re.search(rf"^{name[0].lower()}(\[.*\])?==", locked, re.MULTILINE), requirement


def test_the_front_end_lock_names_no_address_of_a_package() -> None:
    text = (ROOT / "package-lock.json").read_text()
    assert '"integrity"' in text
    assert '"resolved"' not in text


@pytest.mark.parametrize("command", ["check", "bench"])
def test_an_unknown_name_is_refused(command: str) -> None:
    module = {"check": "ops.static_checks", "bench": "ops.benchmarks"}[command]
    asked = subprocess.run(
        [ROOT / ".venv/bin/python", "-m", module, "no-such-name"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 2
    assert "no-such-name" in asked.stderr


def test_a_missing_variable_stops_a_command_with_its_name_and_the_remedy() -> None:
    """No traceback: whoever installs the product reads one sentence."""
    answer = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "config.settings.production"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert answer.stderr.startswith("DATABASE_URL is not set. ")
    assert answer.stderr.count("\n") == 1
