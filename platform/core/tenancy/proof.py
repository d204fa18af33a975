"""Proves at start that two connections keep their schools apart, and refuses to serve when they do not.

A connection pooler in transaction mode hands the same server connection to different clients between
statements. Each then reads under the search_path that another left behind: no error, only another school's
records.
"""

from collections.abc import Callable
from typing import Any

from django.db import connection

from core.tenancy.errors import SearchPathLeakError

ROUNDS = 20
REMEDY = (
    "Connect to PostgreSQL directly or through a pooler in session mode: "
    "this path to the database mixes up the schools of two connections."
)


def prove_search_path(connect: Callable[[], Any] | None = None) -> None:
    """Interleave two connections with different search_paths; raises SearchPathLeakError when one sees the
    other's.

    `connect` gives psycopg connections in autocommit; by default new ones to the product's own database.
    """
    first, second = (connect or _connect)(), (connect or _connect)()
    try:
        for turn in range(ROUNDS):
            places = {first: f"proof_first_{turn}", second: f"proof_second_{turn}"}
            for database, place in places.items():
                database.execute(f'SET search_path = "{place}"')
            for database, place in places.items():
                seen = database.execute("SHOW search_path").fetchone()[0]
                if seen != place:
                    raise SearchPathLeakError(REMEDY)
    finally:
        first.close()
        second.close()


def _connect() -> Any:
    parameters = connection.get_connection_params()
    return connection.Database.connect(**{**parameters, "autocommit": True})
