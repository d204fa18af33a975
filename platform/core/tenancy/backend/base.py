"""The connection knows at most one school, and a pooled one forgets it on the way back.

django-tenants starts every connection, and so every new thread, in `public`, where the tables that stand both
there and in the schools answer silently. Here a connection starts nowhere: its search_path is empty, and a
query on any table raises `NoSchoolError` until `in_school` or `in_public` names a place.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

from django.conf import settings
from django.db.backends.postgresql.introspection import DatabaseIntrospection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.backends.utils import CursorWrapper
from django.db.utils import ProgrammingError
from django_tenants.postgresql_backend import base as django_tenants_base
from psycopg import Connection, Cursor, errors, pq, sql

from core.tenancy.errors import NoSchoolError

NOWHERE = sql.SQL("SET search_path = ''")
# Each takes the database up to half a megabyte.
KEPT_STATEMENTS = 50


def forget_school(connection: Connection[Any]) -> None:
    """The pool's reset: what the next thread gets speaks to no school."""
    if connection.info.transaction_status != pq.TransactionStatus.IDLE:
        connection.rollback()
    if not connection.autocommit:
        connection.autocommit = True
    connection.execute(NOWHERE)


def ask_for_a_school(execute: Any, query: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Explains "relation does not exist" by its cause: nobody said which school."""
    try:
        return execute(query, params, many, context)
    except ProgrammingError as error:
        place = context["connection"].schema_name
        if isinstance(error.__cause__, errors.UndefinedTable) and (
            not place or place == settings.PUBLIC_SCHEMA_NAME
        ):
            raise NoSchoolError(
                f"{error.__cause__.diag.message_primary}: "
                f"{'the public schema has no such table' if place else 'no school is set'}. "
                "Use `with in_school(school):` (or `in_public()` for the tables of the provider)."
            ) from error
        raise


class PreparingCursor(Cursor[Any]):
    """Has the database keep every statement, and asks it by name from the second time on.

    The connection forgets the one longest unused. It prepares nothing else: what the ORM asks holds its
    values, so that it never comes twice.
    """

    def execute(self, query: Any, params: Any = None, **options: Any) -> Self:
        self.connection.prepare_threshold = 0
        try:
            return super().execute(query, params, prepare=True, **options)
        finally:
            self.connection.prepare_threshold = None


class SchoolOperations(DatabaseOperations):
    """Tells whoever asks what was executed a prepared statement as it reads with its values in it."""

    def last_executed_query(self, cursor: Any, sql: Any, params: Any) -> Any:
        if isinstance(cursor, PreparingCursor):
            return self.compose_sql(sql, params)
        return super().last_executed_query(cursor, sql, params)


class SchoolIntrospection(DatabaseIntrospection):
    """Describes the tables of the current schema only: a school's path ends in public, whose tables are not
    its own.
    """

    connection: Any

    @contextmanager
    def _only_here(self, cursor: Any) -> Iterator[None]:
        place = self.connection.schema_name
        cursor.execute(
            NOWHERE if place is None else sql.SQL("SET search_path = {}").format(sql.Identifier(place))
        )
        try:
            yield
        finally:
            self.connection.restore_search_path()

    def get_table_list(self, cursor: Any) -> Any:
        with self._only_here(cursor):
            return super().get_table_list(cursor)

    def get_table_description(self, cursor: Any, table_name: str) -> Any:
        with self._only_here(cursor):
            return super().get_table_description(cursor, table_name)

    def get_sequences(self, cursor: Any, table_name: str, table_fields: Any = ()) -> Any:
        with self._only_here(cursor):
            return super().get_sequences(cursor, table_name, table_fields)

    def get_constraints(self, cursor: Any, table_name: str) -> Any:
        with self._only_here(cursor):
            return super().get_constraints(cursor, table_name)


class DatabaseWrapper(django_tenants_base.DatabaseWrapper):
    """One thread's connection, and the school it speaks to (`tenant`, None for nowhere)."""

    ops_class = SchoolOperations

    tenant: Any
    schema_name: str | None
    search_path_set_schemas: list[str] | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.introspection = SchoolIntrospection(self)
        self.leave()
        self.execute_wrappers.append(ask_for_a_school)

    def leave(self) -> None:
        """From here on the connection speaks to no school."""
        self.tenant = None
        self.schema_name = None
        self.search_path_set_schemas = None

    def set_tenant(self, tenant: Any, include_public: bool = True) -> None:
        """Speak to this school from the next statement on.

        django-tenants also empties Django's cache of content types, because they may differ between schemas;
        here every schema holds the same rows (a check compares them) and the cache is shared by all threads.
        """
        self.tenant = tenant
        self.schema_name = tenant.schema_name
        self.include_public_schema = include_public
        self.set_settings_schema(self.schema_name)
        self.search_path_set_schemas = None

    @property
    def pool(self) -> Any:
        options = self.settings_dict["OPTIONS"].get("pool")
        if options:
            options = {} if options is True else options
            self.settings_dict["OPTIONS"]["pool"] = {**options, "reset": forget_school}
        return super().pool

    def _configure_connection(self, connection: Connection[Any]) -> bool:
        super()._configure_connection(connection)
        connection.prepared_max = KEPT_STATEMENTS
        connection.execute(NOWHERE)
        return True

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        connection = super().get_new_connection(conn_params)
        self.search_path_set_schemas = []
        return connection

    def preparing_cursor(self) -> CursorWrapper:
        """A cursor that leaves its statements prepared in the database, for those that come again and again.

        Their values are sent beside them instead of being written into them.
        """
        with self.cursor():
            return self._prepare_cursor(PreparingCursor(self.connection))

    def restore_search_path(self) -> None:
        """Set the search_path anew, after somebody set another one behind our back."""
        self.search_path_set_schemas = None
        self._handle_search_path()

    def _handle_search_path(self, cursor: Any = None) -> None:
        """Set the search_path before a statement, unless this connection has it already.

        It is done on a cursor of psycopg's own: it is no query of the page's, and a debug cursor would count
        it.
        """
        wanted: list[str] = self._get_cursor_search_paths() if self.schema_name else []
        if self.search_path_set_schemas == wanted and settings.TENANT_LIMIT_SET_CALLS:
            return
        path = sql.SQL(", ").join([sql.Identifier(name) for name in wanted]) if wanted else sql.SQL("''")
        with self.wrap_database_errors:
            try:
                self.connection.execute(sql.SQL("SET search_path = {}").format(path))
            except errors.InFailedSqlTransaction:
                # The transaction is lost already, and whatever comes next but a rollback fails too.
                self.search_path_set_schemas = None
            else:
                self.search_path_set_schemas = wanted
