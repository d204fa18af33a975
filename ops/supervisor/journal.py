"""One log for all processes: each line with the name of its process, in its colour."""

import os
import sys
import threading
from datetime import datetime
from pathlib import Path
from typing import IO

COLOURS = {
    "postgres": "34",
    "valkey": "36",
    "mail": "35",
    "setup": "33",
    "web": "32",
    "console": "92",
    "worker": "96",
    "scheduler": "94",
    "supervisor": "1",
}
WIDTH = max(map(len, COLOURS))
KEEP_BYTES = 20 * 1024 * 1024


class Journal:
    """Writes to the terminal and to a file."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / "demo.log"
        if path.exists() and path.stat().st_size > KEEP_BYTES:
            path.replace(folder / "demo.log.1")
        self._file = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()
        wanted = sys.stdout.isatty() or bool(os.environ.get("FORCE_COLOR"))
        self._coloured = wanted and not os.environ.get("NO_COLOR")

    def line(self, name: str, text: str) -> None:
        """Write one line under a process's name."""
        text = text.rstrip()
        label = f"{name:<{WIDTH}} |"
        shown = (
            f"\x1b[{COLOURS.get(name, '0')}m{label}\x1b[0m {text}" if self._coloured else f"{label} {text}"
        )
        with self._lock:
            self._file.write(f"{datetime.now().astimezone():%Y-%m-%d %H:%M:%S} {label} {text}\n")
            self._file.flush()
            self._print(shown)

    def say(self, text: str) -> None:
        """Write for the person at the terminal only: the sign-in sheet is not for a log file."""
        with self._lock:
            self._print(text)

    def follow(self, name: str, stream: IO[bytes]) -> threading.Thread:
        """Write every line of a process's output until it ends."""

        def pump() -> None:
            with stream:
                for raw in stream:
                    self.line(name, raw.decode("utf-8", "replace"))

        thread = threading.Thread(target=pump, daemon=True, name=f"log of {name}")
        thread.start()
        return thread

    @staticmethod
    def _print(text: str) -> None:
        try:
            print(text, flush=True)
        except (BrokenPipeError, ValueError):
            # Nobody reads any more (`ops/demo | head`); the file still does, and the servers go on.
            sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - stays open for the rest of the process
