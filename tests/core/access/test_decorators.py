from dataclasses import replace
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import path

from core.access import NOBODY, SystemPermission
from core.access.decorators import key_user, public, requires, rule_of, signed_in

PERSON = replace(NOBODY, user_id=uuid4())


def login(request):
    return HttpResponse("sign in")


urlpatterns = [path("", ([path("login/", login, name="login")], "people", "people"))]


@pytest.fixture(autouse=True)
def _own_addresses(settings):
    settings.ROOT_URLCONF = __name__


def call(decorator, access, *, method="get", path="/students/1/?tab=2", **headers):
    """The answer of a view behind a decorator to a person with this access."""
    request = getattr(RequestFactory(), method)(path, **headers)
    request.user = SimpleNamespace(is_authenticated=access is not NOBODY)
    request.school = object()
    vars(request)["_access"] = access
    return decorator(lambda request: HttpResponse("secret"))(request)


@pytest.mark.parametrize("decorator", [signed_in, key_user, requires(SystemPermission.ADD_ENTRIES)])
def test_visitor_is_sent_to_sign_in_and_back(decorator):
    response = call(decorator, NOBODY)
    assert response.status_code == 302
    assert response["Location"] == "/login/?next=%2Fstudents%2F1%2F%3Ftab%3D2"
    assert b"secret" not in response.content


def test_visitors_post_does_not_come_back_to_where_it_was_posted():
    assert call(signed_in, NOBODY, method="post")["Location"] == "/login/"


def test_visitors_fragment_moves_the_whole_page():
    response = call(signed_in, NOBODY, HTTP_HX_REQUEST="true")
    assert response["HX-Redirect"] == "/login/"
    assert b"secret" not in response.content


def test_key_user_needs_the_key_in_this_session():
    with pytest.raises(PermissionDenied):
        call(key_user, replace(PERSON, has_key=True))
    assert call(key_user, replace(PERSON, is_elevated=True)).content == b"secret"


def test_permission_is_required():
    reports = requires(SystemPermission.RUN_REPORTS)
    with pytest.raises(PermissionDenied):
        call(reports, replace(PERSON, is_elevated=True))
    allowed = replace(PERSON, is_elevated=True, system=frozenset({SystemPermission.RUN_REPORTS}))
    assert call(reports, allowed).content == b"secret"


def test_permission_implies_the_key_but_for_what_needs_none():
    both = frozenset({SystemPermission.RUN_REPORTS, SystemPermission.ADD_ENTRIES})
    without_key = replace(PERSON, system=both)
    with pytest.raises(PermissionDenied):
        call(requires(SystemPermission.RUN_REPORTS), without_key)
    assert call(requires(SystemPermission.ADD_ENTRIES), without_key).content == b"secret"


def test_rule_is_readable_through_other_decorators():
    from django.views.decorators.cache import never_cache
    from django.views.decorators.http import require_POST

    view = never_cache(requires(SystemPermission.FILES)(require_POST(login)))
    assert rule_of(view).permission == SystemPermission.FILES
    assert rule_of(public(lambda request: HttpResponse())).kind == "public"
    assert rule_of(login) is None
