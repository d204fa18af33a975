"""Moving: an incident that was written about the wrong student."""

from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from core.outbox.services import owe
from tenant_apps.alerts.selectors import alerted_under
from tenant_apps.categories.services import hold_categories
from tenant_apps.documents.services import show_to_students, take_from_students
from tenant_apps.incidents.enums import Part, TrainingMark
from tenant_apps.incidents.models import Action, Incident, IncidentCategory, IncidentStudent
from tenant_apps.incidents.selectors.blocking import barred_from
from tenant_apps.incidents.selectors.finding import get_incident
from tenant_apps.incidents.selectors.standing import assert_whole
from tenant_apps.incidents.services.automatic import alert_by_rules
from tenant_apps.incidents.services.editing import assert_edits, take_copies_back
from tenant_apps.incidents.services.versions import keep_first_version, keep_incident_version
from tenant_apps.monitoring.services import start, undo
from tenant_apps.students.selectors import may_be_chosen

MOVING_MAIL = "incidents.moving"


@transaction.atomic
def move_incident(
    *, incident_id: UUID, student_id: UUID, reason: str, by: Access, at: datetime | None = None
) -> Incident:
    """Lets an incident, with its actions and files, be about another student.

    Monitoring that it began ends, unless another incident of the student asks for it; under the other student
    it begins. Everybody with an alert to it that was not withdrawn is told by mail that it was moved, and not
    what. The linked students stay; one who becomes the student it is about is not linked any more. The reason
    stands in its history, and both students' audits name the move.

    Raises Http404 for an incident that the person may not read or that is about nobody, PermissionDenied for
    who is no editor or may not choose the student, ValueError without a reason or for the same student.
    """
    assert_edits(by)
    carried = IncidentCategory.objects.filter(incident=incident_id).values_list("category", flat=True)
    hold_categories(carried)
    incident = get_incident(by, incident_id, for_update=True)
    assert_whole(by, incident_id)
    part = incident.participants.filter(part=Part.MAIN).first()
    if part is None:
        raise Http404("about nobody")
    if not reason.strip() or student_id == part.student_id:
        raise ValueError("A move has a reason and goes to another student.")
    if not may_be_chosen(by, [student_id]):
        raise PermissionDenied("This student cannot be chosen.")
    moment, former = at or now(), part.student_id
    keep_first_version(incident)
    _take_place(incident, part, student_id, by, moment)
    owners = [("incident", incident.pk), *(("action", action) for action in _actions(incident))]
    take_from_students(owners=owners, student_ids=[former], by=by, at=moment)
    for owner in owners:
        show_to_students(owner=owner, student_ids=[student_id], by=by, at=moment)
    keep_incident_version(
        incident,
        made_by=by.user_id,
        at=moment,
        event=("moved", incident.pk),
        told=_told(former, student_id, reason),
    )
    record(
        "incident.moved",
        by=by,
        students=sorted({former, *incident.participants.values_list("student", flat=True)}),
        record=("incident", incident.pk),
        detail={"from": str(former), "to": str(student_id)},
        at=moment,
    )
    undo(
        student_id=former,
        sources=[*owners, *(("incident", surplus) for surplus in _merged(incident))],
        goes_on=_asked_by_others(former, incident),
        by=by,
        at=moment,
    )
    start(
        student_ids=[student_id],
        category_ids=list(carried),
        by=by,
        source=("incident", incident.pk),
        is_practice=incident.training == TrainingMark.PRACTICE,
        at=moment,
    )
    _tell(incident, by, moment)
    alert_by_rules(incident, by=by, at=moment)
    return incident


def _told(former: UUID, student_id: UUID, reason: str) -> dict[str, str]:
    return {"from": str(former), "to": str(student_id), "reason": reason}


def _take_place(
    incident: Incident, part: IncidentStudent, student_id: UUID, by: Access, at: datetime
) -> None:
    """Both of a pair of rows that name the student cannot stand, so the link goes first."""
    incident.participants.filter(part=Part.LINKED, student=student_id).delete()
    for action in Action.every.filter(incident=incident).order_by("id"):
        take_copies_back(action, [student_id], by, at)
    part.student_id, part.pinned_at = student_id, None
    part.save(update_fields=["student", "pinned_at"])


def _actions(incident: Incident) -> list[UUID]:
    """Those removed as training too: brought back, their files stand with the student they are about then."""
    return list(Action.every.filter(incident=incident).order_by("id").values_list("id", flat=True))


def _merged(incident: Incident) -> list[UUID]:
    """The incidents that were merged into this one."""
    return list(incident.surplus.values_list("id", flat=True))


def _asked_by_others(student_id: UUID, incident: Incident) -> dict[UUID, UUID]:
    """For each category the earliest other incident about the student that carries it.

    Not only for those that the moved one carries still: what it began it may have begun before an edit.
    """
    found: dict[UUID, UUID] = {}
    rows = (
        IncidentCategory.objects.filter(
            incident__deleted_at__isnull=True,
            incident__removed_at__isnull=True,
            incident__participants__student=student_id,
            incident__participants__part=Part.MAIN,
        )
        .exclude(incident=incident)
        .order_by("incident__recorded_at", "incident_id")
    )
    for category, other in rows.values_list("category", "incident"):
        found.setdefault(category, other)
    return found


def _tell(incident: Incident, by: Access, at: datetime) -> None:
    """Owes the mails; whoever may not see the record is told nothing of it."""
    students = list(incident.participants.values_list("student", flat=True))
    told = alerted_under(incident.pk) - barred_from(students, incident_id=incident.pk) - {by.user_id}
    for user_id in sorted(told):
        payload = {"to": str(user_id), "by": str(by.user_id)}
        owe(MOVING_MAIL, key=f"{incident.pk}:{at.isoformat()}:{user_id}", payload=payload)
