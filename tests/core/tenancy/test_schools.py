"""Which school a query speaks to, and what happens when nobody said so."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, ProgrammingError, connection, transaction
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
            raise ZeroDivisionError
        assert current_school().id == school_a.id


def visit_and_fail(school):
    """A transaction that was in this school and is undone."""
    with transaction.atomic():
        with in_school(school):
            emails()
        raise ZeroDivisionError


def test_rollback_takes_no_school_along(school_a, school_b):
    """SET search_path is undone by a rollback; the connection must notice."""
    with in_school(school_a), pytest.raises(ZeroDivisionError):
        visit_and_fail(school_b)
    with in_school(school_b):
        emails()
        with pytest.raises(ZeroDivisionError):
            visit_and_fail(school_a)
        assert all(email.endswith("@birchwood.sch.example") for email in emails())


def test_school_has_its_own_time_zone(school_a, school_b):
    school_b.time_zone = "Pacific/Auckland"
    with in_school(school_a):
        assert timezone.get_current_timezone_name() == "Europe/London"
        with in_school(school_b):
            assert timezone.get_current_timezone_name() == "Pacific/Auckland"
        assert timezone.get_current_timezone_name() == "Europe/London"


def test_new_thread_starts_nowhere(in_a):
    """A library's thread must not answer from public or from the school of the thread that started it."""
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


ODD_NAMES = ['x"; DROP SCHEMA public; --', "s_ü", "s_'", "pg_catalog", "S_AAAAAAAAAAAAAAAA", "s_a%s", ""]


@pytest.mark.attack("A10")
@pytest.mark.parametrize("name", ODD_NAMES)
def test_odd_schema_names_are_not_stored(as_owner, name):
    """A10: nothing but the opaque form is ever a school's schema."""
    school = School(
        schema_name=name, name="x", subdomain="x", urn="1", created_at=timezone.now(), wrapped_key=b"x"
    )
    with pytest.raises(IntegrityError, match="opaque"), transaction.atomic(), in_public():
        school.save()


@pytest.mark.parametrize("name", ['x"; DROP SCHEMA public; --', "s_'", "pg_catalog", ""])
def test_odd_schema_names_reach_no_statement(as_owner, name):
    school = School(schema_name=name)
    with pytest.raises((ValidationError, NoSchoolError)), transaction.atomic(), in_school(school):
        User.objects.count()
