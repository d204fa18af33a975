"""Splitting: an action becomes an incident of its own."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.http import Http404

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from core.db.keys import uuid7
from tenant_apps.alerts.services.moving import move_alerts
from tenant_apps.categories.selectors import category_map, leaves
from tenant_apps.categories.services import hold_categories
from tenant_apps.documents.services import hand_over
from tenant_apps.incidents.enums import Part, TrainingMark
from tenant_apps.incidents.models import (
    Action,
    Incident,
    IncidentAgency,
    IncidentCategory,
    IncidentStudent,
)
from tenant_apps.incidents.selectors.merging import changed_groups
from tenant_apps.incidents.selectors.unlisted import IN_TRAY
from tenant_apps.incidents.services.adding import carry, next_number
from tenant_apps.incidents.services.answers import copy_answers
from tenant_apps.incidents.services.automatic import alert_by_rules
from tenant_apps.incidents.services.editing import assert_edits, hold_action
from tenant_apps.incidents.services.filing import note_readers, refiled
from tenant_apps.incidents.services.marks import split_marks
from tenant_apps.incidents.services.merging import copy_blocks
from tenant_apps.incidents.services.versions import (
    keep_action_version,
    keep_as_incident,
    keep_first_version,
    keep_incident_version,
)
from tenant_apps.monitoring.services import start


@transaction.atomic
def split_action(
    *, action_id: UUID, category_ids: Iterable[UUID], by: Access, at: datetime | None = None
) -> Incident:
    """Makes an action an incident of its own, with a new number, and returns that.

    It keeps text, author, times and files, the student, the linked students it was copied to, its alerts, and
    the blocks of the incident it stood under. `category_ids` are chosen among those of that incident and
    those the person may add to; categories they may not see come along. An incident that was merged is taken
    out again like this: its old number leads here from then on.

    Raises Http404 for an action that the person may not read or that is deleted, PermissionDenied for who is
    no editor or may not add to a category.
    """
    assert_edits(by)
    wanted = set(category_ids)
    under = IncidentCategory.objects.filter(incident__actions=action_id).values_list("category", flat=True)
    held = hold_categories(wanted.union(under))
    action = hold_action(action_id, by)
    if action.deleted_at is not None:
        raise Http404("no such action")
    source, moment = action.incident, at or now()
    stood = dict(source.carried.values_list("category", "is_leaf"))
    carried = refiled(by, stood, {held.get(category, category) for category in wanted})
    keep_first_version(action)
    keep_first_version(source)
    incident = _become_incident(action, source)
    copy_answers(action, incident)
    carry(incident, carried, leaves(carried, categories=category_map()))
    students = _take_students(source, action, incident)
    IncidentAgency.objects.bulk_create(
        IncidentAgency(incident=incident, agency_id=agency)
        for agency in action.agencies.order_by("id").values_list("agency", flat=True)
    )
    split_marks(action, incident)
    hand_over(from_owner=("action", action.pk), to_owner=("incident", incident.pk), by=by, at=moment)
    move_alerts(record=("action", action.pk), becomes=("incident", incident.pk), root_id=incident.pk)
    copy_blocks(source, incident)
    keep_as_incident(action, incident)
    _hide(action, incident, by, moment)
    keep_action_version(action, made_by=by.user_id, at=moment, event=("became", incident.pk))
    keep_incident_version(source, made_by=by.user_id, at=moment, event=("split_off", incident.pk))
    keep_incident_version(incident, made_by=by.user_id, at=moment, event=("split_from", source.pk))
    record(
        "incident.split",
        by=by,
        students=students,
        record=("incident", incident.pk),
        detail={"incident": str(source.pk), "action": str(action.pk)},
        at=moment,
    )
    gained, lost = changed_groups(set(stood), carried)
    note_readers(incident.pk, gained, lost, by=by, at=moment)
    main = incident.participants.filter(part=Part.MAIN).values_list("student", flat=True)
    start(
        student_ids=main,
        category_ids=carried,
        by=by,
        source=("incident", incident.pk),
        is_practice=incident.training == TrainingMark.PRACTICE,
        at=moment,
    )
    alert_by_rules(incident, by=by, at=moment)
    incident.number = next_number()
    incident.save(update_fields=["number"])
    return incident


def _become_incident(action: Action, source: Incident) -> Incident:
    # From the tray into the tray: without a student it would stand nowhere else.
    whom = ("about", "unlisted_name", "unlisted_class", "tray") if source.tray in IN_TRAY else ()
    return Incident.objects.create(
        **{field: getattr(source, field) for field in whom},
        id=uuid7(),
        text=action.text,
        happened_at=action.happened_at,
        recorded_at=action.recorded_at,
        edited_at=action.edited_at,
        author_id=action.author_id,
        source=action.source,
        training=action.training,
    )


def _take_students(source: Incident, action: Action, incident: Incident) -> list[UUID]:
    copies = dict(action.copied_to.values_list("student", "shares_documents"))
    parts = [
        part
        for part in source.participants.order_by("id")
        if part.part == Part.MAIN or part.student_id in copies
    ]
    IncidentStudent.objects.bulk_create(
        IncidentStudent(
            incident=incident,
            student_id=part.student_id,
            part=part.part,
            link_role=part.link_role,
            shows_full=part.shows_full or part.shows_own_part,
            shares_documents=copies.get(part.student_id, True),
        )
        for part in parts
    )
    return [part.student_id for part in parts]


def _hide(action: Action, incident: Incident, by: Access, at: datetime) -> None:
    action.split_into, action.deleted_at, action.deleted_by_id = incident, at, by.user_id
    action.save(update_fields=["split_into", "deleted_at", "deleted_by"])
    if action.merged_from_id is not None:
        Incident.objects.filter(pk=action.merged_from_id).update(merged_into=incident)
