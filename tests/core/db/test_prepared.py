import pytest

from core.db.among import among
from core.db.prepared import PreparedQuery
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
