"""`manage.py schedule`: the scheduler's process."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from core.outbox.schedule import Clock, tick


class Command(BaseCommand):
    help = "Every minute, says again what the schools' outboxes owe and starts what runs by the clock."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--interval", type=float, default=60.0, help="seconds between two rounds")
        parser.add_argument("--once", action="store_true", help="one round, then stop")

    def handle(self, *args: Any, **options: Any) -> None:
        stopping = threading.Event()
        clock = Clock()
        if not options["once"]:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stopping.set())
        while not stopping.is_set():
            close_old_connections()
            tick(clock)
            close_old_connections()
            if options["once"] or stopping.wait(options["interval"]):
                break
