"""Addresses of records, for pages that name hundreds of them."""

from functools import cache
from uuid import UUID

from django.urls import get_urlconf, reverse

ANY = UUID(int=0)


def path_to(route: str, record_id: UUID) -> str:
    """The path of a route whose one argument is a record's id. NoReverseMatch for any other route.

    The resolver is asked once per process and route: it takes longer to answer than a row takes to draw.
    """
    return _pattern(route, get_urlconf()).replace(str(ANY), str(record_id))


@cache
def _pattern(route: str, urlconf: str | None) -> str:
    return reverse(route, urlconf=urlconf, args=[ANY])
