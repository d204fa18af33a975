"""The cache knows schools apart, and a page does without it when it is away."""

import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from django.db import connection
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)


def school_key_function(key: str, key_prefix: str, version: int) -> str:
    """Every key begins with the schema: a page, fragment or session cached by one school is never another's.

    Outside of any school keys begin with a hyphen, which no schema name can be.
    """
    return f"{connection.schema_name or '-'}:{key_prefix}:{version}:{key}"


class FallThroughValkeyCache(RedisCache):
    """Valkey may be lost at any moment: reads then find nothing, writes are dropped, and the database
    answers.
    """

    def _unless_away(self, operation: Callable[[], Any], otherwise: Any) -> Any:
        try:
            return operation()
        except RedisError as error:
            logger.warning("The cache is away: %s", type(error).__name__)
            return otherwise

    def add(self, *args: Any, **kwargs: Any) -> Any:
        # "Added" is the answer that lets work go on: who needs exactly once asks the database.
        return self._unless_away(lambda: super(FallThroughValkeyCache, self).add(*args, **kwargs), True)

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        return self._unless_away(
            lambda: super(FallThroughValkeyCache, self).get(key, default, version), default
        )

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._unless_away(lambda: super(FallThroughValkeyCache, self).set(*args, **kwargs), None)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._unless_away(lambda: super(FallThroughValkeyCache, self).touch(*args, **kwargs), False)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._unless_away(lambda: super(FallThroughValkeyCache, self).delete(*args, **kwargs), False)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._unless_away(lambda: super(FallThroughValkeyCache, self).get_many(*args, **kwargs), {})

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._unless_away(lambda: super(FallThroughValkeyCache, self).has_key(*args, **kwargs), False)

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._unless_away(lambda: super(FallThroughValkeyCache, self).set_many(*args, **kwargs), [])

    def delete_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._unless_away(
            lambda: super(FallThroughValkeyCache, self).delete_many(*args, **kwargs), None
        )


class SessionCache(FallThroughValkeyCache):
    """Sessions, a minute at a time.

    The database is what ends a session. A copy here outlives its row when somebody logs out while Valkey is
    away, and would open the session again when it is back: so it may not live longer than that.
    """

    LONGEST = 60

    def set(self, key: str, value: Any, timeout: Any = LONGEST, version: int | None = None) -> Any:
        seconds = timeout if isinstance(timeout, int) and timeout < self.LONGEST else self.LONGEST
        return super().set(key, value, seconds, version)
