"""What the database refuses, whatever a view asks for."""

import psycopg
import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from tenants import grants
from tenants.checks import schools_are_alike
from tenants.migrating import TEMPLATE_SCHEMA, app_labels

NEVER_DELETED = [
    "incidents_incident",
    "incidents_action",
    "incidents_incidentversion",
    "incidents_actionversion",
    "incidents_draft",
    "documents_document",
    "alerts_alert",
    "monitoring_monitoring",
    "students_student",
    "attendance_mark",
    "audit_auditevent",
    "people_user",
]
ONLY_ADDED = ["audit_auditevent", "incidents_incidentversion", "incidents_actionversion"]


def refused(school, statement):
    address = {
        "host": settings.DATABASES["default"]["HOST"],
        "port": settings.DATABASES["default"]["PORT"],
        "dbname": settings.DATABASES["default"]["NAME"],
        "user": "app",
        "password": settings.DATABASES["default"]["PASSWORD"],
    }
    with psycopg.connect(**address) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute(f'SET search_path = "{school.schema_name}"; {statement}')


@pytest.mark.parametrize("table", NEVER_DELETED)
def test_records_are_never_deleted(school_a, table):
    refused(school_a, f"DELETE FROM {table}")
    refused(school_a, f"TRUNCATE {table}")


@pytest.mark.parametrize("table", ONLY_ADDED)
def test_what_was_written_is_not_rewritten(school_a, table):
    refused(school_a, f"UPDATE {table} SET id = id")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "ALTER TABLE incidents_incident DISABLE TRIGGER ALL",
        "CREATE SCHEMA s_mine",
        "UPDATE public.tenants_school SET name = 'x'",
        "UPDATE public.tenants_school SET time_zone = 'Asia/Dubai', is_suspended = true",
        "UPDATE public.tenants_school SET wrapped_key = ''",
        "UPDATE public.helpdesk_supportrequest SET answer = 'x'",
        "SELECT 1 FROM public.operators_operator",
        "ALTER TABLE incidents_incident OWNER TO app",
        "SET ROLE owner",
    ],
)
def test_pages_do_not_change_the_structure(school_a, statement):
    refused(school_a, statement)


def test_every_schema_grants_what_is_declared(school_a, school_b):
    schemas = ["public", TEMPLATE_SCHEMA, school_a.schema_name, school_b.schema_name]
    assert grants.differing(schemas) == []


def test_every_declared_table_exists(db):
    public = grants.granted(["public"])["public"]["app"]
    school = grants.granted([TEMPLATE_SCHEMA])[TEMPLATE_SCHEMA]["app"]
    assert set(grants.IN_SCHOOLS) <= set(school)
    for role in grants.IN_PUBLIC.values():
        assert set(role) <= set(public)


def test_drift_is_found_and_put_right(as_owner, school_a):
    assert schools_are_alike(databases=["default"]) == []
    with connection.cursor() as cursor:
        cursor.execute(f'GRANT DELETE ON "{school_a.schema_name}".incidents_incident TO app')
    assert [fault.id for fault in schools_are_alike(databases=["default"])] == ["tenants.E004"]
    grants.grant(school_a.schema_name)
    assert schools_are_alike(databases=["default"]) == []


def test_drift_of_a_single_column_is_found_and_put_right(as_owner, school_a):
    assert grants.granted_columns("public")["app"] == {"tenants_school": frozenset({"time_zone"})}
    with connection.cursor() as cursor:
        cursor.execute("GRANT UPDATE (is_suspended) ON public.tenants_school TO app")
    assert grants.differing(["public"]) == ["public"]
    grants.grant("public")
    assert grants.differing(["public"]) == []
    assert grants.granted_columns("public")["app"] == {"tenants_school": frozenset({"time_zone"})}


def test_other_content_types_and_missing_tables_are_found(as_owner, school_a):
    with connection.cursor() as cursor:
        cursor.execute(f'UPDATE "{school_a.schema_name}".django_content_type SET id = id + 1000')
        cursor.execute(f'DROP TABLE "{school_a.schema_name}".people_recoverycode')
    assert [fault.id for fault in schools_are_alike(databases=["default"])] == [
        "tenants.E002",
        "tenants.E003",
    ]


@pytest.mark.spec("TEN-02")
@pytest.mark.spec("TEN-06")
def test_tables_stand_only_where_they_belong(school_a):
    """Public holds the provider's tables and no record; a school holds its own and none of the provider's."""
    in_both = set(settings.SHARED_APPS) & set(settings.TENANT_APPS)
    public_only = app_labels(set(settings.SHARED_APPS) - in_both)
    school_only = app_labels(set(settings.TENANT_APPS) - in_both)
    wanted = {"public": set(), "school": set()}
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed:
            continue
        label, table = model._meta.app_label, model._meta.db_table
        if label not in school_only:
            wanted["public"].add(table)
        if label not in public_only:
            wanted["school"].add(table)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname !~ '^(pg_|information_schema)'"
        )
        found = {}
        for schema, table in cursor.fetchall():
            found.setdefault(schema, set()).add(table)
    ours = {"django_migrations", "migration_lock"}
    assert found.pop("public") == wanted["public"] | ours
    assert len(found) == 3
    for tables in found.values():
        assert tables == wanted["school"] | {"django_migrations"}
