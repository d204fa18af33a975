"""What every test stands on: real servers, a database of its own, two schools and their people.

The addresses of the servers go into the environment before Django reads its settings. Tests connect as `app`,
the role the product serves under, never as the owner or a superuser; everything a test writes is rolled back,
and so is the school it was in. Tests that kill, migrate or use threads take `own_database`, a copy for them
alone.
"""

import atexit
import base64
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [path for path in (str(ROOT), str(ROOT / "platform")) if path not in sys.path]

from ops.supervisor.servers import MailCatcher, Valkey  # noqa: E402 -- found only with the path set above
from tests.data.schools import BOOKS, CAST  # noqa: E402 -- found only with the path set above
from tests.servers import Database, PostgresServer  # noqa: E402 -- found only with the path set above

FOLDER = Path(tempfile.mkdtemp(prefix="records-tests-"))
POSTGRES = PostgresServer()
DATABASE = Database(POSTGRES, f"run_{os.getpid()}")
VALKEY = Valkey()
MAIL = MailCatcher(FOLDER / "mail")
ENVIRONMENT = {
    **DATABASE.environment(),
    "DATABASE_ROLE": "app",
    "WEB_PROCESS": "schools",
    "VALKEY_URL": VALKEY.url,
    "EMAIL_URL": MAIL.url,
    "SECRET_KEY": "for tests only, and longer than the fifty characters that production asks for",
    "ENCRYPTION_ROOT_KEY": base64.b64encode(bytes(range(32))).decode(),
    "BASE_DOMAIN": "localhost",
    "DOCUMENTS_FOLDER": str(FOLDER / "documents"),
    "DJANGO_SETTINGS_MODULE": "config.settings.test",
}
os.environ.update(ENVIRONMENT)

# Not named in pyproject.toml: pytest-django would then read the settings before the lines above.
import django  # noqa: E402 -- as the line above says

django.setup()


def _clear_up() -> None:
    import shutil

    VALKEY.stop()
    MAIL.stop()
    DATABASE.drop()
    POSTGRES.leave()
    shutil.rmtree(FOLDER, ignore_errors=True)


atexit.register(_clear_up)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes() -> None:
    """Workers inherit the environment; they too shall name the settings only after their own servers."""
    os.environ.pop("DJANGO_SETTINGS_MODULE", None)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """See tests/scheduling.py."""
    from tests.scheduling import StartedOnce

    return StartedOnce(config, log)


@pytest.fixture(autouse=True)
def _network_is_blocked() -> None:
    """Nothing a test does may reach another machine."""
    from pytest_socket import socket_allow_hosts

    socket_allow_hosts(["127.0.0.1", "::1", "localhost"], allow_unix_socket=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """Replaces pytest-django's, which makes the database as a superuser and migrates it anew."""
    POSTGRES.forget_dead_runs()
    POSTGRES.with_schools().copy(DATABASE.name)
    VALKEY.start()
    yield
    from django.db import connection

    with django_db_blocker.unblock():
        connection.close()
        connection.close_pool()


@pytest.fixture(autouse=True)
def _nowhere(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every test begins in no school and with an empty cache, and leaves nothing of either behind."""
    if not {"db", "_database", "as_owner"} & set(
        request.fixturenames
    ) and not request.node.get_closest_marker("django_db"):
        yield
        return
    request.getfixturevalue("_database")
    from django.db import connection

    VALKEY.client().flushdb()
    connection.leave()
    yield
    connection.leave()


@pytest.fixture
def _database(request: pytest.FixtureRequest) -> None:
    """The database under the role the test asked for: the owner with `as_owner`, else `app`."""
    request.getfixturevalue("as_owner" if "as_owner" in request.fixturenames else "db")


@pytest.fixture
def school_a(_database: None) -> Any:
    """Ashgrove School."""
    return _school("a")


@pytest.fixture
def school_b(_database: None) -> Any:
    """Birchwood School, which holds people of the same names and nothing of Ashgrove's."""
    return _school("b")


def _school(letter: str) -> Any:
    from tenants.selectors import get_school_by_subdomain

    return get_school_by_subdomain(BOOKS[letter].school["Subdomain"])


@pytest.fixture
def in_a(school_a: Any) -> Iterator[Any]:
    """The test runs inside Ashgrove School."""
    from core.tenancy import in_school

    with in_school(school_a):
        yield school_a


@pytest.fixture
def in_b(school_b: Any) -> Iterator[Any]:
    """The test runs inside Birchwood School."""
    from core.tenancy import in_school

    with in_school(school_b):
        yield school_b


@pytest.fixture
def as_owner(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The test is connected as the owner, who provisions and migrates; rolled back like every other.

    The schools and their people can be asked for with it, and are then read under the same connection.
    """
    from django.db import connections, transaction

    with django_db_blocker.unblock():
        before = connections["default"]
        owner = connections.create_connection("default")
        options = {key: value for key, value in before.settings_dict["OPTIONS"].items() if key != "pool"}
        owner.settings_dict = {**before.settings_dict, "USER": "owner", "OPTIONS": options}
        connections["default"] = owner
        try:
            with transaction.atomic():
                yield
                owner.leave()
                transaction.set_rollback(True)
        finally:
            owner.close()
            connections["default"] = before


def host_of(school: Any) -> str:
    """The Host header of the school's address."""
    from core.tenancy.hosts import address_of

    return address_of(school.subdomain)


class Person:
    """One of the cast: the user, and what that user may do."""

    def __init__(self, part: str, school: Any) -> None:
        self.part = part
        self.school = school
        _, self.title, self.first_name, self.last_name, self.group = next(
            row for row in CAST if row[0] == part
        )
        self.email = f"{self.first_name[0]}.{self.last_name}@{school.subdomain}.sch.example".lower()

    @cached_property
    def user(self) -> Any:
        """The User of people."""
        from core.tenancy import in_school
        from shared_apps.people.models import User

        with in_school(self.school):
            return User.objects.get(email=self.email)

    @property
    def access(self) -> Any:
        """What the person may do in a session with the key; without one the same as `plain_access`."""
        return self._access(is_elevated=self.part != "support")

    @property
    def plain_access(self) -> Any:
        """What the person may do in a session in which no key was used."""
        return self._access(is_elevated=False)

    def _access(self, *, is_elevated: bool) -> Any:
        from django.conf import settings
        from django.utils.module_loading import import_string

        from core.tenancy import in_school

        with in_school(self.school):
            return import_string(settings.ACCESS_LOADER)(self.user, is_elevated=is_elevated)


class Cast:
    """The people of one school. `outsider` is the lead of the other."""

    head: Person
    lead: Person
    deputy: Person
    pastoral: Person
    teacher: Person
    support: Person
    data: Person
    outsider: Person

    def __init__(self, school: Any, other: Any) -> None:
        for part, *_ in CAST:
            setattr(self, part, Person(part, school))
        self.outsider = Person("lead", other)


@pytest.fixture
def cast(school_a: Any, school_b: Any) -> Cast:
    """The people of Ashgrove School."""
    return Cast(school_a, school_b)


@pytest.fixture
def cast_b(school_a: Any, school_b: Any) -> Cast:
    """The people of Birchwood School."""
    return Cast(school_b, school_a)


@pytest.fixture
def client_for(school_a: Any) -> Callable[..., Any]:
    """Makes a browser at a school's address: `client_for(cast.lead)`, `client_for()` for a visitor.

    Takes a Person or a User; `elevated` says whether the key was used in the session (people without one
    never did).
    """
    from django.test import Client

    def make(user: Any = None, school: Any = None, elevated: bool = True) -> Client:
        if isinstance(user, Person):
            school, user = school or user.school, user.user
        school = school or school_a
        client = Client(HTTP_HOST=host_of(school), headers={"accept": "text/html"})
        if user is not None:
            _sign_in(client, user, school, elevated)
        return client

    return make


def _sign_in(client: Any, user: Any, school: Any, elevated: bool) -> None:
    from django_otp import DEVICE_ID_SESSION_KEY
    from django_otp.plugins.otp_totp.models import TOTPDevice

    from core.tenancy import in_school
    from shared_apps.people.services import sign_in

    with in_school(school):
        client.force_login(user)
        device = TOTPDevice.objects.filter(user_id=user.pk, confirmed=True).first() if elevated else None
        if device is not None:
            session = client.session
            session[DEVICE_ID_SESSION_KEY] = device.persistent_id
            session[sign_in.ELEVATED_AT] = time.time()
            session.save()


STUDENTS = [
    # forename, surname, preferred forename, year
    ("Amelia", "O'Connor-Hughes", "", "7"),
    ("Jakub", "Łukaszewski", "Kuba", "7"),
    ("Siân", "St. John", "", "8"),
    ("Minh", "Nguyễn", "", "9"),
    ("Oliver", "Smith", "Ollie", "10"),
    ("Oliver", "Smith", "", "7"),
]


def make_students(prefix: str = "") -> list[Any]:
    """A handful of pupils in the current school, with awkward names; two share one name."""
    from core.db.text import search_key, sort_key
    from tenant_apps.students.models import Student

    students = []
    for number, (forename, family, preferred, year) in enumerate(STUDENTS, 1):
        surname = prefix + family
        students.append(
            Student(
                mis_id=f"{prefix}MIS{number:04}",
                legal_forename=forename,
                legal_surname=surname,
                preferred_forename=preferred,
                year_group=year,
                sort_key=sort_key(surname, preferred or forename),
                legal_sort_key=sort_key(surname, forename),
                search_key=search_key(f"{forename} {preferred} {surname}"),
            )
        )
    return Student.objects.bulk_create(students)


@pytest.fixture
def students_a(in_a: Any) -> list[Any]:
    """Six pupils of Ashgrove School."""
    return make_students()


@pytest.fixture(scope="session")
def _mail_server(django_test_environment: None) -> MailCatcher:
    from django.conf import settings

    # pytest-django puts a list in memory in the place of mail servers; ours is real.
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    return MAIL.start()


@pytest.fixture
def mailbox(_mail_server: MailCatcher) -> MailCatcher:
    """The real mail server, empty; `mailbox.messages()` are the mails that arrived."""
    _mail_server.clear()
    return _mail_server


@pytest.fixture
def run_outbox(db: None, school_a: Any, _mail_server: MailCatcher) -> Callable[..., int]:
    """Pays what a school owes now: `run_outbox()` or `run_outbox(school_b)`; returns the number of tries."""

    def run(school: Any = None) -> int:
        from core.outbox.services import deliver_owed
        from core.tenancy import current_school_or_none, in_school

        with in_school(school or current_school_or_none() or school_a):
            return deliver_owed()

    return run


@pytest.fixture
def own_database(django_db_setup: None) -> Iterator[Database]:
    """A copy of the database for one test, which may commit, kill and migrate; `.environment()` for
    processes.
    """
    copy = POSTGRES.with_schools().copy(f"own_{os.getpid()}_{time.monotonic_ns()}")
    yield copy
    copy.drop()


@pytest.fixture
def empty_database(django_db_setup: None) -> Iterator[Database]:
    """A migrated database without schools, for one test."""
    copy = POSTGRES.migrated().copy(f"own_{os.getpid()}_{time.monotonic_ns()}")
    yield copy
    copy.drop()


@pytest.fixture
def product_environment(own_database: Database) -> Iterator[dict[str, str]]:
    """The environment of a process of the product on a database of its own."""
    with ExitStack() as stack:
        valkey = stack.enter_context(Valkey())
        yield {**os.environ, **ENVIRONMENT, **own_database.environment(), "VALKEY_URL": valkey.url}
