"""Entering a school, leaving it, and asking which one it is.

Only this module switches schools. A school is whatever `settings.TENANT_MODEL` names: the core needs its
`schema_name`, `id` and `time_zone` and knows nothing else about it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils import timezone
from django_tenants.utils import get_tenant_model

from core.tenancy.errors import NoSchoolError

__all__ = [
    "NoSchoolError",
    "School",
    "current_school",
    "current_school_or_none",
    "in_public",
    "in_school",
    "is_in_public",
    "session_salt",
]


class School(Protocol):
    """What the core needs to know of a school."""

    id: UUID
    schema_name: str
    name: str
    time_zone: str
    wrapped_key: bytes | memoryview


class Public:
    """The provider's own schema: schools, addresses, operators, SSO identities. No record of a school."""

    def __init__(self) -> None:
        self.schema_name: str = settings.PUBLIC_SCHEMA_NAME


def _restore(place: Any) -> None:
    if place is None:
        connection.leave()
    else:
        connection.set_tenant(place)


def _known(school: "School | str") -> School:
    if not isinstance(school, str):
        return school
    with in_public():
        named: School = get_tenant_model().objects.get(schema_name=school)
    return named


@contextmanager
def in_school(school: "School | str") -> Iterator[School]:
    """Everything inside speaks to this school (or the one of this schema name), in its time zone.

    Raises the model's DoesNotExist for a schema name that belongs to no school. Leaving goes back to where
    the caller was, whatever happened inside.
    """
    before = connection.tenant
    school = _known(school)
    if school.schema_name == settings.PUBLIC_SCHEMA_NAME:
        raise NoSchoolError("The public schema is not a school. Use `with in_public():`.")
    connection.set_tenant(school)
    try:
        with timezone.override(ZoneInfo(school.time_zone)):
            yield school
    finally:
        _restore(before)


@contextmanager
def in_public() -> Iterator[None]:
    """Everything inside speaks to the provider's own tables and to no school."""
    before = connection.tenant
    connection.set_tenant(Public())
    try:
        yield
    finally:
        _restore(before)


def current_school() -> School:
    """The school whose tables the next query reads; raises NoSchoolError when there is none."""
    school = current_school_or_none()
    if school is None:
        raise NoSchoolError("No school is set. Use `with in_school(school):`.")
    return school


def current_school_or_none() -> School | None:
    """The school whose tables the next query reads, or None in public and nowhere."""
    place: Any = connection.tenant
    return None if place is None or isinstance(place, Public) else place


def is_in_public() -> bool:
    """Whether the next query reads the provider's own tables, as opposed to a school's and to nowhere."""
    return isinstance(connection.tenant, Public)


def session_salt() -> str:
    """What ties a session to the place it was begun in; part of every session's authentication hash.

    Two schools can hold a user with the same id and password (restored, copied, planted); without this a
    session of one would be good at the other.
    """
    return connection.schema_name or ""
