"""Process trees, read from `ps` so that Linux and macOS answer alike."""

import contextlib
import os
import signal
import subprocess
import time


def descendants(pid: int) -> list[int]:
    """Return the ids of every process below this one, parents before children."""
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    children: dict[int, list[int]] = {}
    for line in listing.stdout.splitlines():
        child, parent = map(int, line.split())
        children.setdefault(parent, []).append(child)
    found: list[int] = []
    waiting = [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found


def identity(pid: int) -> str | None:
    """Return start time and command, which tell a process from a later one with the same id."""
    shown = subprocess.run(
        ["ps", "-o", "stat=,lstart=,command=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    ).stdout.strip()
    state, _, rest = shown.partition(" ")
    if not rest or state.startswith("Z"):
        return None
    return rest.strip()


def send(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process that may be gone already."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def kill_all(pids: list[int]) -> None:
    """Kill processes outright and wait until they are gone."""
    for pid in pids:
        send(pid, signal.SIGKILL)
    wait_gone(pids, seconds=5)


def wait_gone(pids: list[int], *, seconds: float) -> bool:
    """Wait until none of the processes lives; False if one outlives the time."""
    end = time.monotonic() + seconds
    while any(identity(pid) for pid in pids):
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
