"""Which categories and agencies incidents and actions name: for deciding what may be deleted for good."""

from collections.abc import Collection
from uuid import UUID

from tenant_apps.incidents.models import (
    ActionAgency,
    ActionCategory,
    ActionStudent,
    ActionVersion,
    IncidentAgency,
    IncidentCategory,
    IncidentStudent,
    IncidentVersion,
)

Named = IncidentCategory | IncidentAgency | ActionCategory | ActionAgency


def used_categories(ids: Collection[UUID]) -> set[UUID]:
    """Those of these categories that an incident carries or an action added, hidden ones included."""
    return _named(IncidentCategory, "category", ids) | _named(ActionCategory, "category", ids)


def used_agencies(ids: Collection[UUID]) -> set[UUID]:
    """Those of these agencies that an incident or action is tagged with, hidden ones included."""
    return _named(IncidentAgency, "agency", ids) | _named(ActionAgency, "agency", ids)


def students_with_incidents(student_ids: Collection[UUID]) -> set[UUID]:
    """Those of these students who take part in an incident or action, deleted ones included."""
    of_incidents = IncidentStudent.objects.filter(student__in=student_ids)
    of_actions = ActionStudent.objects.filter(student__in=student_ids)
    return {
        *of_incidents.values_list("student_id", flat=True),
        *of_actions.values_list("student_id", flat=True),
    }


def was_category_named(category_id: UUID) -> bool:
    """Whether a kept version of an incident or action names the category."""
    return _in_versions("categories", category_id)


def was_agency_named(agency_id: UUID) -> bool:
    """Whether a kept version of an incident or action names the agency."""
    return _in_versions("agencies", agency_id)


def _named(model: type[Named], field: str, ids: Collection[UUID]) -> set[UUID]:
    rows = model.objects.filter(**{f"{field}__in": ids})
    return set(rows.order_by(field).values_list(field, flat=True).distinct())


def _in_versions(part: str, record_id: UUID) -> bool:
    wanted = {f"snapshot__{part}__contains": [str(record_id)]}
    return any(model.objects.filter(**wanted).exists() for model in (IncidentVersion, ActionVersion))
