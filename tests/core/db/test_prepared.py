import pytest

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
