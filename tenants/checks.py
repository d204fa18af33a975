"""Checks that look into the database: run by `manage.py check --database default`."""

import re
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import DatabaseError, connection

from tenants import grants
from tenants.migrating import TEMPLATE_SCHEMA, content_types_differ
from tenants.models import SCHEMA_NAME


@register(Tags.database)
def schools_are_alike(databases: Any = None, **_: Any) -> list[CheckMessage]:
    """Every school's schema is what the product believes: its name, its tables, its ids, its privileges."""
    if not databases:
        return []
    try:
        names = _school_schemas()
    except DatabaseError:
        return []
    faults: list[CheckMessage] = [
        Error(
            f"{name!r} is no name of a school's schema.", hint="Names are s_ and base32.", id="tenants.E001"
        )
        for name in names
        if not re.fullmatch(SCHEMA_NAME, name)
    ]
    schemas = [TEMPLATE_SCHEMA, *names]
    for schema, missing in _lacking_tables(schemas).items():
        faults.append(
            Error(
                f"{schema} lacks {', '.join(sorted(missing))}: the public tables of that name would answer.",
                hint="Run `manage.py migrate_schools`.",
                id="tenants.E002",
            )
        )
    faults += [
        Error(
            f"{schema} has other content types.", hint="Run `manage.py migrate_schools`.", id="tenants.E003"
        )
        for schema in content_types_differ(schemas)
    ]
    faults += [
        Error(
            f"{schema} grants other privileges.", hint="Run `manage.py migrate_schools`.", id="tenants.E004"
        )
        for schema in grants.differing([settings.PUBLIC_SCHEMA_NAME, *schemas])
    ]
    return faults


def _school_schemas() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT schema_name FROM public.tenants_school ORDER BY schema_name")
        return [row[0] for row in cursor.fetchall()]


def _lacking_tables(schemas: list[str]) -> dict[str, set[str]]:
    """The tables of the template that a school has not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, array_agg(tablename::text) FROM pg_catalog.pg_tables "
            "WHERE schemaname = ANY(%s) GROUP BY schemaname",
            [schemas],
        )
        tables = {schema: set(names) for schema, names in cursor.fetchall()}
    wanted = tables.get(TEMPLATE_SCHEMA, set())
    return {
        schema: wanted - tables.get(schema, set()) for schema in schemas if wanted - tables.get(schema, set())
    }
