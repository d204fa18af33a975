import pytest
from django.test import RequestFactory

from core.web.redirects import safe_next


@pytest.mark.attack("A28")
@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "///evil.example/",
        "/\\evil.example",
        "\\\\evil.example",
        "http:evil.example",
        "javascript:alert(1)",
        "/ok\r\nSet-Cookie: a=b",
        "https://testserver.evil.example/",
        "http://testserver/students/",
        " //evil.example",
        "/\t/evil.example",
        "students/",
        "",
    ],
)
def test_next_leads_to_no_other_host(wanted):
    """A28."""
    assert safe_next(RequestFactory().get("/login/", {"next": wanted}), "/home/") == "/home/"
    assert safe_next(RequestFactory().post("/login/", {"next": wanted}), "/home/") == "/home/"


def test_next_leads_back_to_a_page_of_this_host():
    request = RequestFactory().get("/login/", {"next": "/students/1/?tab=2"})
    assert safe_next(request, "/") == "/students/1/?tab=2"
