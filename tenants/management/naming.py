"""How commands name a school."""

from django.core.management.base import CommandError

from tenants.models import School
from tenants.selectors import SchoolNotFound, get_school_by_schema, get_school_by_subdomain


def named_school(name: str) -> School:
    """The school whose schema or subdomain this is; CommandError when there is none."""
    for find in (get_school_by_schema, get_school_by_subdomain):
        try:
            return find(name)
        except SchoolNotFound:
            continue
    raise CommandError(f"There is no school {name!r}.")
