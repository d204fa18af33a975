"""Soft limits: they take the edge off a flood and fall open when Valkey is away.

What must hold (the pause after five wrong tries) is counted in PostgreSQL by its own app.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from redis import Redis
from redis.exceptions import RedisError

from core.audit.context import address_of
from core.outbox.jobs import valkey
from core.tenancy import current_school_or_none
from core.web.errors import answer

logger = logging.getLogger(__name__)

P = ParamSpec("P")


def is_over(name: str, who: str, *, times: int, seconds: int) -> bool:
    """Count one more of `name` by `who` in this school; whether that is more than `times` in these `seconds`.

    False when Valkey does not answer. `who` is stored as a digest.
    """
    school = current_school_or_none()
    digest = hashlib.sha256(who.encode()).hexdigest()[:32]
    key = f"{school.schema_name if school else '-'}:limit:{name}:{digest}"
    try:
        pipeline = _client(settings.VALKEY_URL).pipeline()
        pipeline.set(key, 0, ex=seconds, nx=True)
        pipeline.incr(key)
        return int(pipeline.execute()[1]) > times
    except RedisError as error:
        logger.warning("The limit %s is open: %s", name, type(error).__name__)
        return False


def limited(
    name: str, *, times: int, seconds: int
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """A view that answers 429 when one person, or one address of visitors, calls it too often.

    Stands beneath the decorator that says whom the view is for.
    """

    def decorate(
        view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def counted(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            user = getattr(request, "user", None)
            who = str(user.pk) if user is not None and user.is_authenticated else str(address_of(request))
            if is_over(name, who, times=times, seconds=seconds):
                return answer(429, retry_after=seconds)
            return view(request, *args, **kwargs)

        return counted

    return decorate


@lru_cache(maxsize=2)
def _client(address: str) -> Redis:
    return valkey(address)
