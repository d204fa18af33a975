"""The product's own processes: web, console, worker, scheduler."""

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import IO, Any

from ops.supervisor.network import LOOPBACK
from ops.supervisor.servers import ROOT, Server


class ProductProcess(Server):
    """A process of the product, with its settings in the environment."""

    def __init__(
        self,
        name: str,
        arguments: list[str],
        environment: Mapping[str, str],
        *,
        output: IO[Any] | int | None = None,
    ) -> None:
        super().__init__(output=output)
        self.name = name
        self.arguments = arguments
        self.environment = dict(environment)

    def command(self) -> list[str]:
        """Return the command line."""
        return [sys.executable, *self.arguments]

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the process without waiting for its answer."""
        self.process = subprocess.Popen(
            self.command(),
            cwd=ROOT,
            env={**os.environ, **self.environment, "PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if self.output is None else self.output,
            stderr=subprocess.DEVNULL if self.output is None else subprocess.STDOUT,
            start_new_session=True,
        )
        return self.process

    def answers(self) -> bool:
        """Workers answer nobody: they are ready when they live."""
        return self.is_running


class WebProcess(ProductProcess):
    """gunicorn with threads on one port (D6); ready when `/readyz` says so."""

    patience = 60.0
    # Ends after the requests that are under way; SIGQUIT would cut them.
    stop_signal = signal.SIGTERM

    def __init__(
        self,
        name: str,
        port: int,
        host: str,
        environment: Mapping[str, str],
        *,
        workers: int = 1,
        output: IO[Any] | int | None = None,
    ) -> None:
        arguments = [
            "-m",
            "gunicorn",
            "config.wsgi:application",
            f"--config={ROOT / 'platform/config/gunicorn.py'}",
            f"--bind={LOOPBACK}:{port}",
            f"--workers={workers}",
            "--worker-class=gthread",
            "--threads=8",
            "--graceful-timeout=2",
            "--timeout=120",
            f"--pythonpath={ROOT},{ROOT / 'platform'}",
            # Nobody stands in front of the demo, so nobody's forwarded headers are believed.
            "--forwarded-allow-ips=",
            "--no-control-socket",
            "--log-level=warning",
        ]
        super().__init__(name, arguments, environment, output=output)
        self.port = port
        self.host = host

    def answers(self) -> bool:
        """Tell whether it is ready to serve."""
        request = urllib.request.Request(f"http://{LOOPBACK}:{self.port}/readyz", headers={"Host": self.host})
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False
