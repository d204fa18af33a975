"""Brings every schema to the newest migrations: planned once, applied a school at a time.

A stock migration loads the graph, renders all models and looks into the database anew for each school. Here
the schools that have applied the same migrations are planned together, and each then costs only its own SQL.
A school's migrations run in one transaction: whenever the run is killed, every school is wholly old or wholly
new, and the next run goes on with the old ones.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from psycopg import errors, sql

from tenants import grants

TEMPLATE_SCHEMA = "template_school"
LOCK_TIMEOUT = "5s"
TRIES = 3
LOCK_TABLE = "migration_lock"

Applied = frozenset[tuple[str, str]]
Tell = Callable[[str], None]
Step = tuple[Operation, ProjectState, ProjectState]


class MigrationFaultError(Exception):
    """A migration or a school that cannot be migrated as asked; the text says which and why."""


@dataclass(frozen=True)
class Schema:
    """What the connection needs to know to speak to a schema that may be no school."""

    schema_name: str


@contextmanager
def within(schema: str) -> Iterator[None]:
    """Speak to this schema only, without public behind it: a missing table must not be found elsewhere."""
    before = connection.tenant
    connection.set_tenant(Schema(schema), include_public=False)
    try:
        yield
    finally:
        if before is None:
            connection.leave()
        else:
            connection.set_tenant(before)


@contextmanager
def exclusive(tell: Tell) -> Iterator[None]:
    """Hold the lock of all changes of structure: a second run waits, and so does a school that is being made.

    It is a table lock held by a connection of its own, so that it ends with the process however that dies.
    """
    parameters = {**connection.get_connection_params(), "autocommit": False}
    holder = connection.Database.connect(**parameters)
    try:
        ensure_lock_table(holder)
        lock = f"LOCK TABLE public.{LOCK_TABLE} IN EXCLUSIVE MODE"
        try:
            holder.execute(f"{lock} NOWAIT")
        except errors.LockNotAvailable:
            holder.rollback()
            tell("Another migration or provisioning is running; waiting for it to end.")
            holder.execute(lock)
        yield
    finally:
        holder.close()


def ensure_lock_table(holder: Any) -> None:
    """Make the table that is locked; two runs may do so at the same moment."""
    for _ in range(TRIES):
        try:
            holder.execute(f"CREATE TABLE IF NOT EXISTS public.{LOCK_TABLE} (id integer PRIMARY KEY)")
            holder.commit()
        except (errors.UniqueViolation, errors.DuplicateTable):
            holder.rollback()
        else:
            return


def app_labels(listed: Iterable[str]) -> set[str]:
    """The labels of the apps that a list of settings names."""
    wanted = set(listed)
    return {
        config.label
        for config in apps.get_app_configs()
        if config.name in wanted or f"{config.__module__}.{type(config).__name__}" in wanted
    }


def applied_in(schemas: Sequence[str]) -> dict[str, Applied]:
    """What each schema has applied, read in one statement; nothing for a schema without the table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname FROM pg_catalog.pg_tables "
            "WHERE tablename = 'django_migrations' AND schemaname = ANY(%s)",
            [list(schemas)],
        )
        there = [row[0] for row in cursor.fetchall()]
        applied: dict[str, Applied] = dict.fromkeys(schemas, frozenset())
        if there:
            parts = (
                sql.SQL("SELECT {}, array_agg(ARRAY[app, name]::text[]) FROM {}").format(
                    sql.Literal(schema), sql.Identifier(schema, "django_migrations")
                )
                for schema in there
            )
            cursor.execute(sql.SQL(" UNION ALL ").join(parts))
            for schema, pairs in cursor.fetchall():
                applied[schema] = frozenset((app, name) for app, name in pairs or [])
    return applied


@dataclass(frozen=True)
class Plan:
    """What schools with the same past have before them: migrations with the states before and after each
    step.
    """

    migrations: Sequence[tuple[Migration, Sequence[Step]]]

    def apply(self) -> None:
        """Run every step in the schema the connection speaks to. The caller holds the transaction."""
        recorder = MigrationRecorder(connection)
        for migration, steps in self.migrations:
            with connection.schema_editor(atomic=False) as editor:
                for operation, before, after in steps:
                    operation.database_forwards(migration.app_label, editor, before, after)
            # Not record_applied(), which looks for its table anew each time.
            for app, name in ((migration.app_label, migration.name), *migration.replaces):
                recorder.migration_qs.create(app=app, name=name)
            with connection.cursor() as cursor:
                # Rows written by one migration may be checked only at the end, and the next could not alter
                # their table until they are.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _state_of(executor: MigrationExecutor) -> ProjectState:
    """The models as the applied migrations left them."""
    state = ProjectState(real_apps=executor.loader.unmigrated_apps)
    applied = set(executor.loader.applied_migrations)
    for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True):
        if (migration.app_label, migration.name) in applied:
            migration.mutate_state(state, preserve=False)
    return state


def plan_for(schema: str, labels: set[str]) -> Plan:
    """The plan for this schema and all with the same past. Raises MigrationFaultError for one without a
    transaction.
    """
    with within(schema):
        executor = MigrationExecutor(connection)
        targets = [node for node in executor.loader.graph.leaf_nodes() if node[0] in labels]
        to_do = [migration for migration, _ in executor.migration_plan(targets)]
        state = _state_of(executor)
    if to_do:
        _ = state.apps  # rendered once here instead of at the first step of every school
    migrations = []
    for migration in to_do:
        if not migration.atomic:
            raise MigrationFaultError(f"{migration} is not atomic: a kill would leave a school half changed.")
        steps: list[Step] = []
        for operation in migration.operations:
            after = state.clone()
            operation.state_forwards(migration.app_label, after)
            steps.append((operation, state, after))
            state = after
        migrations.append((migration, steps))
    return Plan(migrations)


def migrate(schemas: Sequence[str], labels: set[str], tell: Tell) -> list[str]:
    """Migrate these schemas, each in a transaction of its own; returns those that stayed locked.

    Privileges and content types are brought to what is declared in the same transaction.
    """
    applied = applied_in(schemas)
    drifted = set(grants.differing(schemas)) | set(content_types_differ(schemas))
    groups: dict[Applied, list[str]] = defaultdict(list)
    for schema in schemas:
        groups[applied[schema]].append(schema)
    failed: list[str] = []
    done = 0
    for group in groups.values():
        plan = plan_for(group[0], labels)
        for schema in group:
            done += 1
            if plan.migrations or schema in drifted:
                started = time.monotonic()
                is_done = _migrate_one(schema, plan, is_new=not applied[schema])
                if not is_done:
                    failed.append(schema)
                outcome = (
                    f"{time.monotonic() - started:.2f} s" if is_done else "locked by others, left as it was"
                )
                tell(f"{done}/{len(schemas)} {schema}: {len(plan.migrations)} migrations, {outcome}")
    return failed


def _migrate_one(schema: str, plan: Plan, *, is_new: bool) -> bool:
    for attempt in range(TRIES):
        try:
            with within(schema), transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
                if is_new:
                    MigrationRecorder(connection).ensure_schema()
                plan.apply()
                copy_content_types()
                if grants.differing([schema]):
                    grants.grant(schema)
        except OperationalError as error:
            if not isinstance(error.__cause__, errors.LockNotAvailable):
                raise
            time.sleep(attempt)
        except DatabaseError as error:
            raise MigrationFaultError(f"{schema}: {error}") from error
        else:
            return True
    return False


def migrate_public(tell: Tell) -> None:
    """Bring the provider's own schema up to date; raises MigrationFaultError."""
    with exclusive(tell):
        _migrate_public(tell)


def _migrate_public(tell: Tell) -> None:
    if migrate([settings.PUBLIC_SCHEMA_NAME], app_labels(settings.SHARED_APPS), tell):
        raise MigrationFaultError("The public schema stayed locked by others.")


def migrate_schools(tell: Tell) -> None:
    """Bring public, the template and every school up to date; raises MigrationFaultError when one stayed
    behind.

    The template comes before the schools, so that a school made right after a killed run is a new one.
    """
    with exclusive(tell):
        _migrate_public(tell)
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(TEMPLATE_SCHEMA)))
            cursor.execute("SELECT schema_name FROM public.tenants_school ORDER BY schema_name")
            schools = [row[0] for row in cursor.fetchall()]
        failed = migrate([TEMPLATE_SCHEMA, *schools], app_labels(settings.TENANT_APPS), tell)
    if failed:
        raise MigrationFaultError(f"Locked by others, run again: {', '.join(failed)}")


def model_names() -> list[tuple[str, str]]:
    """Every model as (app label, model name), in a fixed order."""
    return sorted(
        (config.label, name)
        for config in apps.get_app_configs()
        for name in (model.__name__.lower() for model in config.get_models())
    )


def copy_content_types() -> None:
    """Make the current schema's content types those of public, ids included.

    Django caches their ids per process and not per schema: if they differed, one school's permission or link
    would point to another model. So public hands out every id, and the schools only copy.
    """
    with connection.cursor() as cursor:
        if connection.schema_name == settings.PUBLIC_SCHEMA_NAME:
            cursor.executemany(
                "INSERT INTO django_content_type (app_label, model) VALUES (%s, %s) "
                "ON CONFLICT (app_label, model) DO NOTHING",
                model_names(),
            )
        else:
            cursor.execute(
                "INSERT INTO django_content_type (id, app_label, model) "
                "SELECT id, app_label, model FROM public.django_content_type ON CONFLICT (id) DO NOTHING"
            )


def content_types_differ(schemas: Sequence[str]) -> list[str]:
    """The schemas whose content types are not those of public (or, for public, lack a model)."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname FROM pg_catalog.pg_tables "
            "WHERE tablename = 'django_content_type' AND schemaname = ANY(%s)",
            [[*schemas, settings.PUBLIC_SCHEMA_NAME]],
        )
        there = {row[0] for row in cursor.fetchall()}
        if settings.PUBLIC_SCHEMA_NAME not in there:
            return []
        parts = (
            sql.SQL(
                "SELECT {}, array_agg(id || ' ' || app_label || ' ' || model ORDER BY id), "
                "array_agg(app_label || ' ' || model) FROM {}"
            ).format(sql.Literal(schema), sql.Identifier(schema, "django_content_type"))
            for schema in there
        )
        cursor.execute(sql.SQL(" UNION ALL ").join(parts))
        rows = {schema: (ids or [], names or []) for schema, ids, names in cursor.fetchall()}
    ids_in_public, names_in_public = rows[settings.PUBLIC_SCHEMA_NAME]
    differing = [schema for schema in schemas if schema in rows and rows[schema][0] != ids_in_public]
    if settings.PUBLIC_SCHEMA_NAME in schemas:
        missing = {" ".join(name) for name in model_names()} - set(names_in_public)
        return [*differing, settings.PUBLIC_SCHEMA_NAME] if missing else differing
    return differing
