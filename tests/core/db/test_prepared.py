from uuid import uuid4

import pytest

from core.db.among import among
from core.db.prepared import PreparedQuery, stand_in
from core.tenancy import in_school


def query(**ids):
    from shared_apps.people.models import User

    return User.objects.filter(pk=ids["user"]).values_list("pk", "email")


def test_asks_for_the_ids_given_in_the_school_that_is_entered(
    in_a, school_b, cast, django_assert_num_queries
):
    prepared = PreparedQuery(query, "user")
    for person in (cast.lead, cast.teacher):
        assert person.user.pk
        with django_assert_num_queries(1):
            assert prepared.rows(user=person.user.pk) == [(person.user.pk, person.email)]
    other = cast.outsider.user
    assert prepared.rows(user=other.pk) == []
    with in_school(school_b):
        assert prepared.rows(user=other.pk) == [(other.pk, cast.outsider.email)]
        assert prepared.rows(user=cast.lead.user.pk) == []


def kept_statements():
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT generic_plans, statement FROM pg_prepared_statements")
        return [plans for plans, statement in cursor if 'FROM "people_user"' in statement]


@pytest.mark.spec("TEN-05")
@pytest.mark.parametrize("plans", ["force_generic_plan", "force_custom_plan"])
def test_statement_that_the_database_keeps_reads_the_school_that_is_entered(school_a, school_b, cast, plans):
    from django.db import connection

    from shared_apps.people.models import User

    prepared = PreparedQuery(
        lambda user: User.objects.exclude(pk=user).values_list("email"), "user", is_planned_once=True
    )
    emails = {}
    for school in (school_a, school_b):
        with in_school(school):
            emails[school.pk] = sorted(User.objects.values_list("email"))
    assert not set(emails[school_a.pk]) & set(emails[school_b.pk])
    before = len(kept_statements())
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL plan_cache_mode = {plans}")
    for turn in range(12):
        school = (school_a, school_b, school_b)[turn % 3]
        with in_school(school):
            assert sorted(prepared.rows(user=uuid4())) == emails[school.pk]
    assert len(kept_statements()) == before + 1
    assert (12 in kept_statements()) == (plans == "force_generic_plan")


def test_database_keeps_no_more_than_some_statements(in_a, cast):
    from core.tenancy.backend.base import KEPT_STATEMENTS
    from shared_apps.people.models import User

    for number in range(KEPT_STATEMENTS + 5):

        def build(user, number=number):
            return User.objects.filter(pk=user, first_name=str(number)).values_list("pk")

        PreparedQuery(build, "user", is_planned_once=True).rows(user=uuid4())
    assert len(kept_statements()) == KEPT_STATEMENTS


@pytest.mark.fault("F19")
def test_statement_outlives_a_migration_that_lengthens_a_column(as_owner, in_a, cast):
    from django.db import connection

    prepared = PreparedQuery(query, "user", is_planned_once=True)
    asked = {"user": cast.lead.user.pk}
    assert prepared.rows(**asked) == [(cast.lead.user.pk, cast.lead.email)]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE people_user ALTER COLUMN email TYPE varchar(300)")
        cursor.execute("ALTER TABLE people_user ADD COLUMN added text")
    assert prepared.rows(**asked) == [(cast.lead.user.pk, cast.lead.email)]


def test_column_whose_type_a_migration_may_change_is_an_error(in_a, cast):
    from shared_apps.people.models import User

    def build(user):
        mine, others = User.objects.filter(pk=user), User.objects.exclude(pk=user)
        return mine.values_list("email").union(others.values_list("email"))

    with pytest.raises(ValueError, match="email"):
        PreparedQuery(build, "user", is_planned_once=True).rows(user=cast.lead.user.pk)


@pytest.mark.parametrize("is_planned_once", [True, False])
def test_what_was_asked_is_told_with_its_values(in_a, cast, is_planned_once, django_assert_num_queries):
    lead, before = cast.lead.user.pk, len(kept_statements())
    with django_assert_num_queries(1) as asked:
        PreparedQuery(query, "user", is_planned_once=is_planned_once).rows(user=lead)
    assert len(kept_statements()) == before + is_planned_once
    assert lead.hex in asked.captured_queries[0]["sql"]


def test_id_that_the_query_leaves_out_is_an_error(in_a, cast):
    with pytest.raises(ValueError, match="other"):
        PreparedQuery(query, "user", "other").rows(user=cast.lead.user.pk, other=cast.lead.user.pk)


def test_any_number_of_ids_goes_into_one_place(in_a, cast):
    def build(users):
        from shared_apps.people.models import User

        return User.objects.filter(among("pk", [users])).order_by("email").values_list("email")

    prepared = PreparedQuery(build, "users")
    assert prepared.rows(users=[]) == []
    for people in ([cast.lead], [cast.lead, cast.teacher, cast.support]):
        found = prepared.rows(users={person.user.pk for person in people})
        assert found == sorted((person.email,) for person in people)


def test_ids_of_a_foreign_key_are_looked_for_as_well(in_a, cast):
    from django_otp.plugins.otp_totp.models import TOTPDevice

    devices = TOTPDevice.objects.filter(among("user", [cast.lead.user.pk]))
    assert set(devices.values_list("user_id", flat=True)) <= {cast.lead.user.pk}
    assert "= ANY(" in str(devices.query)
    assert not TOTPDevice.objects.filter(among("user_id", [])).exists()


def test_sets_become_arrays_and_stand_in_nothing_but_lists(in_a, cast):
    from shared_apps.people.models import User

    def build(one):
        several = [stand_in("some"), stand_in("others")]
        return User.objects.filter(pk=one, pk__in=several).values_list("pk")

    def misuse():
        return User.objects.filter(pk=stand_in("some")).values_list("pk")

    def mixture():
        return User.objects.filter(pk__in=[stand_in("some"), uuid4()]).values_list("pk")

    prepared = PreparedQuery(build, "one", sets=["some", "others", "spare"])
    lead = cast.lead.user.pk
    assert prepared.rows(one=lead, some=[], others=[lead], spare=[]) == [(lead,)]
    assert prepared.rows(one=lead, some=[], others=[], spare=[lead]) == []
    for build_wrongly in (misuse, mixture):
        with pytest.raises(ValueError, match="some"):
            PreparedQuery(build_wrongly, sets=["some"]).rows(some=[lead])


def test_query_that_finds_nothing_asks_nothing(in_a, cast, django_assert_num_queries):
    from shared_apps.people.models import User

    with django_assert_num_queries(0):
        assert PreparedQuery(lambda: User.objects.filter(pk__in=[]).values_list("pk")).rows() == []
