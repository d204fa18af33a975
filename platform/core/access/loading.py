"""Works the access of a request out, once."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Protocol, cast

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

from core.access.access import NOBODY, Access


class Loader(Protocol):
    """What `settings.ACCESS_LOADER` names."""

    def __call__(self, user: Any, *, is_elevated: bool) -> Access: ...


@lru_cache(maxsize=4)
def _loader(path: str) -> Loader:
    return cast("Loader", import_string(path))


def access_of(request: HttpRequest) -> Access:
    """The access of the person behind a request; NOBODY when not signed in or outside a school.

    Loaded on first use and kept for the request, so what was taken away counts from the next request on.
    """
    known: Access | None = getattr(request, "_access", None)
    if known is None:
        known = _load(request)
        vars(request)["_access"] = known
    return known


def _load(request: HttpRequest) -> Access:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or getattr(request, "school", None) is None:
        return NOBODY
    is_verified = getattr(user, "is_verified", None)
    return _loader(settings.ACCESS_LOADER)(user, is_elevated=bool(is_verified and is_verified()))
