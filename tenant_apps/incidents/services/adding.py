"""Adding an incident: the whole of it, or nothing, in one transaction."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction

from core.access import SYSTEM, Access
from core.access.enums import SystemPermission
from core.audit.services import record
from core.db.clock import now
from core.db.keys import uuid7
from tenant_apps.alerts.services import choose_recipients, notify_assignment, raise_alerts
from tenant_apps.categories.selectors import CategoryMap, category_map, close_upward, leaves
from tenant_apps.categories.services import hold_categories
from tenant_apps.documents.services import move_to_owner
from tenant_apps.form_builder.adapters import AnswerGiven
from tenant_apps.incidents.enums import About, Part, Status, TrainingMark, Tray
from tenant_apps.incidents.models import (
    Draft,
    Incident,
    IncidentAgency,
    IncidentCategory,
    IncidentStudent,
)
from tenant_apps.incidents.permissions import statuses_to_add
from tenant_apps.incidents.selectors.automatic import automatic_recipients
from tenant_apps.incidents.selectors.blocking import barred_from
from tenant_apps.incidents.selectors.marks import Marked, marks_in
from tenant_apps.incidents.services.answers import keep_answers, says_the_same
from tenant_apps.incidents.services.drafts import hold_draft
from tenant_apps.incidents.services.marks import set_marks
from tenant_apps.incidents.services.planning import keep_reminder
from tenant_apps.incidents.services.training import mark_of_new
from tenant_apps.incidents.services.versions import keep_incident_version
from tenant_apps.monitoring.services import start
from tenant_apps.planner.services import ReminderGiven


@dataclass(frozen=True)
class LinkedStudent:
    """A student linked to an incident. A reference (`shows_full` off) shows its number and no text."""

    student_id: UUID
    role: str = ""
    shows_full: bool = True


@dataclass(frozen=True)
class Unlisted:
    """Whom an incident is about instead of a student of the list; name and class only for one not listed."""

    about: About
    name: str = ""
    class_name: str = ""


@transaction.atomic
def add_incident(
    *,
    incident_id: UUID,
    student_id: UUID | None,
    text: str,
    category_ids: Iterable[UUID],
    happened_at: datetime,
    by: Access,
    linked: Iterable[LinkedStudent] = (),
    monitor_linked: bool = False,
    share_documents: bool = False,
    status: str = Status.ACTIVE,
    assignee_id: UUID | None = None,
    alert_user_ids: Iterable[UUID] = (),
    alert_group_ids: Iterable[UUID] = (),
    agency_ids: Iterable[UUID] = (),
    answers: Iterable[AnswerGiven] = (),
    source: str = "",
    unlisted: Unlisted | None = None,
    is_practice: bool = False,
    marks: Iterable[Marked] = (),
    reminder: ReminderGiven | None = None,
    at: datetime | None = None,
) -> Incident:
    """Stores the incident for good, with its number, alerts, monitoring, files and audit event.

    Without a student `unlisted` says whom it is about: it alerts the default alert group besides those chosen
    and waits in the tray until a key user attaches it to a student or keeps it without one.

    `incident_id` is the draft's id, so the same form sent twice makes one record: the second call returns the
    first one's incident and does nothing else. Other words, another answer, student, time, category or mark
    under an id in use are a record of their own. A category that was merged since it was chosen is what it
    became. In training mode what is not `is_practice` is Real; outside it practice is TrainingEndedError.
    Raises PermissionDenied for someone who may not add, or not to one of the categories or with this status.
    """
    if (student_id is None) != (unlisted is not None):
        raise ValueError("An incident is about a student of the list, or says whom it is about instead.")
    recorded_at, answers = at or now(), list(answers)
    mark = mark_of_new(is_practice=is_practice)
    held = hold_categories(wanted := set(category_ids))
    categories = category_map()
    chosen = frozenset(held.get(category, category) for category in wanted)
    _assert_may_add(by, chosen, categories)
    if status not in statuses_to_add(by):
        raise PermissionDenied("Without a key an incident is added as Active.")
    carried = close_upward(chosen, categories=categories)
    marks = list(marks)
    hold_draft(incident_id, by)
    incident, is_new = _insert(
        Incident(
            id=incident_id,
            text=text,
            happened_at=happened_at,
            recorded_at=recorded_at,
            author_id=by.user_id,
            source=source,
            training=mark,
            status=status,
            assignee_id=assignee_id,
            about=unlisted.about if unlisted else About.STUDENT,
            unlisted_name=unlisted.name if unlisted else "",
            unlisted_class=unlisted.class_name if unlisted else "",
            tray=Tray.WAITING if unlisted else Tray.NEVER,
        ),
        student_id,
        carried,
        marks,
        answers,
    )
    if not is_new:
        return incident
    links = [link for link in linked if link.student_id != student_id]
    _insert_parts(incident, student_id, links, share_documents)
    carry(incident, carried, leaves(carried, categories=categories))
    IncidentAgency.objects.bulk_create(
        IncidentAgency(incident=incident, agency_id=agency) for agency in dict.fromkeys(agency_ids)
    )
    keep_answers(incident, answers)
    main = [student_id] if student_id else []
    set_marks(incident, marks)
    student_ids = [*main, *(link.student_id for link in links)]
    start(
        student_ids=student_ids if monitor_linked else main,
        category_ids=carried,
        by=by,
        source=("incident", incident.pk),
        is_practice=mark == TrainingMark.PRACTICE,
        at=recorded_at,
    )
    move_to_owner(
        from_owner=("draft", incident_id),
        to_owner=("incident", incident.pk),
        student_ids=student_ids if share_documents else main,
        by=by,
    )
    barred = barred_from(student_ids, incident_id=incident.pk)
    recipients = choose_recipients(
        barred=barred,
        chosen=alert_user_ids,
        groups=alert_group_ids,
        category_ids=carried,
        author_id=by.user_id,
        automatic=automatic_recipients(
            carried=carried,
            about=main,
            shown_under=[*main, *(link.student_id for link in links if link.shows_full)],
        ),
        with_default=student_id is None,
    )
    raise_alerts(
        kind="incident",
        record_id=incident.pk,
        root_id=incident.pk,
        recipients=recipients,
        category_ids=carried,
        by=by,
        is_practice=mark == TrainingMark.PRACTICE,
        at=recorded_at,
    )
    if assignee_id and assignee_id != by.user_id:
        notify_assignment(
            record_id=incident.pk,
            assignee_id=assignee_id,
            category_ids=carried,
            barred=barred,
            by=by,
            is_practice=mark == TrainingMark.PRACTICE,
            at=recorded_at,
        )
    Draft.objects.filter(pk=incident_id, author=by.user_id).update(sent_at=recorded_at)
    keep_incident_version(incident, made_by=by.user_id, at=recorded_at)
    if reminder:
        keep_reminder(reminder, about=("incident", incident.pk), by=by, at=recorded_at)
    record("incident.added", by=by, students=student_ids, record=("incident", incident.pk), at=recorded_at)
    incident.number = next_number()
    incident.save(update_fields=["number"])
    return incident


def carry(incident: Incident, carried: Iterable[UUID], leaf_ids: Collection[UUID]) -> None:
    """Writes the incident's categories; those it has already stay, with `is_leaf` put right."""
    IncidentCategory.objects.bulk_create(
        [
            IncidentCategory(incident=incident, category_id=category, is_leaf=category in leaf_ids)
            for category in carried
        ],
        update_conflicts=True,
        unique_fields=["incident", "category"],
        update_fields=["is_leaf"],
    )


def _assert_may_add(by: Access, category_ids: frozenset[UUID], categories: CategoryMap) -> None:
    if by is SYSTEM:
        return
    if not by.can(SystemPermission.ADD_ENTRIES):
        raise PermissionDenied("Adding incidents is not among the permissions of this user group.")
    enabled = {
        category for category in category_ids if category in categories and categories[category].is_enabled
    }
    if not category_ids or category_ids - enabled or not category_ids <= by.add_incidents:
        raise PermissionDenied("This user group may not add incidents to one of these categories.")


def _insert(
    incident: Incident,
    student_id: UUID | None,
    carried: Iterable[UUID],
    marks: Sequence[Marked],
    answers: Sequence[AnswerGiven],
) -> tuple[Incident, bool]:
    try:
        with transaction.atomic():
            incident.save(force_insert=True)
    except IntegrityError:
        first = Incident.every.get(pk=incident.pk)
        if _says_the_same(first, incident, student_id, carried, marks, answers):
            return first, False
        # Sent from two windows with different words, or again for another student after "Back": neither may
        # be lost.
        incident.pk = uuid7()
        incident.save(force_insert=True)
    return incident, True


def _says_the_same(
    first: Incident,
    again: Incident,
    student_id: UUID | None,
    carried: Iterable[UUID],
    marks: Sequence[Marked],
    answers: Sequence[AnswerGiven],
) -> bool:
    """Whether what was sent again is what was stored, as it stood then."""
    said = ("author_id", "text", "happened_at", "about", "unlisted_name", "unlisted_class")
    if any(getattr(first, field) != getattr(again, field) for field in said):
        return False
    stored = first.versions.earliest("made_at", "id").snapshot
    main = [part["student"] for part in stored["students"] if part["part"] == Part.MAIN]
    is_about_them = main == ([str(student_id)] if student_id else [])
    is_marked_so = [replace(one, number=None) for one in marks_in(stored)] == [
        replace(one, number=None) for one in marks
    ]
    is_filed_so = stored["categories"] == sorted(map(str, carried))
    is_answered_so = says_the_same(stored.get("answers", []), answers)
    return is_about_them and is_marked_so and is_filed_so and is_answered_so


def _insert_parts(
    incident: Incident, student_id: UUID | None, links: Iterable[LinkedStudent], share_documents: bool
) -> None:
    parts = [
        IncidentStudent(incident=incident, student_id=main, part=Part.MAIN, shares_documents=True)
        for main in ([student_id] if student_id else [])
    ]
    unique = {link.student_id: link for link in links}
    parts += [
        IncidentStudent(
            incident=incident,
            student_id=link.student_id,
            part=Part.LINKED,
            link_role=link.role,
            shows_full=link.shows_full,
            shares_documents=share_documents,
        )
        for link in unique.values()
    ]
    IncidentStudent.objects.bulk_create(parts)


def next_number() -> int:
    """The school's next number. Holds the counter's row until the transaction ends, so it comes last."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO incidents_counter (name, value) VALUES ('incident', 1)"
            " ON CONFLICT (name) DO UPDATE SET value = incidents_counter.value + 1 RETURNING value"
        )
        return int(cursor.fetchone()[0])
