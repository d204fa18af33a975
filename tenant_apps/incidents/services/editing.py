"""Changes to what was written. Each keeps the whole state before it; nothing is ever overwritten."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from tenant_apps.agencies.selectors import enabled_agencies
from tenant_apps.alerts.services import choose_recipients, raise_alerts
from tenant_apps.categories.selectors import category_map, leaves
from tenant_apps.categories.services import hold_categories
from tenant_apps.documents.services import take_from_students, take_off
from tenant_apps.form_builder.adapters import AnswerGiven
from tenant_apps.incidents.enums import LinkRole, Part, TrainingMark
from tenant_apps.incidents.models import (
    Action,
    Incident,
    IncidentCategory,
    IncidentStudent,
)
from tenant_apps.incidents.permissions import sees_deleted
from tenant_apps.incidents.selectors.blocking import barred_from
from tenant_apps.incidents.selectors.editing import latest_version
from tenant_apps.incidents.selectors.finding import get_incident
from tenant_apps.incidents.selectors.marks import Marked
from tenant_apps.incidents.selectors.merging import changed_groups
from tenant_apps.incidents.selectors.standing import assert_whole
from tenant_apps.incidents.services.adding import LinkedStudent, carry
from tenant_apps.incidents.services.answers import keep_answers
from tenant_apps.incidents.services.automatic import alert_by_rules
from tenant_apps.incidents.services.filing import note_readers, refiled
from tenant_apps.incidents.services.marks import change_marks
from tenant_apps.incidents.services.versions import (
    action_snapshot,
    incident_snapshot,
    keep_action_version,
    keep_first_version,
    keep_incident_version,
)
from tenant_apps.monitoring.services import start
from tenant_apps.staff.permissions import can_use_files


class ChangedMeanwhileError(Exception):
    """Somebody changed the record after its form was opened: nothing of this edit was stored."""


def assert_edits(by: Access) -> None:
    """Raises PermissionDenied for others than editors with their key."""
    if not sees_deleted(by):
        raise PermissionDenied('Editing needs the permission "Edit incidents" and a key.')


@transaction.atomic
def edit_incident(
    *,
    incident_id: UUID,
    seen: UUID | None,
    text: str,
    happened_at: datetime,
    category_ids: Iterable[UUID],
    by: Access,
    links: Iterable[LinkedStudent] = (),
    unlinked: Iterable[UUID] = (),
    removed_files: Iterable[UUID] = (),
    marks: Iterable[Marked] | None = None,
    agency_ids: Iterable[UUID] = (),
    answers: Iterable[AnswerGiven] = (),
    alert_user_ids: Iterable[UUID] = (),
    alert_group_ids: Iterable[UUID] = (),
    at: datetime | None = None,
) -> Incident:
    """Changes an incident and keeps what stood before. Author, number and time of recording stay.

    `seen` is the version that the editor had before them. Categories that the editor may not see or may not
    add to stay, whatever `category_ids` holds; so do tags of agencies that forms offer no more. Students in
    `links` are linked, or stand in another role; those in `unlinked` are linked no more, and what was copied
    or shared to them is taken back; those named in neither stay as they are. `removed_files` are taken off
    and kept for its history. `marks` are all that shall be on its maps, None for those that are. Fields that
    are not among `answers` keep theirs. What changes nothing keeps no version.

    Raises Http404 for an incident that the person may not read, PermissionDenied for who is no editor,
    ChangedMeanwhileError where `seen` is not what stands.
    """
    assert_edits(by)
    wanted = set(category_ids)
    carried_now = IncidentCategory.objects.filter(incident=incident_id).values_list("category", flat=True)
    held = hold_categories(wanted.union(carried_now))
    incident = get_incident(by, incident_id, for_update=True)
    assert_whole(by, incident_id)
    if latest_version(incident) != seen:
        raise ChangedMeanwhileError
    edited_at = at or now()
    keep_first_version(incident)
    before = incident_snapshot(incident)
    _write(incident, text, happened_at)
    gained = _file(incident, {held.get(category, category) for category in wanted}, by, edited_at)
    students = set(incident.participants.values_list("student", flat=True))
    unlink(incident, unlinked, by, edited_at)
    _link(incident, links)
    _tag(incident.agencies, agency_ids)
    keep_answers(incident, answers)
    _take_off(("incident", incident.pk), removed_files, by, edited_at)
    if marks is not None:
        change_marks(incident, marks)
    if incident_snapshot(incident) != before:
        incident.edited_at = edited_at
        incident.save(update_fields=["text", "happened_at", "edited_at"])
        keep_incident_version(incident, made_by=by.user_id, at=edited_at)
        students.update(incident.participants.values_list("student", flat=True))
        record(
            "incident.edited",
            by=by,
            students=sorted(students),
            record=("incident", incident.pk),
            at=edited_at,
        )
    if gained:
        main = list(incident.participants.filter(part=Part.MAIN).values_list("student", flat=True))
        start(
            student_ids=main,
            category_ids=gained,
            by=by,
            source=("incident", incident.pk),
            is_practice=incident.training == TrainingMark.PRACTICE,
            at=edited_at,
        )
    _alert(incident, ("incident", incident.pk), alert_user_ids, alert_group_ids, by, edited_at)
    if gained:
        alert_by_rules(incident, by=by, at=edited_at)
    return incident


@transaction.atomic
def edit_action(
    *,
    action_id: UUID,
    seen: UUID | None,
    text: str,
    happened_at: datetime,
    by: Access,
    removed_files: Iterable[UUID] = (),
    agency_ids: Iterable[UUID] = (),
    answers: Iterable[AnswerGiven] = (),
    alert_user_ids: Iterable[UUID] = (),
    alert_group_ids: Iterable[UUID] = (),
    at: datetime | None = None,
) -> Action:
    """Changes an action and keeps what stood before; the categories it added are its incident's to change.

    Raises as `edit_incident` does.
    """
    assert_edits(by)
    action = hold_action(action_id, by)
    if action.deleted_at is not None:
        raise Http404("no such action")
    if latest_version(action) != seen:
        raise ChangedMeanwhileError
    edited_at = at or now()
    keep_first_version(action)
    before = action_snapshot(action)
    _write(action, text, happened_at)
    _tag(action.agencies, agency_ids)
    keep_answers(action, answers)
    _take_off(("action", action.pk), removed_files, by, edited_at)
    if action_snapshot(action) != before:
        action.edited_at = edited_at
        action.save(update_fields=["text", "happened_at", "edited_at"])
        keep_action_version(action, made_by=by.user_id, at=edited_at)
        students = list(action.incident.participants.values_list("student", flat=True))
        record("action.edited", by=by, students=students, record=("action", action.pk), at=edited_at)
    _alert(action.incident, ("action", action.pk), alert_user_ids, alert_group_ids, by, edited_at)
    return action


def hold_action(action_id: UUID, by: Access) -> Action:
    """The action, deleted or not, with its incident, both locked until the transaction ends."""
    incident_id = Action.objects.filter(pk=action_id).values_list("incident", flat=True).first()
    if incident_id is None:
        raise Http404("no such action")
    incident = get_incident(by, incident_id, for_update=True)
    assert_whole(by, incident_id)
    # It may have gone to another incident while this one was waited for.
    action = incident.actions.select_for_update().filter(pk=action_id, split_into=None).first()
    if action is None:
        raise Http404("no such action")
    action.incident = incident
    return action


def _write(written: Incident | Action, text: str, happened_at: datetime) -> None:
    """Sets text and time; a form's line ends and its missing seconds change nothing."""
    if text.replace("\r\n", "\n") != written.text.replace("\r\n", "\n"):
        written.text = text
    if happened_at != written.happened_at.replace(second=0, microsecond=0):
        written.happened_at = happened_at


def _file(incident: Incident, chosen: set[UUID], by: Access, at: datetime) -> set[UUID]:
    """Files the incident under these and what stays; returns the categories it did not carry before."""
    carried = dict(incident.carried.values_list("category", "is_leaf"))
    wanted = refiled(by, carried, chosen)
    if wanted == set(carried):
        return set()
    gained, lost = changed_groups(carried, wanted)
    incident.carried.exclude(category__in=wanted).delete()
    carry(incident, wanted, leaves(wanted, categories=category_map()))
    note_readers(incident.pk, gained, lost, by=by, at=at)
    return set(wanted) - set(carried)


def _link(incident: Incident, links: Iterable[LinkedStudent]) -> None:
    parts = {part.student_id: part for part in incident.participants.all()}
    for link in links:
        part = parts.get(link.student_id)
        role = LinkRole(link.role).value if link.role else ""
        if part is None:
            IncidentStudent.objects.create(
                incident=incident,
                student_id=link.student_id,
                part=Part.LINKED,
                link_role=role,
                shows_full=link.shows_full,
            )
        elif part.part == Part.LINKED and (part.link_role, part.shows_full) != (role, link.shows_full):
            part.link_role, part.shows_full = role, link.shows_full
            # Of a reference nothing stands on top, and there would be no way to take it from there.
            part.pinned_at = part.pinned_at if link.shows_full else None
            part.save(update_fields=["link_role", "shows_full", "pinned_at"])


def unlink(incident: Incident, student_ids: Iterable[UUID], by: Access, at: datetime) -> None:
    """Takes linked students out of the incident, with the actions copied to them and the files shared."""
    parts = incident.participants.filter(part=Part.LINKED, student__in=list(student_ids))
    gone = list(parts.values_list("student", flat=True))
    if not gone:
        return
    parts.delete()
    # Those removed as training too: they may be brought back.
    actions = list(Action.every.filter(incident=incident).order_by("id"))
    for action in actions:
        take_copies_back(action, gone, by, at)
    owners = [("incident", incident.pk), *(("action", action.pk) for action in actions)]
    take_from_students(owners=owners, student_ids=gone, by=by, at=at)


def take_copies_back(action: Action, student_ids: Iterable[UUID], by: Access, at: datetime) -> None:
    """Takes an action out of these linked students' logs, and keeps the version before."""
    copies = action.copied_to.filter(student__in=list(student_ids))
    if copies.exists():
        keep_first_version(action)
        copies.delete()
        keep_action_version(action, made_by=by.user_id, at=at)


def _take_off(owner: tuple[str, UUID], document_ids: Iterable[UUID], by: Access, at: datetime) -> None:
    wanted = list(document_ids)
    if not wanted:
        return
    if not can_use_files(by):
        raise PermissionDenied('Removing files needs the permission "Files".')
    take_off(owner=owner, document_ids=wanted, by=by, at=at)


def _tag(tagged: Any, agency_ids: Iterable[UUID]) -> None:
    """`tagged` are the record's rows of agencies, as its related manager has them."""
    offered = {agency.id for agency in enabled_agencies()}
    wanted = set(agency_ids)
    have = set(tagged.values_list("agency", flat=True))
    tagged.filter(agency__in=(have & offered) - wanted).delete()
    for agency in sorted(wanted - have):
        tagged.create(agency_id=agency)


def _alert(
    incident: Incident,
    about: tuple[str, UUID],
    users: Iterable[UUID],
    groups: Iterable[UUID],
    by: Access,
    at: datetime,
) -> None:
    """Further alerts; who was alerted to it before is not alerted again, and nobody chosen alerts nobody."""
    users, groups = list(users), list(groups)
    if not users and not groups:
        return
    carried = list(incident.carried.values_list("category", flat=True))
    students = list(incident.participants.values_list("student", flat=True))
    recipients = choose_recipients(
        chosen=users,
        groups=groups,
        category_ids=carried,
        author_id=by.user_id,
        barred=barred_from(students, incident_id=incident.pk),
        is_action=True,
    )
    raise_alerts(
        kind=about[0],
        record_id=about[1],
        root_id=incident.pk,
        recipients=recipients,
        category_ids=carried,
        by=by,
        is_practice=incident.training == TrainingMark.PRACTICE,
        at=at,
    )
