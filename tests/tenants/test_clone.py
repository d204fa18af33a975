"""A clone is the template under another name, whatever later migrations look for."""

import re

import pytest
from django.db import connection, transaction

from tenants.clone import CloneFaultError, clone
from tenants.migrating import TEMPLATE_SCHEMA

NEW = "s_aaaaaaaaaaaaaaaa"
# What the catalogs say of a schema. Object ids, and the schema's own name in expressions, aside.
CATALOGS = {
    "tables": (
        "SELECT relname, relkind, relpersistence, relreplident, reloptions "
        "FROM pg_class WHERE relnamespace = {0}"
    ),
    "columns": (
        "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, "
        "a.attgenerated, a.attcollation, a.attstorage, a.attcompression, a.attstattarget, "
        "pg_get_expr(d.adbin, d.adrelid) "
        "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
        "LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum "
        "WHERE c.relnamespace = {0} AND c.relkind IN ('r', 'i') AND a.attnum > 0 AND NOT a.attisdropped"
    ),
    "constraints": (
        "SELECT c.relname, k.conname, k.contype, k.condeferrable, k.condeferred, k.convalidated, "
        "pg_get_constraintdef(k.oid, true), f.relname, f.relnamespace = {0}, i.relname "
        "FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid "
        "LEFT JOIN pg_class f ON f.oid = k.confrelid "
        "LEFT JOIN pg_class i ON i.oid = k.conindid WHERE k.connamespace = {0}"
    ),
    "indexes": (
        "SELECT c.relname, t.relname, i.indisunique, i.indisprimary, i.indimmediate, i.indisvalid, "
        "pg_get_indexdef(i.indexrelid, 0, true) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
        "JOIN pg_class t ON t.oid = i.indrelid WHERE c.relnamespace = {0}"
    ),
    "sequences": (
        "SELECT c.relname, s.seqtypid, s.seqstart, s.seqincrement, s.seqmax, s.seqmin, s.seqcache, "
        "s.seqcycle, t.relname, a.attname, d.deptype "
        "FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid "
        "LEFT JOIN pg_depend d ON d.objid = c.oid AND d.refobjsubid > 0 "
        "LEFT JOIN pg_class t ON t.oid = d.refobjid "
        "LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = d.refobjsubid "
        "WHERE c.relnamespace = {0}"
    ),
    "privileges": (
        "SELECT c.relname, r.rolname, x.privilege_type, x.is_grantable "
        "FROM pg_class c, aclexplode(c.relacl) x JOIN pg_roles r ON r.oid = x.grantee "
        "WHERE c.relnamespace = {0}"
    ),
    "schema privileges": (
        "SELECT r.rolname, x.privilege_type FROM pg_namespace n, aclexplode(n.nspacl) x "
        "JOIN pg_roles r ON r.oid = x.grantee WHERE n.oid = {0}"
    ),
}


def described(schema, catalog):
    with connection.cursor() as cursor:
        # A search_path of this schema alone: names in it are told without it.
        cursor.execute("SELECT set_config('search_path', %s, true)", [schema])
        cursor.execute("SELECT oid FROM pg_namespace WHERE nspname = %s", [schema])
        cursor.execute(CATALOGS[catalog].format(cursor.fetchone()[0]))
        return sorted(tuple(_plain(value) for value in row) for row in cursor.fetchall())


def _plain(value):
    """PostgreSQL pushes a cast of a list into its members when it reads it again: it means the same."""
    if not isinstance(value, str):
        return str(value)
    return re.sub(r"::(?:character varying|text)(?:\[\])?|[()\s]", "", value)


@pytest.fixture
def cloned(as_owner):
    connection.leave()
    clone(NEW)


@pytest.mark.parametrize("catalog", CATALOGS)
def test_catalog_of_the_clone_is_the_templates(cloned, catalog):
    template = described(TEMPLATE_SCHEMA, catalog)
    assert template
    assert described(NEW, catalog) == template


def test_no_foreign_key_leaves_the_schema(cloned):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE f.relnamespace <> c.relnamespace) FROM pg_constraint k "
            "JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid "
            "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = %s",
            [NEW],
        )
        keys, leaving = cursor.fetchone()
    assert keys > 10
    assert leaving == 0


def test_rows_of_the_template_come_along(cloned):
    with connection.cursor() as cursor:
        for table in ("django_migrations", "django_content_type"):
            cursor.execute(f'TABLE "{TEMPLATE_SCHEMA}".{table} ORDER BY id')
            template = cursor.fetchall()
            cursor.execute(f'TABLE "{NEW}".{table} ORDER BY id')
            assert cursor.fetchall() == template
            assert template


def test_identity_goes_on_after_the_copied_rows(cloned):
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT max(id) FROM "{NEW}".django_migrations')
        last = cursor.fetchone()[0]
        cursor.execute(
            f'INSERT INTO "{NEW}".django_migrations (app, name, applied) VALUES (%s, %s, now()) RETURNING id',
            ["x", "y"],
        )
        assert cursor.fetchone()[0] > last


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIEW {0}.odd AS SELECT 1",
        "CREATE TYPE {0}.odd AS ENUM ('a')",
        "CREATE FUNCTION {0}.odd() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE SEQUENCE {0}.odd",
    ],
)
def test_what_would_not_be_copied_is_refused(as_owner, statement):
    with connection.cursor() as cursor:
        cursor.execute(statement.format(TEMPLATE_SCHEMA))
    with pytest.raises(CloneFaultError, match="odd"), transaction.atomic():
        clone(NEW)


def test_missing_template_is_told(as_owner):
    with pytest.raises(CloneFaultError, match="migrate_schools"):
        clone(NEW, template="nowhere")
