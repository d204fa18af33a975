"""Actions: the follow-ups under one incident."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import Http404

from core.access import SYSTEM, Access
from core.access.enums import SystemPermission
from core.audit.services import record
from core.db.clock import now
from core.db.keys import uuid7
from tenant_apps.alerts.selectors import recipient_ids
from tenant_apps.alerts.services import choose_recipients, raise_alerts
from tenant_apps.categories.selectors import category_map, close_upward, leaves
from tenant_apps.categories.services import hold_categories
from tenant_apps.documents.services import move_to_owner, show_to_students
from tenant_apps.form_builder.adapters import AnswerGiven
from tenant_apps.incidents.enums import CategoryState, Part, TrainingMark
from tenant_apps.incidents.models import (
    Action,
    ActionAgency,
    ActionCategory,
    ActionStudent,
    Draft,
    Incident,
    IncidentCategory,
)
from tenant_apps.incidents.selectors.automatic import automatic_recipients
from tenant_apps.incidents.selectors.blocking import barred_from
from tenant_apps.incidents.selectors.finding import get_incident
from tenant_apps.incidents.selectors.merging import changed_groups
from tenant_apps.incidents.selectors.own_words import incident_for_action
from tenant_apps.incidents.selectors.standing import assert_whole
from tenant_apps.incidents.services.adding import carry
from tenant_apps.incidents.services.answers import keep_answers, says_the_same
from tenant_apps.incidents.services.automatic import alert_by_rules
from tenant_apps.incidents.services.drafts import hold_draft
from tenant_apps.incidents.services.planning import keep_reminder
from tenant_apps.incidents.services.training import mark_of_new
from tenant_apps.incidents.services.versions import (
    keep_action_version,
    keep_first_version,
    keep_incident_version,
)
from tenant_apps.monitoring.services import start
from tenant_apps.planner.services import ReminderGiven


def widened_groups(carried: Iterable[UUID], added: Iterable[UUID]) -> tuple[list[str], list[str]]:
    """Names of the user groups that would gain, and of those that would lose, a view of the incident."""
    carried = list(carried)
    return changed_groups(carried, [*carried, *added])


@transaction.atomic
def add_action(
    *,
    action_id: UUID,
    incident_id: UUID,
    text: str,
    happened_at: datetime,
    by: Access,
    category_ids: Iterable[UUID] = (),
    copies_to_linked: bool = False,
    share_documents: bool = False,
    agency_ids: Iterable[UUID] = (),
    answers: Iterable[AnswerGiven] = (),
    alert_user_ids: Iterable[UUID] = (),
    alert_group_ids: Iterable[UUID] = (),
    alerts_incident_recipients: bool = False,
    is_practice: bool = False,
    reminder: ReminderGiven | None = None,
    at: datetime | None = None,
) -> Action:
    """Adds a follow-up; the same form sent twice makes one.

    Categories are added to the incident and none is removed. One that would widen the circle of readers is
    expected to have been confirmed by a key user; from someone without a key it waits for one. In training
    mode what is not `is_practice` is Real; outside it practice is TrainingEndedError.
    Raises Http404 when the person may not read the incident and did not write it in the last 7 days,
    PermissionDenied when they may not add.
    """
    recorded_at, answers = at or now(), list(answers)
    mark = mark_of_new(is_practice=is_practice)
    added = _hold_filing(incident_id, category_ids)
    _assert_may_add(by, added)
    incident = incident_for_action(by, incident_id, for_update=True)
    hold_draft(action_id, by)
    action, is_new = _insert(
        Action(
            id=action_id,
            incident=incident,
            text=text,
            happened_at=happened_at,
            recorded_at=recorded_at,
            author_id=by.user_id,
            training=mark,
        ),
        answers,
    )
    if not is_new:
        return action
    carried = _add_categories(action, added, by, recorded_at)
    ActionAgency.objects.bulk_create(
        ActionAgency(action=action, agency_id=agency) for agency in dict.fromkeys(agency_ids)
    )
    keep_answers(action, answers)
    parts = list(incident.participants.values_list("student", "part", "shows_full"))
    main = [student for student, part, _ in parts if part == Part.MAIN]
    copies = [student for student, part, full in parts if part == Part.LINKED and full and copies_to_linked]
    ActionStudent.objects.bulk_create(
        ActionStudent(action=action, student_id=student, shares_documents=share_documents)
        for student in copies
    )
    move_to_owner(
        from_owner=("draft", action_id),
        to_owner=("action", action.pk),
        student_ids=[*main, *(copies if share_documents else [])],
        by=by,
    )
    _raise_action_alerts(
        action,
        carried,
        by,
        recorded_at,
        users=alert_user_ids,
        groups=alert_group_ids,
        like_incident=alerts_incident_recipients,
    )
    Draft.objects.filter(pk=action_id, author=by.user_id).update(sent_at=recorded_at)
    keep_action_version(action, made_by=by.user_id, at=recorded_at)
    if reminder:
        keep_reminder(reminder, about=("action", action.pk), by=by, at=recorded_at)
    record("action.added", by=by, students=[*main, *copies], record=("action", action.pk), at=recorded_at)
    return action


@transaction.atomic
def add_to_linked_incidents(
    *,
    action_id: UUID,
    student_ids: Iterable[UUID],
    by: Access,
    share_documents: bool = False,
    at: datetime | None = None,
) -> Action:
    """Copies an action to linked students' logs after it was added; who has it already keeps what they have.

    Nobody new may read the incident by it: a linked student's full text was already open to whoever may see
    that student. Raises Http404 for an action that the person may not read, and for a student who is not
    linked to its incident with the full text; PermissionDenied without a key.
    """
    if not by.is_elevated:
        raise PermissionDenied("Copying an action needs a key.")
    _assert_may_add(by, frozenset())
    incident_id = (
        Action.objects.filter(pk=action_id, deleted_at=None).values_list("incident", flat=True).first()
    )
    if incident_id is None:
        raise Http404("no such action")
    incident = get_incident(by, incident_id, for_update=True)
    assert_whole(by, incident_id)
    action = incident.actions.get(pk=action_id)
    linked = incident.participants.filter(part=Part.LINKED, shows_full=True)
    if not set(wanted := dict.fromkeys(student_ids)) <= set(linked.values_list("student", flat=True)):
        raise Http404("no such linked student")
    have = set(action.copied_to.values_list("student", flat=True))
    added = [student for student in wanted if student not in have]
    if not added:
        return action
    copied_at = at or now()
    ActionStudent.objects.bulk_create(
        ActionStudent(action=action, student_id=student, shares_documents=share_documents)
        for student in added
    )
    if share_documents:
        show_to_students(owner=("action", action.pk), student_ids=added, by=by, at=copied_at)
    keep_action_version(action, made_by=by.user_id, at=copied_at)
    record("action.copied", by=by, students=added, record=("action", action.pk), at=copied_at)
    return action


@transaction.atomic
def decide_waiting_category(
    *, waiting_id: UUID, is_accepted: bool, by: Access, at: datetime | None = None
) -> Incident:
    """A key user takes or declines a category that an action without a key proposed. Returns the incident."""
    if not by.is_elevated:
        raise PermissionDenied("Confirming a category needs a key.")
    proposed = (
        ActionCategory.objects.filter(pk=waiting_id, action__in=Action.objects.filter(deleted_at=None))
        .values_list("category", "action__incident")
        .first()
    )
    if proposed is None:
        raise Http404("no such category is waiting")
    _hold_filing(proposed[1], [proposed[0]])
    # Locked: of two who decide at once the second finds it decided.
    waiting = (
        ActionCategory.objects.select_for_update().filter(pk=waiting_id, state=CategoryState.WAITING).first()
    )
    if waiting is None:
        raise Http404("no such category is waiting")
    incident = get_incident(by, waiting.action.incident_id, for_update=True)
    if waiting.category_id not in by.view_incidents:
        raise Http404("no such category is waiting")
    assert_whole(by, incident.pk)
    decided_at = at or now()
    waiting.state = CategoryState.IN_FORCE if is_accepted else CategoryState.DECLINED
    waiting.decided_by_id, waiting.decided_at = by.user_id, decided_at
    waiting.save(update_fields=["state", "decided_by", "decided_at"])
    if is_accepted:
        put_in_force(incident, [waiting.category_id], waiting.action, by, decided_at)
    event = "category.confirmed" if is_accepted else "category.declined"
    students = list(incident.participants.values_list("student", flat=True))
    record(event, by=by, students=students, record=("incident", incident.pk), at=decided_at)
    return incident


def put_in_force(
    incident: Incident, added: Iterable[UUID], action: Action, by: Access, at: datetime
) -> frozenset[UUID]:
    """Adds an action's categories to the incident, as if it had had them from the start.

    Returns all it carries then.
    """
    categories = category_map()
    before = frozenset(incident.carried.values_list("category", flat=True))
    carried = close_upward([*before, *added], categories=categories)
    if carried != before:
        keep_first_version(incident)
        carry(incident, carried, leaves(carried, categories=categories))
        main = [part.student_id for part in incident.participants.all() if part.part == Part.MAIN]
        is_practice = action.training == TrainingMark.PRACTICE
        start(
            student_ids=main,
            category_ids=carried - before,
            by=by,
            # What a practice action begins goes with it, also from under an incident that stays.
            source=("action", action.pk) if is_practice else ("incident", incident.pk),
            is_practice=is_practice,
            at=at,
        )
        keep_incident_version(incident, made_by=by.user_id, at=at)
        alert_by_rules(incident, by=by, at=at)
    return frozenset(carried)


def _hold_filing(incident_id: UUID, added: Iterable[UUID]) -> frozenset[UUID]:
    """Keeps what the incident carries, and these, from being merged or moved; what these are now.

    Comes before any other lock, as a merge takes the tree first and the records after it.
    """
    wanted = set(added)
    carried = IncidentCategory.objects.filter(incident=incident_id).values_list("category", flat=True)
    held = hold_categories(wanted.union(carried)) if wanted else {}
    return frozenset(held[category] for category in wanted if category in held)


def _add_categories(action: Action, added: frozenset[UUID], by: Access, at: datetime) -> frozenset[UUID]:
    incident = action.incident
    carried = frozenset(incident.carried.values_list("category", flat=True))
    new = added - carried
    waits = {category for category in new if not by.is_elevated and widened_groups(carried, [category])[0]}
    ActionCategory.objects.bulk_create(
        ActionCategory(
            action=action,
            category_id=category,
            state=CategoryState.WAITING if category in waits else CategoryState.IN_FORCE,
        )
        for category in new
    )
    gained, lost = widened_groups(carried, new - waits)
    carried = put_in_force(incident, new - waits, action, by, at)
    if gained or lost:
        record(
            "incident.readers_changed",
            by=by,
            record=("incident", incident.pk),
            detail={"groups_gained": len(gained), "groups_lost": len(lost)},
            at=at,
        )
    return carried


def _raise_action_alerts(
    action: Action,
    carried: frozenset[UUID],
    by: Access,
    at: datetime,
    *,
    users: Iterable[UUID],
    groups: Iterable[UUID],
    like_incident: bool,
) -> None:
    # Whoever writes the action knows of it: only choosing oneself by name alerts oneself.
    again = (user for user in recipient_ids(action.incident_id) if user != by.user_id)
    chosen = [*users, *(again if like_incident else [])]
    parts = list(action.incident.participants.all())
    recipients = choose_recipients(
        barred=barred_from([part.student_id for part in parts], incident_id=action.incident_id),
        automatic=automatic_recipients(
            carried=carried,
            about=[part.student_id for part in parts if part.part == Part.MAIN],
            shown_under=[part.student_id for part in parts if part.shows_full],
            is_action=True,
        ),
        chosen=chosen,
        groups=groups,
        category_ids=carried,
        author_id=by.user_id,
        is_action=True,
    )
    raise_alerts(
        kind="action",
        record_id=action.pk,
        root_id=action.incident_id,
        recipients=recipients,
        category_ids=carried,
        by=by,
        is_practice=action.training == TrainingMark.PRACTICE,
        at=at,
    )


def _assert_may_add(by: Access, category_ids: frozenset[UUID]) -> None:
    if by is SYSTEM:
        return
    if not by.can(SystemPermission.ADD_ENTRIES):
        raise PermissionDenied("Adding actions is not among the permissions of this user group.")
    categories = category_map() if category_ids else {}
    enabled = {category for category in category_ids if categories[category].is_enabled}
    if category_ids - enabled or not category_ids <= by.add_incidents:
        raise PermissionDenied("This user group may not add incidents to one of these categories.")


def _insert(action: Action, answers: list[AnswerGiven]) -> tuple[Action, bool]:
    try:
        with transaction.atomic():
            action.save(force_insert=True)
    except IntegrityError:
        first = Action.every.get(pk=action.pk)
        said = ("author_id", "text", "incident_id")
        is_same = all(getattr(first, field) == getattr(action, field) for field in said)
        stored = first.versions.earliest("made_at", "id").snapshot if is_same else {}
        if is_same and says_the_same(stored.get("answers", []), answers):
            return first, False
        action.pk = uuid7()
        action.save(force_insert=True)
    return action, True
