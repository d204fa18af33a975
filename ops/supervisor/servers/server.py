"""What every server process has: how it starts, answers and stops."""

import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, Self

from ops.supervisor import tree

ROOT = Path(__file__).resolve().parents[3]


class ServerError(RuntimeError):
    """A server did not start, or did not answer in time."""


class Server(ABC):
    """One server process: how it starts, answers and stops."""

    name = "server"
    stop_signal = signal.SIGTERM
    patience = 30.0
    """Seconds to wait for the first answer."""

    def __init__(self, *, output: IO[Any] | int | None = None) -> None:
        self.output = output
        self.process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> list[str]:
        """Return the command line; it holds no secret, since anybody may read it."""

    def prepare(self) -> None:  # noqa: B027 -- most servers need nothing
        """Make what must be there before the start."""

    def standard_input(self) -> bytes | None:
        """Return what the server reads at its start: settings that hold a secret."""
        return None

    @abstractmethod
    def answers(self) -> bool:
        """Tell whether the server does its work."""

    def after_start(self) -> None:  # noqa: B027 -- most servers need nothing
        """Do what can only be done on the running server."""

    @property
    def is_running(self) -> bool:
        """Tell whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the process without waiting for its answer."""
        self.prepare()
        settings = self.standard_input()
        self.process = subprocess.Popen(
            self.command(),
            cwd=ROOT,
            stdin=subprocess.DEVNULL if settings is None else subprocess.PIPE,
            stdout=subprocess.DEVNULL if self.output is None else self.output,
            stderr=subprocess.DEVNULL if self.output is None else subprocess.STDOUT,
            # A Ctrl-C in the terminal must reach the supervisor only, which stops in order.
            start_new_session=True,
        )
        if settings is not None and self.process.stdin:
            self.process.stdin.write(settings)
            self.process.stdin.close()
        return self.process

    def wait_ready(self, until: Callable[[], bool] | None = None) -> None:
        """Wait for the first answer; `until` may end the wait early (somebody pressed Ctrl-C)."""
        end = time.monotonic() + self.patience
        while not self.answers():
            if until and until():
                return
            if not self.is_running:
                code = self.process.returncode if self.process else None
                raise ServerError(f"{self.name} ended while starting (exit code {code}).")
            if time.monotonic() > end:
                self.kill()
                raise ServerError(f"{self.name} did not answer within {self.patience:.0f} seconds.")
            time.sleep(0.02)
        self.after_start()

    def start(self) -> Self:
        """Start and wait until it answers."""
        if not self.is_running:
            self.launch()
            self.wait_ready()
        return self

    def stop(self, seconds: float = 10) -> None:
        """Stop in order; what does not end in time is killed."""
        if not self.is_running or self.process is None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End at once, with everything it started."""
        if self.process is None:
            return
        below = tree.descendants(self.process.pid)
        self.process.kill()
        self.process.wait()
        tree.kill_all(below)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *error: object) -> None:
        self.stop()
