"""Reads of agencies. Which agencies exist is no secret; which record names one is for its own room."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from tenant_apps.agencies.models import Agency


@dataclass(frozen=True, slots=True)
class AgencyView:
    """An agency as a form offers it."""

    id: UUID
    name: str


def enabled_agencies() -> list[AgencyView]:
    """The agencies that forms offer, by name."""
    return [
        AgencyView(id, name)
        for id, name in Agency.objects.filter(is_enabled=True).values_list("id", "name")  # noqa: A001 - the field
    ]


def agency_names(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of agencies, disabled ones too: past records keep their tags."""
    return dict(Agency.objects.filter(id__in=set(ids)).values_list("id", "name"))
