"""What each database role may do with each table.

`owner` makes and changes tables and owns them all. `app` (schools and the auth host) and `platform` (the
operator's console) may do what is declared here and nothing else: a fault in a view cannot delete an incident
or rewrite the audit, because the database refuses. `platform` has no way into a school's schema at all.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.db import connection
from psycopg import sql

Privileges = frozenset[str]

READ: Privileges = frozenset({"SELECT"})
ADD: Privileges = frozenset({"SELECT", "INSERT"})
KEEP: Privileges = frozenset({"SELECT", "INSERT", "UPDATE"})
ALL: Privileges = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"})
NONE: Privileges = frozenset()

LIBRARIES: Mapping[str, Privileges] = {
    "django_migrations": READ,
    "django_content_type": READ,
    "auth_group": READ,
    "auth_group_permissions": READ,
    "auth_permission": READ,
    "django_session": ALL,
    "otp_totp_totpdevice": ALL,
}

# Tables that are not named here may be read, added to and changed, but nothing is ever deleted from them.
IN_SCHOOLS: Mapping[str, Privileges] = {
    **LIBRARIES,
    # Written once: whoever could change them could hide what was done.
    "audit_auditevent": ADD,
    "incidents_incidentversion": ADD,
    "incidents_actionversion": ADD,
    "students_summary": ADD,
    # Links: removing one says "no longer", and the versions keep what was.
    "incidents_incidentstudent": ALL,
    "incidents_incidentcategory": ALL,
    "incidents_incidentanswer": ALL,
    "incidents_actionanswer": ALL,
    "incidents_incidentagency": ALL,
    "incidents_mark": ALL,
    "incidents_actionstudent": ALL,
    "incidents_actioncategory": ALL,
    "incidents_actionagency": ALL,
    "documents_documentstudent": ALL,
    "staff_alertgroupmember": ALL,
    # Permissions: a tick taken away is a row taken away.
    "staff_categorypermission": ALL,
    # Only what no record ever named is deleted; foreign keys refuse the rest.
    "categories_category": ALL,
    "agencies_agency": ALL,
    "classes_classaccess": ALL,
    "classes_classaccessgroup": ALL,
    "classes_restrictedkind": ALL,
    # Devices, links and counts of signing in.
    "people_recoverycode": ALL,
    "people_passwordlink": ALL,
    "people_wrongtries": ALL,
    "people_webauthnkey": ALL,
    "people_signedinsession": ALL,
    "people_knowndevice": ALL,
    "people_formeremail": ADD,
    "school_settings_closure": ALL,
    # What is on a form in the making; answers say themselves what was asked.
    "form_builder_formitem": ALL,
    "form_builder_formitemcategory": ALL,
    # On its way to public, and gone from here once it has arrived.
    "helpdesk_supportrequest": ALL,
}

IN_PUBLIC: Mapping[str, Mapping[str, Privileges]] = {
    "app": {
        **LIBRARIES,
        "audit_auditevent": ADD,
        "people_recoverycode": ALL,
        "people_passwordlink": ALL,
        "people_wrongtries": ALL,
        "people_webauthnkey": ALL,
        "people_signedinsession": ALL,
        "people_knowndevice": ALL,
        "people_formeremail": ADD,
        "people_user": KEEP,
        "outbox_outboxentry": KEEP,
        # Purged after twelve months; only the console answers one.
        "helpdesk_supportrequest": frozenset({"SELECT", "INSERT", "DELETE"}),
        "tenants_school": READ,
        "tenants_domain": READ,
    },
    "platform": {
        **LIBRARIES,
        "audit_auditevent": ADD,
        "people_recoverycode": ALL,
        "people_passwordlink": ALL,
        "people_wrongtries": ALL,
        "people_webauthnkey": ALL,
        "people_signedinsession": ALL,
        "people_knowndevice": ALL,
        "people_formeremail": ADD,
        "people_user": KEEP,
        "outbox_outboxentry": KEEP,
        "operators_operator": KEEP,
        "helpdesk_supportrequest": frozenset({"SELECT", "UPDATE"}),
        "tenants_school": frozenset({"SELECT", "UPDATE"}),
        "tenants_domain": frozenset({"SELECT", "INSERT", "UPDATE"}),
    },
}

# Single columns that a role may change, while it only reads the rest: role -> table -> columns.
CHANGEABLE_COLUMNS: Mapping[str, Mapping[str, frozenset[str]]] = {
    # A school sets its own time zone; who it is, where it is found and its key are not its to change.
    "app": {"tenants_school": frozenset({"time_zone"})},
    "platform": {},
}


def declared(schema: str, role: str, tables: Iterable[str]) -> dict[str, Privileges]:
    """What `role` ("app" or "platform") shall be able to do with each of these tables of the schema."""
    if schema == settings.PUBLIC_SCHEMA_NAME:
        return {table: IN_PUBLIC[role].get(table, NONE) for table in tables}
    if role == "platform":
        return dict.fromkeys(tables, NONE)
    return {table: IN_SCHOOLS.get(table, KEEP) for table in tables}


def granted(schemas: Iterable[str]) -> dict[str, dict[str, dict[str, Privileges]]]:
    """What the roles can do in fact: schema -> role -> table -> privileges, for every table of the schemas.

    A role that may not enter the schema at all can do nothing with its tables.
    """
    schemas = list(schemas)
    found: dict[str, dict[str, dict[str, Privileges]]] = {
        schema: {role: {} for role in settings.DATABASE_ROLES} for schema in schemas
    }
    names = {name: role for role, name in settings.DATABASE_ROLES.items()}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT namespace.nspname, class.relname, grantee.rolname,
                   array_agg(acl.privilege_type::text) FILTER (WHERE acl.privilege_type IS NOT NULL)
            FROM pg_catalog.pg_class AS class
            JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
            CROSS JOIN pg_catalog.pg_roles AS grantee
            LEFT JOIN LATERAL pg_catalog.aclexplode(class.relacl) AS acl ON acl.grantee = grantee.oid
            WHERE class.relkind IN ('r', 'p') AND namespace.nspname = ANY(%s) AND grantee.rolname = ANY(%s)
            GROUP BY 1, 2, 3
            """,
            [schemas, list(names)],
        )
        for schema, table, grantee, privileges in cursor.fetchall():
            found[schema][names[grantee]][table] = frozenset(privileges or ())
    return found


def granted_columns(schema: str) -> dict[str, dict[str, frozenset[str]]]:
    """Columns that the roles may change beyond what they may do with the table: role -> table -> columns."""
    names = {name: role for role, name in settings.DATABASE_ROLES.items()}
    found: dict[str, dict[str, frozenset[str]]] = {role: {} for role in settings.DATABASE_ROLES}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT class.relname, grantee.rolname, array_agg(attribute.attname::text)
            FROM pg_catalog.pg_attribute AS attribute
            JOIN pg_catalog.pg_class AS class ON class.oid = attribute.attrelid
            JOIN pg_catalog.pg_namespace AS namespace ON namespace.oid = class.relnamespace
            CROSS JOIN LATERAL pg_catalog.aclexplode(attribute.attacl) AS acl
            JOIN pg_catalog.pg_roles AS grantee ON grantee.oid = acl.grantee
            WHERE namespace.nspname = %s AND grantee.rolname = ANY(%s)
            GROUP BY 1, 2
            """,
            [schema, list(names)],
        )
        for table, grantee, columns in cursor.fetchall():
            found[names[grantee]][table] = frozenset(columns)
    return found


def differing(schemas: Iterable[str]) -> list[str]:
    """The schemas in which a role can do more or less than is declared."""
    differing = []
    schemas = list(schemas)
    for schema, roles in granted(schemas).items():
        for role, tables in roles.items():
            if role != "owner" and tables != declared(schema, role, tables):
                differing.append(schema)
                break
    public = settings.PUBLIC_SCHEMA_NAME
    if public in schemas and public not in differing:
        columns = granted_columns(public)
        if any(columns[role] != dict(CHANGEABLE_COLUMNS[role]) for role in CHANGEABLE_COLUMNS):
            differing.append(public)
    return differing


def grant(schema: str) -> None:
    """Make the roles' privileges in this schema what is declared, no more and no less. Runs as the owner."""
    tables = granted([schema])[schema]
    for role in ("app", "platform"):
        statements = _statements(schema, role, declared(schema, role, tables[role]))
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


def _statements(schema: str, role: str, wanted: Mapping[str, Privileges]) -> list[sql.Composed]:
    here, who = sql.Identifier(schema), sql.Identifier(settings.DATABASE_ROLES[role])
    statements = [
        sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA {} FROM {}").format(here, who),
        sql.SQL("REVOKE ALL ON SCHEMA {} FROM {}").format(here, who),
    ]
    by_privileges: dict[Privileges, list[str]] = defaultdict(list)
    for table, privileges in wanted.items():
        by_privileges[privileges].append(table)
    if set(by_privileges) - {NONE} or schema == settings.PUBLIC_SCHEMA_NAME:
        statements.append(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(here, who))
    for privileges, tables in by_privileges.items():
        if privileges:
            statements.append(
                sql.SQL("GRANT {} ON {} TO {}").format(
                    sql.SQL(", ").join(map(sql.SQL, sorted(privileges))),
                    sql.SQL(", ").join(sql.Identifier(schema, table) for table in sorted(tables)),
                    who,
                )
            )
    if schema == settings.PUBLIC_SCHEMA_NAME:
        # After the tables: taking a table's privileges away takes those of its columns, too.
        statements.extend(
            sql.SQL("GRANT UPDATE ({}) ON {} TO {}").format(
                sql.SQL(", ").join(map(sql.Identifier, sorted(columns))), sql.Identifier(schema, table), who
            )
            for table, columns in CHANGEABLE_COLUMNS[role].items()
            if table in wanted
        )
    return statements
