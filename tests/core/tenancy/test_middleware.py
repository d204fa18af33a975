"""From the host to the school, or to a page that names none."""

import pytest
from django.test import Client

from core.tenancy import in_public
from core.tenancy.hosts import RESERVED_SUBDOMAINS
from tenants import lifecycle


def ask(host, path="/login/", **headers):
    return Client(HTTP_HOST=host).get(path, **headers)


@pytest.mark.spec("TEN-03")
def test_host_chooses_the_school(school_a, school_b):
    for school in (school_a, school_b):
        response = ask(f"{school.subdomain}.localhost")
        assert response.status_code == 200
        assert school.name in response.content.decode()
        assert response.wsgi_request.school.id == school.id


@pytest.mark.parametrize("host", ["ASHGROVE.localhost", "ashgrove.localhost:8000", "ashgrove.localhost."])
def test_host_is_read_as_browsers_write_it(school_a, host):
    assert school_a.name in ask(host).content.decode()


NEUTRAL = [
    "nowhere.localhost",
    "a.ashgrove.localhost",
    "ashgrove.localhost.evil.example",
    "ash_grove.localhost",
    "platform.localhost",
    "ashgrove.example",
    "127.0.0.2",
    "' OR 1=1 --.localhost",
    *sorted(f"{name}.localhost" for name in RESERVED_SUBDOMAINS - {"auth"}),
]


@pytest.mark.attack("A5")
@pytest.mark.spec("TEN-04")
@pytest.mark.parametrize("host", NEUTRAL)
def test_unknown_and_reserved_hosts_name_no_school(school_a, school_b, host):
    """A5: one page for all of them, so that nobody learns which schools there are."""
    response = ask(host)
    page = response.content.decode()
    assert response.status_code == 404
    for school in (school_a, school_b):
        assert school.name not in page
        assert school.subdomain not in page
    assert page == ask("another.localhost").content.decode()
    assert "sessionid" not in response.cookies


def test_base_domain_is_the_neutral_page(school_a):
    response = ask("localhost", "/")
    assert response.status_code == 200
    assert response.content == ask("nowhere.localhost").content
    assert school_a.name not in response.content.decode()


@pytest.mark.attack("A4")
@pytest.mark.parametrize("header", ["x-forwarded-host", "x-host", "forwarded", "x-original-host"])
def test_forwarded_host_is_ignored(school_a, school_b, header):
    """A4: only the Host header chooses."""
    value = "host=birchwood.localhost" if header == "forwarded" else "birchwood.localhost"
    response = ask("ashgrove.localhost", headers={header: value})
    assert school_a.name in response.content.decode()
    assert school_b.name not in response.content.decode()
    assert ask("nowhere.localhost", headers={header: value}).status_code == 404


def test_suspended_school_is_closed_at_once(as_owner, school_a, school_b):
    lifecycle.suspend(school=school_a)
    response = ask("ashgrove.localhost")
    assert response.status_code == 503
    assert response["Retry-After"]
    assert school_a.name not in response.content.decode()
    assert ask("birchwood.localhost").status_code == 200
    lifecycle.resume(school=school_a)
    assert ask("ashgrove.localhost").status_code == 200


def test_changed_subdomain_leaves_nothing_behind(as_owner, school_a, school_b):
    lifecycle.change_subdomain(school=school_a, subdomain=" Hawthorn ")
    assert school_a.name in ask("hawthorn.localhost").content.decode()
    assert ask("ashgrove.localhost").status_code == 404
    for refused in ("birchwood", "auth", "ash_grove", "", "-x"):
        with pytest.raises(lifecycle.LifecycleFaultError):
            lifecycle.change_subdomain(school=school_a, subdomain=refused)
    with in_public():
        school_a.refresh_from_db()
    assert school_a.subdomain == "hawthorn"


def test_school_is_left_after_the_answer(school_a):
    from core.tenancy import current_school_or_none

    ask("ashgrove.localhost")
    assert current_school_or_none() is None
