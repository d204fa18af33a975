"""Names, suggestions and keys, in few queries."""

from django_otp.plugins.otp_totp.models import TOTPDevice

from core.access import SYSTEM
from shared_apps.people import selectors, services


def test_names_of_takes_one_query_and_leaves_the_unknown_out(in_a, cast, django_assert_num_queries):
    from uuid import uuid4

    lead, teacher = cast.lead.user, cast.teacher.user
    with django_assert_num_queries(1):
        names = selectors.names_of([lead.pk, teacher.pk, lead.pk, None, uuid4()])
    with django_assert_num_queries(0):
        assert selectors.names_of([None]) == {}

    assert set(names) == {lead.pk, teacher.pk}
    assert names[lead.pk].formal == lead.formal_name
    assert names[lead.pk].full == lead.full_name


def test_suggestions_are_found_without_accents_and_sorted(in_a):
    for first, last in (("Zoë", "Ødegaard"), ("Ann", "O’Connor-Hughes"), ("Bea", "Odegaarden")):
        services.create_user(
            email=f"{first.encode().hex()}@x.example", first_name=first, last_name=last, by=SYSTEM
        )

    assert [user.last_name for user in selectors.suggest_users("odeg")] == ["Ødegaard", "Odegaarden"]
    assert [user.last_name for user in selectors.suggest_users("oconn")] == ["O’Connor-Hughes"]
    assert [user.last_name for user in selectors.suggest_users("hughes ann")] == ["O’Connor-Hughes"]
    assert selectors.suggest_users("  ") == []
    assert selectors.suggest_users("egaard") == []


def test_somebody_of_another_school_is_not_suggested(in_a, cast):
    other = cast.outsider.user

    assert other.pk not in {user.pk for user in selectors.suggest_users(other.last_name)}
    assert selectors.names_of([other.pk]) == {}


def test_only_saved_keys_count(keyless):
    TOTPDevice.objects.create(user=keyless.user, name="begun", confirmed=False)

    assert not selectors.has_key(keyless.user.pk)
    assert keyless.user.pk not in set(selectors.users_with_keys())

    TOTPDevice.objects.update(confirmed=True)
    assert selectors.has_key(keyless.user.pk)
    assert keyless.user.pk in set(selectors.users_with_keys())
