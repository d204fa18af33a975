"""Merging: a surplus incident becomes an action beneath the one that is kept."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from core.db.keys import uuid7
from tenant_apps.alerts.services.moving import move_alerts, move_roots
from tenant_apps.categories.selectors import category_map, close_upward, leaves
from tenant_apps.categories.services import hold_categories
from tenant_apps.documents.services import hand_over
from tenant_apps.incidents.enums import Part, Status, TrainingMark
from tenant_apps.incidents.models import (
    Action,
    ActionAgency,
    ActionCategory,
    ActionStudent,
    BlockedReader,
    Draft,
    Incident,
    IncidentAgency,
    IncidentCategory,
    IncidentStudent,
)
from tenant_apps.incidents.selectors.finding import get_incident
from tenant_apps.incidents.selectors.merging import groups_changed_by_merging, is_mixed
from tenant_apps.incidents.selectors.standing import assert_whole
from tenant_apps.incidents.services.adding import carry
from tenant_apps.incidents.services.answers import copy_answers
from tenant_apps.incidents.services.automatic import alert_by_rules
from tenant_apps.incidents.services.editing import assert_edits
from tenant_apps.incidents.services.filing import note_readers
from tenant_apps.incidents.services.marks import merge_marks
from tenant_apps.incidents.services.versions import (
    keep_action_version,
    keep_as_action,
    keep_first_version,
    keep_incident_version,
)
from tenant_apps.monitoring.services import start


class CannotMergeError(ValueError):
    """The two are one incident, or not about the same student, or one of them alone is practice."""


@transaction.atomic
def merge_incidents(*, surplus_id: UUID, main_id: UUID, by: Access, at: datetime | None = None) -> Incident:
    """Makes the surplus incident an action beneath the main one, and returns that.

    Text, author, times, files and versions are kept; its actions stand beneath the main one too. Categories,
    linked students and agencies are united, alerts and blocks go along, and its number leads to the main one
    from now on. Its linked students have only their own part in their logs. An open concern stays open: the
    main one is Active afterwards if one of them was, and keeps its assignee if it has one.

    Raises Http404 for one that the person may not read, or that was merged meanwhile; PermissionDenied for
    who is no editor; CannotMergeError.
    """
    assert_edits(by)
    if surplus_id == main_id:
        raise CannotMergeError
    both = IncidentCategory.objects.filter(incident__in=[surplus_id, main_id])
    hold_categories(both.values_list("category", flat=True))
    # In one order everywhere: of two merges at once, or a merge and an edit, the second waits and then finds
    # what the first has left.
    held = {one: get_incident(by, one, for_update=True) for one in sorted([surplus_id, main_id])}
    for incident_id in held:
        assert_whole(by, incident_id)
    surplus, main = held[surplus_id], held[main_id]
    if _about(surplus) is None or _about(surplus) != _about(main) or is_mixed(surplus, main):
        raise CannotMergeError
    moment = at or now()
    for one in (surplus, main):
        keep_first_version(one)
    action = _become_action(surplus, main)
    keep_as_action(surplus, action)
    copy_answers(surplus, action)
    _unite_students(surplus, main, action)
    gained, lost = groups_changed_by_merging(surplus, main)
    new = _unite_categories(surplus, main, action)
    _unite_agencies(surplus, main, action)
    Action.every.filter(incident=surplus).update(incident=main)
    Draft.objects.filter(incident=surplus).update(incident=main)
    merge_marks(surplus, main, action)
    hand_over(from_owner=("incident", surplus.pk), to_owner=("action", action.pk), by=by, at=moment)
    move_alerts(record=("incident", surplus.pk), becomes=("action", action.pk), root_id=main.pk)
    move_roots(root_id=surplus.pk, to_root_id=main.pk)
    copy_blocks(surplus, main)
    _hide(surplus, main, by, moment)
    _follow_up(surplus, main)
    keep_incident_version(surplus, made_by=by.user_id, at=moment, event=("merged_into", main.pk))
    keep_action_version(action, made_by=by.user_id, at=moment, event=("merged_from", surplus.pk))
    keep_incident_version(main, made_by=by.user_id, at=moment, event=("merged_in", surplus.pk))
    students = sorted(main.participants.values_list("student", flat=True))
    detail = {"merged": str(surplus.pk)}
    record(
        "incident.merged", by=by, students=students, record=("incident", main.pk), detail=detail, at=moment
    )
    note_readers(main.pk, gained, lost, by=by, at=moment)
    if new:
        about = _about(main)
        assert about is not None
        start(
            student_ids=[about],
            category_ids=new,
            by=by,
            source=("incident", main.pk),
            is_practice=main.training == TrainingMark.PRACTICE,
            at=moment,
        )
        alert_by_rules(main, by=by, at=moment)
    return main


def copy_blocks(source: Incident, target: Incident) -> None:
    """Whom a block keeps from one incident it keeps from the other: the same words stand there now."""
    standing = BlockedReader.objects.filter(incident=source, lifted_at__isnull=True)
    have = set(
        BlockedReader.objects.filter(incident=target, lifted_at__isnull=True).values_list("user", flat=True)
    )
    BlockedReader.objects.bulk_create(
        BlockedReader(incident=target, user_id=row.user_id, set_by_id=row.set_by_id, set_at=row.set_at)
        for row in standing
        if row.user_id not in have
    )


def _about(incident: Incident) -> UUID | None:
    return incident.participants.filter(part=Part.MAIN).values_list("student", flat=True).first()


def _become_action(surplus: Incident, main: Incident) -> Action:
    return Action.objects.create(
        id=uuid7(),
        incident=main,
        text=surplus.text,
        happened_at=surplus.happened_at,
        recorded_at=surplus.recorded_at,
        edited_at=surplus.edited_at,
        author_id=surplus.author_id,
        source=surplus.source,
        training=surplus.training,
        merged_from=surplus,
    )


def _unite_students(surplus: Incident, main: Incident, action: Action) -> None:
    parts = {part.student_id: part for part in main.participants.all()}
    linked = list(surplus.participants.filter(part=Part.LINKED).order_by("id"))
    for link in linked:
        own_part = link.shows_full or link.shows_own_part
        there = parts.get(link.student_id)
        if there is None:
            IncidentStudent.objects.create(
                incident=main,
                student_id=link.student_id,
                part=Part.LINKED,
                link_role=link.link_role,
                shows_full=False,
                shows_own_part=own_part,
            )
        elif own_part and not there.shows_full:
            there.shows_own_part = True
            there.save(update_fields=["shows_own_part"])
    ActionStudent.objects.bulk_create(
        ActionStudent(action=action, student_id=link.student_id, shares_documents=link.shares_documents)
        for link in linked
        if link.shows_full
    )


def _unite_categories(surplus: Incident, main: Incident, action: Action) -> set[UUID]:
    """Returns the categories that the main incident did not carry before."""
    categories = category_map()
    had = set(main.carried.values_list("category", flat=True))
    brought = dict(surplus.carried.values_list("category", "is_leaf"))
    carried = close_upward(had.union(brought), categories=categories)
    carry(main, carried, leaves(carried, categories=categories))
    ActionCategory.objects.bulk_create(
        ActionCategory(action=action, category_id=category)
        for category, is_leaf in sorted(brought.items())
        if is_leaf and category not in had
    )
    return set(carried) - had


def _unite_agencies(surplus: Incident, main: Incident, action: Action) -> None:
    brought = list(surplus.agencies.order_by("id").values_list("agency", flat=True))
    have = set(main.agencies.values_list("agency", flat=True))
    ActionAgency.objects.bulk_create(ActionAgency(action=action, agency_id=agency) for agency in brought)
    IncidentAgency.objects.bulk_create(
        IncidentAgency(incident=main, agency_id=agency) for agency in brought if agency not in have
    )


def _hide(surplus: Incident, main: Incident, by: Access, at: datetime) -> None:
    surplus.merged_into, surplus.deleted_at, surplus.deleted_by_id = main, at, by.user_id
    surplus.save(update_fields=["merged_into", "deleted_at", "deleted_by"])
    # Whatever number led to the surplus one leads on.
    Incident.every.filter(merged_into=surplus).update(merged_into=main)


def _follow_up(surplus: Incident, main: Incident) -> None:
    if surplus.status == Status.ACTIVE:
        main.status = Status.ACTIVE
    if main.assignee_id is None:
        main.assignee_id = surplus.assignee_id
    main.save(update_fields=["status", "assignee"])
