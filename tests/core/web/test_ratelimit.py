from django.http import HttpResponse
from django.test import RequestFactory

from core.tenancy import in_school
from core.web.ratelimit import is_over, limited


def test_limit_counts_each_person_and_school_apart(in_a, school_b):
    for _ in range(3):
        assert not is_over("reset", "one", times=3, seconds=60)
    assert is_over("reset", "one", times=3, seconds=60)
    assert not is_over("reset", "other", times=3, seconds=60)
    assert not is_over("search", "one", times=3, seconds=60)
    with in_school(school_b):
        assert not is_over("reset", "one", times=3, seconds=60)


def test_limit_falls_open_without_valkey(in_a, settings):
    settings.VALKEY_URL = "redis://127.0.0.1:1/0"
    assert not any(is_over("reset", "one", times=1, seconds=60) for _ in range(3))


def test_view_over_its_limit_answers_429(in_a):
    view = limited("search", times=2, seconds=60)(lambda request: HttpResponse("found"))
    request = RequestFactory().get("/")
    assert [view(request).status_code for _ in range(3)] == [200, 200, 429]
    assert view(request)["Retry-After"] == "60"


def test_limit_keeps_no_address_in_valkey(in_a, settings):
    from core.outbox.jobs import valkey

    is_over("reset", "z.quillfeather@school.example", times=3, seconds=60)
    keys = list(valkey().scan_iter("*limit*"))
    assert keys
    assert not [key for key in keys if b"quillfeather" in key]
