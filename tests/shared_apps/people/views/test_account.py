"""The person's own page and look."""

import pytest
from django.test import Client

from shared_apps.people.models import PasswordLink, User


@pytest.mark.spec("KEY-03")
def test_the_page_shows_ones_own_name_and_address(restricted, keyed, cast, says):
    page = says(restricted.get("/account/"))

    assert keyed.user.formal_name in page
    assert keyed.user.email in page
    assert cast.teacher.user.email not in page


def test_a_visitor_is_sent_to_the_login_page(visitor):
    assert visitor.get("/account/")["Location"] == "/login/?next=%2Faccount%2F"


def test_the_theme_is_remembered(restricted, keyed):
    answer = restricted.post("/account/theme/", {"theme": "dark", "next": "/account/"})

    assert answer["Location"] == "/account/"
    assert User.objects.get(pk=keyed.user.pk).theme == "dark"
    assert 'data-theme="dark"' in restricted.get("/account/").content.decode()


def test_an_unknown_theme_changes_nothing(restricted, keyed):
    restricted.post("/account/theme/", {"theme": '"><script>'})

    assert User.objects.get(pk=keyed.user.pk).theme == "system"


@pytest.mark.parametrize(
    "address",
    [
        "/logout/",
        "/key/",
        "/elevate/",
        "/reset/",
        "/reset/token/",
        "/reset/token/strength/",
        "/account/theme/",
        "/account/security-keys/save/",
        "/account/security-keys/recovery-codes/",
    ],
)
def test_posts_without_the_forms_token_are_refused(keyed, restricted, address, session):
    data = {"theme": "dark", "code": keyed.code(), "name": "x", "email": keyed.user.email}
    strict = Client(enforce_csrf_checks=True, HTTP_HOST=restricted.defaults["HTTP_HOST"])
    strict.cookies = restricted.cookies

    assert strict.post(address, data).status_code == 403
    assert User.objects.get(pk=keyed.user.pk).theme == "system"
    assert session.signed_in(restricted)
    assert not session.elevated(restricted)
    assert not PasswordLink.objects.exists()
