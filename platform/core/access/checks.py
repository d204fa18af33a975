"""System check: no view without a rule, in no URL conf."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.urls import URLPattern, URLResolver, get_resolver

from core.access.decorators import rule_of

URLCONFS: tuple[str, ...] = ("config.urls_school", "config.urls_auth", "config.urls_platform")


def routes_of(urlconf: str) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    """Every route of a URL conf: its full name ("" if it has none), its pattern, its view."""
    yield from _walk(get_resolver(urlconf), "", "")


def _walk(
    resolver: URLResolver, prefix: str, namespace: str
) -> Iterator[tuple[str, str, Callable[..., Any]]]:
    for entry in resolver.url_patterns:
        pattern = f"{prefix}{entry.pattern}"
        if isinstance(entry, URLPattern):
            name = f"{namespace}{entry.name}" if entry.name else ""
            yield name, pattern, entry.callback
        else:
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, pattern, inner)


@register("security")
def every_view_has_a_rule(**kwargs: object) -> list[CheckMessage]:
    """A view that says nothing about who may call it would be open to all."""
    return [
        Error(
            f"The view of /{pattern} in {urlconf} does not say whom it is for.",
            hint="Decorate it with one of core.access.decorators.",
            id="access.E001",
        )
        for urlconf in getattr(settings, "URLCONFS", URLCONFS)
        for _, pattern, view in routes_of(urlconf)
        if rule_of(view) is None
    ]
