"""rq's queue and job, bound to one school: captured when a job is enqueued, entered when it runs."""

from __future__ import annotations

import logging
import re
from contextlib import ExitStack
from types import FrameType
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import close_old_connections
from django.db import connection as database
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry as NoRetries
from rq import Queue, SimpleWorker
from rq.job import Job
from rq.serializers import JSONSerializer

from core.outbox.errors import JobRefusedError
from core.tenancy import NoSchoolError, current_school, in_public, in_school, is_in_public

logger = logging.getLogger(__name__)

QUEUE_NAME: Final = "default"
# By its name: what workers run calls the services that enqueue it.
DELIVER: Final = "core.outbox.tasks.deliver"
# Ids, codes and dotted names; nothing that a person could have typed.
CODE: Final = re.compile(r"[\w.:-]{1,128}", re.ASCII)


class SchoolJob(Job):
    """A job that runs in the school in which it was enqueued, and in no other.

    Only the payment of what the provider's own outbox owes runs in public.
    """

    def perform(self) -> Any:
        """Enter the school and run. Raises JobRefusedError when the job names none that exists."""
        schema = self.meta.get("school")
        pays_for_public = self.meta.get("public") is True and self.func_name == DELIVER
        if not pays_for_public and (not isinstance(schema, str) or not schema):
            raise JobRefusedError("A job without a school is not run.")
        _renew_connection()
        try:
            with ExitStack() as stack:
                try:
                    stack.enter_context(in_public() if pays_for_public else in_school(str(schema)))
                except (ObjectDoesNotExist, NoSchoolError) as error:
                    raise JobRefusedError("A job of an unknown school is not run.") from error
                return super().perform()
        finally:
            _renew_connection()


class SchoolQueue(Queue):
    """A queue that notes the school on every job, takes only ids as arguments and writes JSON."""

    job_class = SchoolJob

    def __init__(self, name: str = QUEUE_NAME, connection: Redis | None = None, **options: Any) -> None:
        options["serializer"] = JSONSerializer
        options["job_class"] = SchoolJob
        super().__init__(name, connection=connection or valkey(), **options)

    def create_job(self, *args: Any, **options: Any) -> Job:
        """A job of the current school. Raises NoSchoolError without one, JobRefusedError unless given ids."""
        for value in [*(options.get("args") or ()), *(options.get("kwargs") or {}).values()]:
            if not (isinstance(value, int) or (isinstance(value, str) and CODE.fullmatch(value))):
                raise JobRefusedError("A job's arguments are ids and codes.")
        is_payment = (options.get("func") or (args[0] if args else None)) == DELIVER
        place = (
            {"public": True} if is_payment and is_in_public() else {"school": current_school().schema_name}
        )
        options["meta"] = {**(options.get("meta") or {}), **place}
        # Results would lie in Valkey for nobody; what failed is known from the outbox.
        options["result_ttl"] = 0
        options["failure_ttl"] = 3600
        return super().create_job(*args, **options)


class SchoolWorker(SimpleWorker):
    """A worker in one process: a fork would tear the pool of database connections apart."""

    queue_class: type[Queue] = SchoolQueue
    job_class: type[Job] = SchoolJob
    is_stopping = False

    def __init__(self, queues: list[SchoolQueue], connection: Redis) -> None:
        # rq's own default is pickle: whoever can write to Valkey could then run code here.
        super().__init__(queues, connection=connection, serializer=JSONSerializer)

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Stop after the job under way; noted here because rq forgets it when it was idle."""
        self.is_stopping = True
        super().request_stop(signum, frame)

    def handle_exception(self, job: Job, *exc_info: Any) -> None:
        """Log the failure by type and place. rq's own line would quote the exception's words."""
        logger.error("Job %s failed", job.id, exc_info=exc_info)

    def handle_job_failure(self, job: Job, queue: Queue, *args: Any, **options: Any) -> None:
        """As rq does, but the exception's words stay out of Valkey: they may quote a record."""
        options["exc_string"] = "The job failed; its exception's type is in the worker's log."
        super().handle_job_failure(job, queue, *args, **options)


def _renew_connection() -> None:
    """A connection that PostgreSQL closed must not fail a job, nor one job's pass to the next."""
    if not database.in_atomic_block:
        close_old_connections()


def valkey(address: str = "", *, blocking: bool = False) -> Redis:
    """A connection to Valkey that gives up quickly, or one for waiting on the queue.

    A request must not hang because the queue is away: what it owes is in the database already.
    """
    address = address or settings.VALKEY_URL
    if blocking:
        return Redis.from_url(address, socket_connect_timeout=2)
    return Redis.from_url(
        address, socket_connect_timeout=1, socket_timeout=2, retry=NoRetries(NoBackoff(), 0)
    )
