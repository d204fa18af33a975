"""What the provider does with a school that exists: close it, open it, move it to another address."""

from django.db import transaction

from core.tenancy import in_public
from core.tenancy.hosts import RESERVED_SUBDOMAINS, address_of, is_dns_label
from tenants.models import Domain, School


class LifecycleFaultError(Exception):
    """What was asked cannot be done with this school; the text says why."""


@transaction.atomic
def suspend(*, school: School) -> None:
    """Close the school's address from the next request on; nothing in it is touched."""
    _set_suspended(school, True)


@transaction.atomic
def resume(*, school: School) -> None:
    """Open a suspended school again."""
    _set_suspended(school, False)


def _set_suspended(school: School, is_suspended: bool) -> None:
    with in_public():
        School.objects.filter(pk=school.pk).update(is_suspended=is_suspended)
    school.is_suspended = is_suspended


@transaction.atomic
def change_time_zone(*, school: School, time_zone: str) -> None:
    """The school's clock, for its next request and its next job. Stored times stay what they are: UTC."""
    with in_public():
        School.objects.filter(pk=school.pk).update(time_zone=time_zone)
    school.time_zone = time_zone


@transaction.atomic
def change_subdomain(*, school: School, subdomain: str) -> None:
    """Move the school to another address; the old one names nothing any more. Raises LifecycleFaultError.

    The schema keeps its name. Everybody signs in anew, since cookies belong to the old address.
    """
    subdomain = subdomain.strip().lower()
    if not is_dns_label(subdomain):
        raise LifecycleFaultError(
            "A subdomain has letters, digits and hyphens only, and no hyphen at its ends."
        )
    if subdomain in RESERVED_SUBDOMAINS:
        raise LifecycleFaultError("This subdomain is reserved.")
    address = address_of(subdomain)
    with in_public():
        others = School.objects.exclude(pk=school.pk)
        if others.filter(subdomain=subdomain).exists() or others.filter(domains__domain=address).exists():
            raise LifecycleFaultError("Another school has this subdomain.")
        School.objects.filter(pk=school.pk).update(subdomain=subdomain)
        Domain.objects.filter(tenant=school, is_primary=True).update(domain=address)
    school.subdomain = subdomain
