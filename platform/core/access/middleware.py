"""Gives every request its `access`, worked out on first use."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from core.access.loading import access_of


class AccessMiddleware:
    """Sets `request.access`. Comes after the middleware of school, session, user and key."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.access = SimpleLazyObject(lambda: access_of(request))
        return self.get_response(request)
