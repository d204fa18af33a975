"""A1, A9: a session and a cache entry belong to the school they were made in."""

import pytest
from django.conf import settings
from django.core.cache import caches
from django.test import Client

from core.tenancy import in_public, in_school


@pytest.mark.attack("A1")
@pytest.mark.spec("TEN-05")
def test_cookie_of_one_school_opens_nothing_at_another(cast, client_for, school_b):
    browser = client_for(cast.lead)
    assert browser.get("/account/").status_code == 200
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME].value
    thief = Client(HTTP_HOST="birchwood.localhost")
    thief.cookies[settings.SESSION_COOKIE_NAME] = cookie
    response = thief.get("/account/")
    assert response.status_code == 302
    assert response["Location"].startswith("/login/")
    assert cast.lead.last_name not in response.content.decode()


@pytest.mark.attack("A1")
def test_copied_session_row_is_worth_nothing(cast, cast_b, client_for, school_a, school_b):
    """Not even with the row, the person and the password hash copied to the other school."""
    from django.contrib.sessions.models import Session

    from shared_apps.people.models import User

    browser = client_for(cast.lead)
    cookie = browser.cookies[settings.SESSION_COOKIE_NAME].value
    with in_school(school_a):
        row = Session.objects.get(session_key=cookie)
        person = User.objects.get(pk=cast.lead.user.pk)
    with in_school(school_b):
        twin = User.objects.get(email=cast_b.lead.email)
        User(
            pk=person.pk, email="twin@x.example", password=person.password, first_name="T", last_name="W"
        ).save(force_insert=True)
        Session(session_key=row.session_key, session_data=row.session_data, expire_date=row.expire_date).save(
            force_insert=True
        )
    assert twin.pk != person.pk
    thief = Client(HTTP_HOST="birchwood.localhost")
    thief.cookies[settings.SESSION_COOKIE_NAME] = cookie
    assert thief.get("/account/").status_code == 302


def test_cookies_are_for_one_host_only(cast, client_for):
    cookies = client_for().get("/login/").cookies
    assert all(not cookie["domain"] for cookie in cookies.values())


@pytest.mark.attack("A9")
@pytest.mark.parametrize("alias", list(settings.CACHES))
def test_cache_entry_is_not_seen_by_another_school(school_a, school_b, alias):
    cache = caches[alias]
    with in_school(school_a):
        cache.set("page", "of Ashgrove")
        assert cache.get("page") == "of Ashgrove"
    with in_school(school_b):
        assert cache.get("page") is None
        cache.set_many({"page": "of Birchwood"})
    with in_public():
        assert cache.get("page") is None
    assert cache.get("page") is None
    with in_school(school_a):
        assert cache.get_many(["page"]) == {"page": "of Ashgrove"}


def test_cache_that_is_away_is_empty(school_a, settings):
    from django.utils.module_loading import import_string

    from ops.supervisor.network import free_port

    cache = import_string(settings.CACHES["default"]["BACKEND"])(
        f"redis://127.0.0.1:{free_port()}/0", {**settings.CACHES["default"]}
    )
    with in_school(school_a):
        cache.set("key", 1)
        assert cache.get("key", "nothing") == "nothing"
        assert cache.get_many(["key"]) == {}
        assert cache.delete("key") is False
        assert cache.add("key", 1) is True
        assert cache.has_key("key") is False


@pytest.mark.attack("A27")
def test_cached_copy_of_a_session_lives_a_minute_at_most(school_a):
    """Logging out while Valkey is away leaves a copy behind: it must be gone soon after Valkey is back."""
    cache = caches[settings.SESSION_CACHE_ALIAS]
    client = cache._cache.get_client()
    with in_school(school_a):
        for asked in (12 * 60 * 60, None):
            cache.set("session", "somebody's", asked)
            assert 0 < client.ttl(cache.make_and_validate_key("session")) <= 60
        cache.set("session", "somebody's", 5)
        assert client.ttl(cache.make_and_validate_key("session")) <= 5
