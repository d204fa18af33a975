"""Reads of agencies. Which agencies exist is no secret; which record names one is for its own room."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404

from core.db.references import used_among, was_ever_named
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


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """An agency as administrators see it. One that was never used can be deleted."""

    id: UUID
    name: str
    is_enabled: bool
    is_used: bool


def agency_rows() -> list[AgencyRow]:
    """Every agency by name, disabled ones too. One query, and those of whoever names agencies."""
    agencies = list(Agency.objects.values_list("id", "name", "is_enabled"))
    used = used_among("agency", [agency_id for agency_id, _, _ in agencies])
    return [
        AgencyRow(agency_id, name, is_enabled, agency_id in used) for agency_id, name, is_enabled in agencies
    ]


def get_agency(agency_id: UUID) -> AgencyRow:
    """One agency; Http404 for none."""
    row = Agency.objects.filter(id=agency_id).values_list("name", "is_enabled").first()
    if row is None:
        raise Http404("no such agency")
    return AgencyRow(agency_id, *row, is_used=not is_deletable(agency_id))


def is_deletable(agency_id: UUID) -> bool:
    """Whether nothing is, or ever was, tagged with the agency: then it can be deleted in full."""
    return not was_ever_named("agency", agency_id)
