"""The tray: what was added about no student of the list is attached to one, or kept as it is."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core.access import Access
from core.access.enums import SystemPermission
from core.audit.services import record
from core.db.clock import now
from tenant_apps.categories.services import hold_categories
from tenant_apps.documents.services import show_to_students
from tenant_apps.incidents.enums import Part, TrainingMark, Tray
from tenant_apps.incidents.models import Action, Incident, IncidentCategory, IncidentStudent
from tenant_apps.incidents.selectors.tray import get_in_tray
from tenant_apps.incidents.services.automatic import alert_by_rules
from tenant_apps.incidents.services.versions import keep_first_version, keep_incident_version
from tenant_apps.monitoring.services import start
from tenant_apps.students.selectors import may_be_chosen


@transaction.atomic
def attach_incident(
    *, incident_id: UUID, student_id: UUID, by: Access, at: datetime | None = None
) -> Incident:
    """Makes an incident of the tray this student's: it stands in their log from now on, with its files.

    It is monitored and alerts automatically as if it had been added about the student; who was alerted before
    stays alerted, unless a block keeps the student from them. A student who was linked to it becomes the one
    it is about. That the readers may widen is expected to have been confirmed.

    Raises Http404 for an incident that the person may not read or that is not in the tray, PermissionDenied
    without a key or for a student whom forms do not offer.
    """
    _assert_decides(by)
    # Before any other lock, as a merge takes the tree first and the records after it.
    carried_now = IncidentCategory.objects.filter(incident=incident_id).values_list("category", flat=True)
    hold_categories(carried_now)
    incident = get_in_tray(by, incident_id, for_update=True)
    if not may_be_chosen(by, [student_id]):
        raise PermissionDenied("This student is not on the list.")
    moment = at or now()
    keep_first_version(incident)
    IncidentStudent.objects.update_or_create(
        incident=incident,
        student_id=student_id,
        defaults={"part": Part.MAIN, "link_role": "", "shows_full": True, "shares_documents": True},
    )
    incident.tray = Tray.ATTACHED
    incident.save(update_fields=["tray"])
    show_to_students(owner=("incident", incident.pk), student_ids=[student_id], by=by, at=moment)
    for action_id in Action.every.filter(incident=incident).values_list("pk", flat=True):
        show_to_students(owner=("action", action_id), student_ids=[student_id], by=by, at=moment)
    carried = list(incident.carried.values_list("category", flat=True))
    source = ("incident", incident.pk)
    is_practice = incident.training == TrainingMark.PRACTICE
    start(
        student_ids=[student_id],
        category_ids=carried,
        by=by,
        source=source,
        is_practice=is_practice,
        at=moment,
    )
    alert_by_rules(incident, by=by, at=moment)
    keep_incident_version(incident, made_by=by.user_id, at=moment)
    students = list(incident.participants.values_list("student", flat=True))
    record("incident.attached", by=by, students=students, record=source, at=moment)
    return incident


@transaction.atomic
def keep_unattached(*, incident_id: UUID, by: Access, at: datetime | None = None) -> Incident:
    """Keeps an incident without a student; it can be attached later all the same. Raises as above."""
    _assert_decides(by)
    incident = get_in_tray(by, incident_id, for_update=True)
    if incident.tray == Tray.KEPT:
        return incident
    moment = at or now()
    keep_first_version(incident)
    incident.tray = Tray.KEPT
    incident.save(update_fields=["tray"])
    keep_incident_version(incident, made_by=by.user_id, at=moment)
    students = list(incident.participants.values_list("student", flat=True))
    record("incident.kept", by=by, students=students, record=("incident", incident.pk), at=moment)
    return incident


def _assert_decides(by: Access) -> None:
    if not (by.is_elevated and by.can(SystemPermission.ADD_ENTRIES)):
        raise PermissionDenied("Deciding what lies in the tray needs a key.")
