"""The start-up proof, and the pool that forgets the school."""

import psycopg
import pytest
from django.db import connections

from core.tenancy.errors import SearchPathLeakError
from core.tenancy.proof import prove_search_path


class Pooled:
    """What a pooler in transaction mode gives: its own handle on a server connection that others use too."""

    def __init__(self, server):
        self.server = server

    def execute(self, statement):
        return self.server.execute(statement)

    def close(self):
        pass


def test_own_database_keeps_two_connections_apart(db):
    prove_search_path()


def test_pooler_in_transaction_mode_is_refused(own_database):
    with (
        psycopg.connect(own_database.url("app"), autocommit=True) as server,
        pytest.raises(SearchPathLeakError, match="session mode"),
    ):
        prove_search_path(lambda: Pooled(server))


def test_connection_comes_back_from_the_pool_without_a_school(school_a, django_db_blocker):
    fresh = connections.create_connection("default")
    try:
        fresh.set_tenant(school_a)
        with fresh.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid(), current_setting('search_path')")
            pid, path = cursor.fetchone()
        assert school_a.schema_name in path
        pool = fresh.pool
        fresh.close()
        held = [pool.getconn() for _ in range(2)]
        try:
            for connection in held:
                path = connection.execute("SHOW search_path").fetchone()[0]
                assert path == '""'
            assert pid in {connection.info.backend_pid for connection in held}
        finally:
            for connection in held:
                pool.putconn(connection)
    finally:
        fresh.close()
