"""One request, one school: from the host, before anything else is read."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django_tenants.utils import get_tenant_model

from core.tenancy.hosts import Place, host_of, place_of
from core.tenancy.schools import in_public, in_school

GetResponse = Callable[[HttpRequest], HttpResponse]
RETRY_AFTER_SECONDS = 3600


def school_at(host: str) -> Any:
    """The school whose address this is, or None.

    The tables are named with their schema, so that the connection needs no search_path for it. It is asked
    anew for every request: a suspended school is closed at once.
    """
    # "app_label.Model" of the settings is also how Django names their tables.
    school, domain = (
        name.lower().replace(".", "_") for name in (settings.TENANT_MODEL, settings.TENANT_DOMAIN_MODEL)
    )
    public = settings.PUBLIC_SCHEMA_NAME
    found = get_tenant_model().objects.raw(
        f'SELECT school.* FROM "{public}"."{school}" AS school '  # noqa: S608 -- names from the settings
        f'JOIN "{public}"."{domain}" AS domain ON domain.tenant_id = school.id WHERE domain.domain = %s',
        [host],
    )
    return next(iter(found), None)


def neutral_page(status: int) -> HttpResponse:
    """A page that names no school: one and the same for an unknown, a reserved and a former address."""
    return _page("neutral.html", status)


def suspended_page() -> HttpResponse:
    """What a suspended school's address answers everybody: not available, nothing about whom or why."""
    response = _page("errors/503.html", 503)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _page(template: str, status: int) -> HttpResponse:
    response = HttpResponse(render_to_string(template), status=status)
    response["Cache-Control"] = "no-store"
    return response


class SchoolMiddleware:
    """Sets `request.school` (None outside schools) and `request.urlconf`, and enters the school for the
    request.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.school = None
        host = host_of(request)
        match place_of(host):
            case Place.SCHOOL:
                return self._at_school(request, host)
            case Place.AUTH:
                return self._in_public(request, "config.urls_auth")
            case Place.CONSOLE:
                return self._in_public(request, "config.urls_platform")
            case Place.BASE:
                return neutral_page(200)
            case _:
                return neutral_page(404)

    def _at_school(self, request: HttpRequest, host: str) -> HttpResponse:
        school = school_at(host)
        if school is None:
            return neutral_page(404)
        if school.is_suspended:
            return suspended_page()
        with in_school(school):
            request.school = school
            request.urlconf = "config.urls_school"
            return self.get_response(request)

    def _in_public(self, request: HttpRequest, urlconf: str) -> HttpResponse:
        with in_public():
            request.urlconf = urlconf
            return self.get_response(request)
