"""Process trees: read from /proc on Linux, where `ps` may be missing, and from `ps` on macOS."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

PROC = Path("/proc")


def _shown(*arguments: str) -> str:
    environment = {**os.environ, "LC_ALL": "C"}
    return subprocess.run(
        ["ps", *arguments], capture_output=True, text=True, check=False, env=environment
    ).stdout.strip()


def _stat(pid: int) -> list[str]:
    """Return /proc's facts from the state on; the name before it may hold spaces and brackets."""
    try:
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _parents() -> dict[int, int]:
    if PROC.joinpath("self").exists():
        pids = [int(path.name) for path in PROC.iterdir() if path.name.isdigit()]
        return {pid: int(facts[1]) for pid in pids if (facts := _stat(pid))}
    pairs = [line.split() for line in _shown("-A", "-o", "pid=,ppid=").splitlines()]
    return {int(pid): int(parent) for pid, parent in pairs}


def descendants(pid: int) -> list[int]:
    """Return the ids of every process below this one, parents before children."""
    children: dict[int, list[int]] = {}
    for child, parent in _parents().items():
        children.setdefault(parent, []).append(child)
    found: list[int] = []
    waiting = [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def started(pid: int) -> str | None:
    """Return when a living process started, which tells it from a later one with the same id."""
    if PROC.joinpath("self").exists():
        facts = _stat(pid)
        return facts[19] if facts and facts[0] not in "ZX" else None
    state, _, start = _shown("-o", "stat=,lstart=", "-p", str(pid)).partition(" ")
    return start.strip() if state and not state.startswith("Z") else None


def command(pid: int) -> str:
    """Return a process's command line; empty if there is no such process."""
    if PROC.joinpath("self").exists():
        with contextlib.suppress(OSError):
            return (PROC / str(pid) / "cmdline").read_text().replace("\0", " ")
        return ""
    return _shown("-o", "command=", "-p", str(pid))


def send(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process that may be gone already."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def members(group: int) -> list[int]:
    """Return the ids of the living processes of a process group: who leads it may be gone already."""
    if PROC.joinpath("self").exists():
        pids = [int(path.name) for path in PROC.iterdir() if path.name.isdigit()]
        return [
            pid for pid in pids if (facts := _stat(pid)) and facts[0] not in "ZX" and int(facts[2]) == group
        ]
    pairs = [line.split() for line in _shown("-A", "-o", "pid=,pgid=").splitlines()]
    return [int(pid) for pid, its_group in pairs if int(its_group) == group]


def kill_all(pids: list[int]) -> None:
    """Kill processes outright and wait until they are gone."""
    for pid in pids:
        send(pid, signal.SIGKILL)
    wait_gone(pids, seconds=5)


def wait_gone(pids: list[int], *, seconds: float) -> bool:
    """Wait until none of the processes lives; False if one outlives the time."""
    end = time.monotonic() + seconds
    while any(started(pid) for pid in pids):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
