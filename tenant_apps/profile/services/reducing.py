"""Takes what is not needed any more out of the records of pupils who left without anything being written."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.access import SYSTEM
from core.db.clock import now
from tenant_apps.documents.enums import PHOTO_OWNER
from tenant_apps.documents.selectors import students_with_documents
from tenant_apps.documents.services import discard_input
from tenant_apps.incidents.selectors import students_with_incidents
from tenant_apps.monitoring.selectors import students_ever_monitored
from tenant_apps.students.selectors import long_gone
from tenant_apps.students.services import reduce_records

# Each lot is a transaction of its own: a stop in the middle leaves whole records, and the next night goes on.
LOT = 200


def reduce_leavers(*, at: datetime | None = None) -> int:
    """Reduce those who left twelve months ago or more and have no incident, document or monitoring.

    How many were reduced. What was deleted or has ended counts as much as what stands.
    """
    moment = at or now()
    gone = sorted(long_gone(at=moment))
    return sum(_reduce(gone[start : start + LOT], moment) for start in range(0, len(gone), LOT))


@transaction.atomic
def _reduce(students: list[UUID], moment: datetime) -> int:
    kept = (
        students_with_incidents(students)
        | students_with_documents(students)
        | students_ever_monitored(students)
    )
    reduced = reduce_records(student_ids=set(students) - kept, by=SYSTEM, at=moment)
    for student_id in reduced:
        discard_input((PHOTO_OWNER, student_id), by=SYSTEM, at=moment)
    return len(reduced)
