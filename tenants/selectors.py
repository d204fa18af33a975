"""Which schools there are. Everything here reads the provider's own tables and none of a school's."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.http import Http404

from core.tenancy import in_public
from core.tenancy.hosts import address_of
from tenants.models import School


class SchoolNotFound(Http404):
    """There is no such school."""


@dataclass(frozen=True)
class SchoolRow:
    """A school as the operator's list shows it."""

    id: UUID
    name: str
    subdomain: str
    is_suspended: bool


def all_schools() -> list[School]:
    """Every school, suspended ones too, by name."""
    with in_public():
        return list(School.objects.all())


def school_rows() -> Sequence[SchoolRow]:
    """The operator's list: what it shows and no more."""
    with in_public():
        return [
            SchoolRow(*row) for row in School.objects.values_list("id", "name", "subdomain", "is_suspended")
        ]


def school_names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of these schools; one query."""
    with in_public():
        return dict(School.objects.filter(pk__in=list(ids)).values_list("pk", "name"))


def get_school(school_id: UUID) -> School:
    """The school of this id; raises SchoolNotFound."""
    return _get(id=school_id)


def get_school_by_schema(schema_name: str) -> School:
    """The school that lives in this schema; raises SchoolNotFound."""
    return _get(schema_name=schema_name)


def get_school_by_subdomain(subdomain: str) -> School:
    """The school at this subdomain; raises SchoolNotFound."""
    return _get(subdomain=subdomain.lower())


def _get(**which: object) -> School:
    with in_public():
        try:
            return School.objects.get(**which)
        except School.DoesNotExist:
            raise SchoolNotFound("There is no such school.") from None


def school_url(school: School, path: str = "/") -> str:
    """The whole address of a page of the school, for mails: "https://stgeorges.records.example/login/"."""
    port = f":{settings.WEB_PORT}" if settings.WEB_PORT else ""
    return f"{settings.WEB_SCHEME}://{address_of(school.subdomain)}{port}{path}"
