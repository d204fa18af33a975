"""Which school a query speaks to, and what happens when nobody said so."""

import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from core.tenancy import (
    NoSchoolError,
    current_school,
    current_school_or_none,
    in_public,
    in_school,
    session_salt,
)
from shared_apps.people.models import User
from tenant_apps.incidents.models import Incident
from tenants.models import School


def emails():
    return set(User.objects.values_list("email", flat=True))


@pytest.mark.spec("TEN-01")
def test_school_sees_its_own_people_only(school_a, school_b):
    with in_school(school_a):
        assert emails()
        assert all(email.endswith("@ashgrove.sch.example") for email in emails())
        with in_school(school_b):
            assert all(email.endswith("@birchwood.sch.example") for email in emails())
        assert all(email.endswith("@ashgrove.sch.example") for email in emails())
    assert current_school_or_none() is None


@pytest.mark.parametrize("model", [User, Incident, School])
def test_query_without_a_school_raises(db, model):
    with pytest.raises(NoSchoolError, match="no school is set"), transaction.atomic():
        model.objects.count()


@pytest.mark.spec("TEN-06")
def test_public_has_no_table_of_records(db):
    with (
        in_public(),
        pytest.raises(NoSchoolError, match="public schema has no such table"),
        transaction.atomic(),
    ):
        Incident.objects.count()


def test_public_people_are_not_the_schools(db):
    with in_public():
        assert emails() == set()


def test_fault_in_the_sql_is_not_called_a_missing_school(in_a):
    from django.db import ProgrammingError

    with (
        pytest.raises(ProgrammingError, match="no_such_table"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT 1 FROM no_such_table")


def test_current_school_asks_for_one(db, school_a):
    with pytest.raises(NoSchoolError):
        current_school()
    with in_public(), pytest.raises(NoSchoolError):
        current_school()
    with in_school(school_a.schema_name):
        assert current_school().id == school_a.id
        assert session_salt() == school_a.schema_name


def test_leaving_after_an_error_goes_back(school_a, school_b):
    with in_school(school_a):
        with pytest.raises(ZeroDivisionError), in_school(school_b):
            1 / 0  # noqa: B018 -- the error is the point
        assert current_school().id == school_a.id


def test_rollback_takes_no_school_along(school_a, school_b):
    """SET search_path is undone by a rollback; the connection must notice."""
    with in_school(school_a), pytest.raises(ZeroDivisionError), transaction.atomic():
        with in_school(school_b):
            emails()
        raise ZeroDivisionError
    with in_school(school_b):
        emails()
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            with in_school(school_a):
                emails()
            raise ZeroDivisionError
        assert all(email.endswith("@birchwood.sch.example") for email in emails())


def test_school_has_its_own_time_zone(school_a, school_b):
    school_b.time_zone = "Pacific/Auckland"
    with in_school(school_a):
        assert timezone.get_current_timezone_name() == "Europe/London"
        with in_school(school_b):
            assert timezone.get_current_timezone_name() == "Pacific/Auckland"
        assert timezone.get_current_timezone_name() == "Europe/London"


def test_new_thread_starts_nowhere(in_a):
    """A thread of a library's must not answer from public or from the school of the thread that started it."""
    seen = []

    def ask():
        try:
            seen.append(current_school_or_none())
            with connection.cursor() as cursor:
                cursor.execute("SHOW search_path")
                seen.append(cursor.fetchone()[0])
            User.objects.count()
        except NoSchoolError as error:
            seen.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert seen[:2] == [None, '""']
    assert isinstance(seen[2], NoSchoolError)


def test_search_path_is_set_once(school_a, django_assert_num_queries):
    """Setting it is no query of the page's, and a second query does not set it again."""
    with in_school(school_a), django_assert_num_queries(2):
        User.objects.count()
        User.objects.count()


@pytest.mark.attack("A10")
@pytest.mark.parametrize(
    "name", ['x"; DROP SCHEMA public; --', "s_ü", "s_'", "pg_catalog", "S_AAAAAAAAAAAAAAAA", ""]
)
def test_odd_schema_names_are_refused(db, name):
    """A10: nothing but the opaque form is ever stored as a school's schema."""
    from django.core.exceptions import ValidationError
    from django.db import IntegrityError, InternalError, ProgrammingError

    school = School(schema_name=name, name="x", subdomain="x", urn="1")
    with pytest.raises((IntegrityError, ProgrammingError, InternalError)), transaction.atomic(), in_public():
        school.created_at, school.wrapped_key = timezone.now(), b"x"
        school.save()
    school.time_zone = "Europe/London"
    if name not in {"s_ü", "S_AAAAAAAAAAAAAAAA"}:
        with (
            pytest.raises((ValidationError, NoSchoolError, ValueError)),
            transaction.atomic(),
            in_school(school),
        ):
            User.objects.count()
