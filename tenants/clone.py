"""Makes a school's schema as a copy of the template, every name kept.

Django finds constraints by their names when a later migration changes them, so a clone that lets the database
choose new ones breaks that migration in one school only. The statements are written from the catalogs with
the template as the only search_path: whatever lies in it then comes out without a schema and is right again
under the new one.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from psycopg import sql

from tenants.migrating import TEMPLATE_SCHEMA, within

# Kinds of things that the product does not use in a school; a clone that left one out silently would be no
# copy.
UNKNOWN_KINDS = {
    "a view, partition or foreign table": (
        "SELECT relname FROM pg_catalog.pg_class "
        "WHERE relnamespace = {schema} AND relkind NOT IN ('r', 'i', 'S', 'c', 't')"
    ),
    "a function": "SELECT proname FROM pg_catalog.pg_proc WHERE pronamespace = {schema}",
    "a trigger": (
        "SELECT tgname FROM pg_catalog.pg_trigger WHERE NOT tgisinternal "
        "AND tgrelid IN (SELECT oid FROM pg_catalog.pg_class WHERE relnamespace = {schema})"
    ),
    "a type": (
        "SELECT typname FROM pg_catalog.pg_type WHERE typnamespace = {schema} AND typtype IN ('d', 'e', 'r')"
    ),
    "a row policy": (
        "SELECT polname FROM pg_catalog.pg_policy "
        "WHERE polrelid IN (SELECT oid FROM pg_catalog.pg_class WHERE relnamespace = {schema})"
    ),
}

TABLES = """
SELECT oid, relname FROM pg_catalog.pg_class WHERE relnamespace = {schema} AND relkind = 'r' ORDER BY relname
"""

COLUMNS = """ SELECT a.attrelid, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
a.attnotnull, a.attidentity, a.attgenerated, pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS "default", CASE
WHEN a.attcollation <> t.typcollation THEN co.oid::regcollation::text END AS "collation", n.conname AS
not_null_name, s.relname AS sequence, q.seqstart, q.seqincrement, q.seqmin, q.seqmax, q.seqcache, q.seqcycle
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relnamespace = {schema}
AND c.relkind = 'r' JOIN pg_catalog.pg_type t ON t.oid = a.atttypid LEFT JOIN pg_catalog.pg_collation co ON
co.oid = a.attcollation LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_catalog.pg_constraint n ON n.conrelid = a.attrelid AND n.contype = 'n' AND n.conkey =
ARRAY[a.attnum] LEFT JOIN pg_catalog.pg_depend dep ON dep.refobjid = a.attrelid AND dep.refobjsubid = a.attnum
AND dep.deptype = 'i' AND dep.classid = 'pg_catalog.pg_class'::regclass AND dep.refclassid =
'pg_catalog.pg_class'::regclass AND a.attidentity <> '' LEFT JOIN pg_catalog.pg_class s ON s.oid = dep.objid
AND s.relkind = 'S' LEFT JOIN pg_catalog.pg_sequence q ON q.seqrelid = s.oid WHERE a.attnum > 0 AND NOT
a.attisdropped ORDER BY a.attrelid, a.attnum
"""

# Sequences that are not a column's identity: nothing of Django 5 makes one, an older library's migration may.
LOOSE_SEQUENCES = """ SELECT c.relname FROM pg_catalog.pg_class c WHERE c.relnamespace = {schema} AND
c.relkind = 'S' AND NOT EXISTS ( SELECT 1 FROM pg_catalog.pg_depend d WHERE d.objid = c.oid AND d.deptype =
'i' AND d.classid = 'pg_catalog.pg_class'::regclass)
"""

CONSTRAINTS = """ SELECT con.conrelid, con.conname, con.contype, pg_catalog.pg_get_constraintdef(con.oid,
true) FROM pg_catalog.pg_constraint con JOIN pg_catalog.pg_class c ON c.oid = con.conrelid AND c.relnamespace
= {schema} WHERE con.contype IN ('p', 'u', 'c', 'x', 'f') ORDER BY con.contype = 'f', con.conrelid,
con.conname
"""

INDEXES = """
SELECT pg_catalog.pg_get_indexdef(i.indexrelid, 0, true) FROM pg_catalog.pg_index i
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid AND c.relnamespace = {schema}
WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_constraint con
                  WHERE con.conindid = i.indexrelid AND con.contype IN ('p', 'u', 'x'))
ORDER BY i.indexrelid
"""

# What a column of an index is told to keep statistics of; its definition does not say it.
STATISTICS = """
SELECT c.relname, a.attnum, a.attstattarget FROM pg_catalog.pg_attribute a
JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relnamespace = {schema} AND c.relkind = 'i'
WHERE a.attstattarget >= 0
ORDER BY c.relname, a.attnum
"""

GRANTS = """
SELECT quote_ident(c.relname), acl.privilege_type, grantee.rolname, acl.is_grantable
FROM pg_catalog.pg_class c CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) acl
JOIN pg_catalog.pg_roles grantee ON grantee.oid = acl.grantee
WHERE c.relnamespace = {schema} AND c.relkind = 'r' AND acl.grantee <> c.relowner
"""

SCHEMA_GRANTS = """
SELECT acl.privilege_type, grantee.rolname
FROM pg_catalog.pg_namespace n CROSS JOIN LATERAL pg_catalog.aclexplode(n.nspacl) acl
JOIN pg_catalog.pg_roles grantee ON grantee.oid = acl.grantee
WHERE n.oid = {schema} AND acl.grantee <> n.nspowner
"""


class CloneFaultError(Exception):
    """The template holds something that a clone would not copy, or is not there."""


def clone(schema: str, *, template: str = TEMPLATE_SCHEMA) -> None:
    """Make `schema` a copy of the template: tables, names, privileges and the rows the template holds.

    Runs as the owner, inside the caller's transaction. Raises CloneFaultError.
    """
    statements = clone_statements(schema, template)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(schema)))
    with within(schema), connection.cursor() as cursor:
        cursor.execute("SET LOCAL check_function_bodies = off")
        cursor.execute(statements)


def clone_statements(schema: str, template: str = TEMPLATE_SCHEMA) -> sql.Composed:
    """The statements that fill the empty `schema`, to be run with it as the search_path."""
    with within(template):
        catalog = Catalog(template)
        return sql.SQL(";\n").join(
            [
                *catalog.tables(),
                *catalog.rows(schema),
                *catalog.indexes(),
                *catalog.foreign_keys(),
                *catalog.privileges(schema),
            ]
        )


class Catalog:
    """The template as the catalogs describe it."""

    def __init__(self, template: str) -> None:
        self.template = template
        with connection.cursor() as cursor:
            cursor.execute("SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = %s", [template])
            found = cursor.fetchone()
        if found is None:
            raise CloneFaultError("There is no template of a school. Run `manage.py migrate_schools` first.")
        self.schema_oid = found[0]
        for kind, query in UNKNOWN_KINDS.items():
            if names := [row[0] for row in self._ask(query)]:
                raise CloneFaultError(
                    f"The template holds {kind} that a clone would not copy: {', '.join(names)}."
                )
        self.names: dict[int, str] = dict(map(_pair, self._ask(TABLES)))
        if not self.names:
            raise CloneFaultError("The template of a school is empty. Run `manage.py migrate_schools` first.")
        self.columns = self._by_table(COLUMNS)
        self.constraints = self._ask(CONSTRAINTS)

    def _ask(self, query: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(query.replace("{schema}", str(self.schema_oid)))
            return cursor.fetchall()

    def _by_table(self, query: str) -> dict[int, list[dict[str, Any]]]:
        found: dict[int, list[dict[str, Any]]] = {oid: [] for oid in self.names}
        with connection.cursor() as cursor:
            cursor.execute(query.replace("{schema}", str(self.schema_oid)))
            names = [column.name for column in cursor.description]
            for row in cursor.fetchall():
                found[row[0]].append(dict(zip(names, row, strict=True)))
        return found

    def tables(self) -> Iterable[sql.Composable]:
        """CREATE SEQUENCE and CREATE TABLE, with keys and checks."""
        if loose := [row[0] for row in self._ask(LOOSE_SEQUENCES)]:
            raise CloneFaultError(
                f"The template holds sequences that belong to no column: {', '.join(loose)}."
            )
        for oid, name in self.names.items():
            parts = [_column(column) for column in self.columns[oid]]
            parts += [
                sql.SQL("CONSTRAINT {} {}").format(sql.Identifier(constraint), sql.SQL(definition))
                for table, constraint, kind, definition in self.constraints
                if table == oid and kind != "f"
            ]
            yield sql.SQL("CREATE TABLE {} ({})").format(sql.Identifier(name), sql.SQL(", ").join(parts))

    def foreign_keys(self) -> Iterable[sql.Composable]:
        """One ALTER TABLE for each table with foreign keys."""
        for oid, name in self.names.items():
            keys = [
                sql.SQL("ADD CONSTRAINT {} {}").format(sql.Identifier(constraint), sql.SQL(definition))
                for table, constraint, kind, definition in self.constraints
                if table == oid and kind == "f"
            ]
            if keys:
                yield sql.SQL("ALTER TABLE {} {}").format(sql.Identifier(name), sql.SQL(", ").join(keys))

    def indexes(self) -> Iterable[sql.Composable]:
        """The indexes that no constraint brings with it."""
        yield from (sql.SQL(row[0]) for row in self._ask(INDEXES))
        for index, column, target in self._ask(STATISTICS):
            yield sql.SQL("ALTER INDEX {} ALTER COLUMN {} SET STATISTICS {}").format(
                sql.Identifier(index), sql.Literal(column), sql.Literal(target)
            )

    def rows(self, schema: str) -> Iterable[sql.Composable]:
        """Copies of the rows that stand in the template, and sequences that go on after them."""
        for oid in self._with_rows():
            name = self.names[oid]
            columns = [column for column in self.columns[oid] if not column["attgenerated"]]
            yield sql.SQL(
                "INSERT INTO {there} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {here}"
            ).format(
                there=sql.Identifier(name),
                here=sql.Identifier(self.template, name),
                columns=sql.SQL(", ").join(sql.Identifier(column["attname"]) for column in columns),
            )
            for column in columns:
                if column["sequence"]:
                    yield sql.SQL("SELECT pg_catalog.setval({}, last_value, is_called) FROM {}").format(
                        sql.Literal(f'"{schema}"."{column["sequence"]}"'),
                        sql.Identifier(self.template, column["sequence"]),
                    )

    def _with_rows(self) -> Sequence[int]:
        question = sql.SQL(" UNION ALL ").join(
            sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(
                sql.Literal(oid), sql.Identifier(self.template, name)
            )
            for oid, name in self.names.items()
        )
        with connection.cursor() as cursor:
            cursor.execute(question)
            return [row[0] for row in cursor.fetchall()]

    def privileges(self, schema: str) -> Iterable[sql.Composable]:
        """The privileges on the schema and on every table, those of the owner aside."""
        for privilege, role in self._ask(SCHEMA_GRANTS):
            yield sql.SQL("GRANT {} ON SCHEMA {} TO {}").format(
                sql.SQL(privilege), sql.Identifier(schema), sql.Identifier(role)
            )
        together: dict[tuple[str, str, bool], list[str]] = {}
        for table, privilege, role, is_grantable in self._ask(GRANTS):
            together.setdefault((privilege, role, is_grantable), []).append(table)
        for (privilege, role, is_grantable), tables in together.items():
            yield sql.SQL("GRANT {} ON {} TO {}{}").format(
                sql.SQL(privilege),
                sql.SQL(", ".join(tables)),
                sql.Identifier(role),
                sql.SQL(" WITH GRANT OPTION" if is_grantable else ""),
            )


def _pair(row: tuple[Any, ...]) -> tuple[int, str]:
    first, second = row
    return first, second


def _column(column: dict[str, Any]) -> sql.Composable:
    parts: list[sql.Composable] = [sql.Identifier(column["attname"]), sql.SQL(column["type"])]
    if column["collation"]:
        parts.append(sql.SQL("COLLATE " + column["collation"]))
    if column["attidentity"]:
        parts.append(
            sql.SQL(
                "GENERATED {} AS IDENTITY "
                "(SEQUENCE NAME {} START {} INCREMENT {} MINVALUE {} MAXVALUE {} CACHE {} {})"
            ).format(
                sql.SQL("ALWAYS" if column["attidentity"] == "a" else "BY DEFAULT"),
                sql.Identifier(column["sequence"]),
                sql.Literal(column["seqstart"]),
                sql.Literal(column["seqincrement"]),
                sql.Literal(column["seqmin"]),
                sql.Literal(column["seqmax"]),
                sql.Literal(column["seqcache"]),
                sql.SQL("CYCLE" if column["seqcycle"] else "NO CYCLE"),
            )
        )
    elif column["attgenerated"]:
        kind = "STORED" if column["attgenerated"] == "s" else "VIRTUAL"
        parts.append(sql.SQL(f"GENERATED ALWAYS AS ({column['default']}) {kind}"))
    elif column["default"] is not None:
        parts.append(sql.SQL(f"DEFAULT {column['default']}"))
    if column["attnotnull"]:
        if column["not_null_name"]:
            parts.append(sql.SQL("CONSTRAINT {}").format(sql.Identifier(column["not_null_name"])))
        parts.append(sql.SQL("NOT NULL"))
    return sql.SQL(" ").join(parts)
