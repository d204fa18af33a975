"""`manage.py work`: a worker's process."""

from __future__ import annotations

import logging
import signal
import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from redis.exceptions import RedisError

from core.outbox.jobs import SchoolQueue, SchoolWorker, valkey
from core.tenancy.proof import prove_search_path

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 2.0


class Command(BaseCommand):
    help = "Runs the schools' jobs, one after the other, each in its own school."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--burst", action="store_true", help="stop when the queue is empty")

    def handle(self, *args: Any, **options: Any) -> None:
        # As the web process does: a pooler that mixes schools up would have jobs write into the wrong one.
        prove_search_path()
        stopping = threading.Event()
        while not stopping.is_set():
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: stopping.set())
            try:
                connection = valkey(blocking=True)
                worker = SchoolWorker([SchoolQueue(connection=connection)], connection=connection)
                worker.work(burst=options["burst"], logging_level=None)
                if options["burst"] or worker.is_stopping:
                    return
            except RedisError as error:
                # The queue may be away for a while; what is owed waits in the database.
                logger.warning("The queue is away (%s); trying again.", type(error).__name__)
                if options["burst"]:
                    raise
            stopping.wait(PAUSE_SECONDS)
