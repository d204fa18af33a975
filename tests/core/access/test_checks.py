from django.http import HttpResponse
from django.urls import include, path

from core.access.checks import every_view_has_a_rule, routes_of
from core.access.decorators import public


@public
def open_view(request):
    return HttpResponse()


def bare_view(request):
    return HttpResponse()


inner = [path("deep/<int:number>/", bare_view, name="deep")]
urlpatterns = [
    path("open/", open_view, name="open"),
    path("inner/", include((inner, "inner"))),
]


def test_view_without_a_rule_is_found_however_deep(settings):
    settings.URLCONFS = (__name__,)
    errors = every_view_has_a_rule()
    assert [error.id for error in errors] == ["access.E001"]
    assert "/inner/deep/<int:number>/" in errors[0].msg


def test_routes_have_their_full_names():
    assert [name for name, _, _ in routes_of(__name__)] == ["open", "inner:deep"]


def test_no_view_of_the_product_lacks_a_rule():
    assert every_view_has_a_rule() == []
