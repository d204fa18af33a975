"""Rule 8: what a school's schema holds is multiplied by thousands, so it may not grow unreviewed."""

from django.db import connection

TABLES = 80
INDEXES = 267


def count(catalog):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {catalog} WHERE schemaname = current_schema()")
        return cursor.fetchone()[0]


def test_tables_and_indexes_of_a_school_do_not_grow_unreviewed(in_a):
    """Raise a figure here together with the table or index, and say in the commit why it is worth it."""
    assert count("pg_tables") <= TABLES
    assert count("pg_indexes") <= INDEXES
