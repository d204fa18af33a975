"""Who may not see an incident."""

from collections.abc import Collection
from uuid import UUID

from tenant_apps.incidents.models import BlockedReader, IncidentStudent
from tenant_apps.students.selectors import BlockLine, block_lines, readers_blocked_from


def barred_from(student_ids: Collection[UUID], *, incident_id: UUID | None = None) -> set[UUID]:
    """Everybody whom a block keeps from an incident with these students: nothing may alert or assign them."""
    barred = readers_blocked_from(student_ids)
    if incident_id is not None:
        standing = BlockedReader.objects.filter(incident=incident_id, lifted_at__isnull=True)
        barred |= set(standing.values_list("user_id", flat=True))
    return barred


def barred_from_incident(incident_id: UUID) -> set[UUID]:
    """Everybody whom a block keeps from this incident."""
    students = IncidentStudent.objects.filter(incident=incident_id).values_list("student", flat=True)
    return barred_from(list(students), incident_id=incident_id)


def blocked_readers_of(incident_id: UUID) -> list[BlockLine]:
    """Who may not see this incident by a block of its own. For callers who may read it and may say so."""
    standing = BlockedReader.objects.filter(incident=incident_id, lifted_at__isnull=True)
    return block_lines(list(standing.values_list("user_id", "set_by_id", "set_at")))
