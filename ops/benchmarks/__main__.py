"""`python -m ops.benchmarks [NAME…]`: measures each figure in a process of its own and writes bench.json."""

import argparse
import importlib
import json
import os
import pkgutil
import subprocess
import sys
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import ops.benchmarks
from ops.benchmarks.measuring import Figure, stage
from ops.supervisor.servers import ROOT

NOT_FIGURES = {"__main__", "measuring", "preparing"}


def figures() -> dict[str, str]:
    """Return the name of each figure with its module's."""
    found = {}
    for module in pkgutil.iter_modules(ops.benchmarks.__path__):
        if module.name not in NOT_FIGURES:
            for name in _load(module.name).FIGURES:
                found[name] = module.name
    return found


def _load(module: str) -> ModuleType:
    return importlib.import_module(f"ops.benchmarks.{module}")


def measure_here(module: str, names: list[str], output: Path) -> None:
    """Measure one module's figures in this process."""
    sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
    with stage() as ready:
        measured = [asdict(figure) for figure in _load(module).measure(ready) if figure.name in names]
    output.write_text(json.dumps(measured))


def measure(module: str, names: list[str]) -> list[dict[str, Any]]:
    """Measure one module's figures in a process of its own, so that no figure pays for another's memory."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "measured.json"
        command = [
            sys.executable,
            "-m",
            "ops.benchmarks",
            "--module",
            module,
            "--output",
            str(output),
            *names,
        ]
        subprocess.run(command, cwd=ROOT, check=True)
        measured: list[dict[str, Any]] = json.loads(output.read_text())
        return measured


def show(figure: Figure) -> str:
    """Return one figure as a line."""
    limits = [
        f"{word} {limit:g}"
        for word, limit in (("at most", figure.at_most), ("at least", figure.at_least))
        if limit
    ]
    beside = ", ".join(f"{name} {value}" for name, value in figure.beside.items())
    verdict = "holds" if figure.holds else "MISSED"
    wanted = f" ({', '.join(limits)}: {verdict})" if limits else ""
    return f"{figure.name:<28} {figure.value:8.2f} {figure.unit}{wanted}{f'   {beside}' if beside else ''}"


def main() -> int:
    """Measure what was asked for; 1 if a limit was missed or a figure could not be taken."""
    parser = argparse.ArgumentParser(prog="ops/bench")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--module", help=argparse.SUPPRESS)
    parser.add_argument("--output", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.module:
        measure_here(options.module, options.names, options.output)
        return 0
    known = figures()
    if options.list:
        print("\n".join(sorted(known)))
        return 0
    if unknown := set(options.names) - known.keys():
        print(
            f"ops/bench: no such figure: {', '.join(sorted(unknown))}. See ops/bench --list.", file=sys.stderr
        )
        return 2
    wanted = options.names or list(known)
    by_module: dict[str, list[str]] = {}
    for name in wanted:
        by_module.setdefault(known[name], []).append(name)
    results: list[dict[str, Any]] = []
    failed = False
    for module, names in by_module.items():
        try:
            results += measure(module, names)
        except subprocess.CalledProcessError as error:
            print(f"{', '.join(names)}: could not be measured (exit code {error.returncode})", flush=True)
            failed = True
            continue
        for figure in results[-len(names) :]:
            print(show(Figure(**figure)), flush=True)
    commit = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    folder = ROOT / os.environ.get("DATA", ".data")
    folder.mkdir(parents=True, exist_ok=True)
    written = {"commit": commit.stdout.strip(), "at": datetime.now(UTC).isoformat(), "figures": results}
    (folder / "bench.json").write_text(json.dumps(written, indent=2))
    print(f"every run's value: {folder / 'bench.json'}")
    return int(failed or not all(Figure(**figure).holds for figure in results))


if __name__ == "__main__":
    sys.exit(main())
