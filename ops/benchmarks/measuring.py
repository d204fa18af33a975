"""How figures are taken: in turns with their floor, as medians, with every run kept."""

import contextlib
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ops.supervisor.servers import MailCatcher, Postgres, Valkey

DATABASE = "bench"
ROLES = ("owner", "app", "platform")


@dataclass(frozen=True)
class Figure:
    """One figure: its value, its limit, and what was seen."""

    name: str
    value: float
    unit: str = "times"
    at_most: float | None = None
    at_least: float | None = None
    runs: dict[str, list[float]] = field(default_factory=dict)
    """Seconds (or the unit) of every run, by what was run."""
    beside: dict[str, float | int | str] = field(default_factory=dict)
    """Other numbers worth printing: own time, queries, rows."""

    @property
    def holds(self) -> bool:
        """Tell whether the value keeps its limits."""
        return (self.at_most is None or self.value <= self.at_most) and (
            self.at_least is None or self.value >= self.at_least
        )


def seconds(work: Callable[[], object]) -> float:
    """Return how long one run takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def in_turns(
    runs: dict[str, Callable[[], object]],
    *,
    warm_up: bool = True,
    before: Callable[[str], object] = lambda name: None,
) -> dict[str, list[float]]:
    """Run each in turns: five times, or three when one run takes more than ten seconds.

    Turns, because a machine that grows slow half-way must not make one side look better. `before` is called
    with the name of each run and is not timed.
    """
    if warm_up:
        for name, work in runs.items():
            before(name)
            work()
    taken: dict[str, list[float]] = {name: [] for name in runs}
    rounds = 5
    while min(map(len, taken.values())) < rounds:
        for name, work in runs.items():
            before(name)
            taken[name].append(seconds(work))
            if taken[name][-1] > 10:
                rounds = 3
    return taken


def ratio(taken: dict[str, list[float]], figure: str, floor: str) -> float:
    """Return median over median."""
    return statistics.median(taken[figure]) / statistics.median(taken[floor])


@dataclass(frozen=True)
class Stage:
    """Servers of the figures' own, and the product's environment on them."""

    folder: Path
    postgres: Postgres
    valkey: Valkey
    mail: MailCatcher


@contextlib.contextmanager
def stage() -> Iterator[Stage]:
    """Start servers with an empty database, and point the product's settings at them.

    To be entered before Django is set up. fsync is on: figures of a database that may lose rows mean nothing.
    """
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        with (
            Postgres(folder / "postgres") as postgres,
            Valkey() as valkey,
            MailCatcher(folder / "mail") as mail,
        ):
            postgres.ensure_roles({role: f"bench-{role}" for role in ROLES})
            postgres.ensure_database(DATABASE, owner="owner")
            os.environ.update(
                DJANGO_SETTINGS_MODULE="config.settings.demo",
                DATABASE_URL=postgres.url("app", DATABASE),
                DATABASE_OWNER_URL=postgres.url("owner", DATABASE),
                DATABASE_PLATFORM_URL=postgres.url("platform", DATABASE),
                VALKEY_URL=valkey.url,
                EMAIL_URL=mail.url,
                SECRET_KEY="only-for-figures-" + "x" * 40,
                ENCRYPTION_ROOT_KEY="MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
                BASE_DOMAIN="localhost",
                DOCUMENTS_FOLDER=str(folder / "documents"),
            )
            yield Stage(folder, postgres, valkey, mail)
