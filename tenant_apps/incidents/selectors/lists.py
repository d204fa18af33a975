"""Lines about incidents for dashboards: who, whom, which categories, when. Never a word of a record."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse

from core.access import Access
from core.db.clock import now
from shared_apps.people.selectors import names_of
from tenant_apps.alerts.permissions import AUTHORS_TIME
from tenant_apps.alerts.selectors import AlertStatus, Subject, recipients_of
from tenant_apps.categories.selectors import category_map
from tenant_apps.incidents.enums import Part, Status, TrainingMark
from tenant_apps.incidents.models import (
    Action,
    Incident,
    IncidentCategory,
    IncidentStudent,
    IncidentVersion,
)
from tenant_apps.incidents.permissions import known_to, readable_by, unblocked
from tenant_apps.incidents.selectors.category_names import CategoryLine, CategoryNames
from tenant_apps.incidents.selectors.finding import readable_among
from tenant_apps.incidents.selectors.own_words import STANDS_FOR
from tenant_apps.incidents.selectors.standing import by_alert_alone, came_by_merge, incidents_as_of
from tenant_apps.incidents.selectors.unlisted import whom, whom_of
from tenant_apps.students.selectors import StudentName, students_blocked_among, students_by_ids

TELLING_STANDS_FOR = timedelta(hours=12)


@dataclass(frozen=True)
class EntryLine:
    """One row of a list of incidents or actions. `url` is empty for what this person may not open.

    `own_url` leads to one's own words, as far as one wrote it.
    """

    id: UUID
    kind: str
    number: int | None
    student: StudentName | None
    categories: list[CategoryLine]
    at: datetime
    url: str
    status_label: str
    whom: str = ""
    own_url: str = ""
    is_practice: bool = False


@dataclass(frozen=True)
class TellingLine:
    """Who was told of an incident that its author has just added, and who has opened it."""

    incident_id: UUID
    number: int | None
    recorded_at: datetime
    told: list[AlertStatus]

    @property
    def may_withdraw(self) -> bool:
        """Whether its author can still take an alert back."""
        return any(status.is_open for status in self.told) and now() - self.recorded_at <= AUTHORS_TIME

    @property
    def is_mailed(self) -> bool:
        return all(status.mail_state == "sent" for status in self.told)

    @property
    def has_failed_mail(self) -> bool:
        return any(status.mail_state == "failed" for status in self.told)

    @property
    def opened_by(self) -> AlertStatus | None:
        opened = [status for status in self.told if status.first_opened_at]
        return min(opened, key=lambda status: status.first_opened_at or now(), default=None)


def describe_incidents(access: Access, incident_ids: Sequence[UUID]) -> dict[UUID, Subject]:
    """What an alert to an incident says on the dashboard, for those that this person may open.

    One that needs the key, or the school's network, is named without the way to it.
    """
    incidents = list(Incident.objects.filter(known_to(access), pk__in=incident_ids))
    openable = {incident.pk for incident in incidents} if access.may_read_alerts else set()
    lines = {line.id: line for line in _lines(access, incidents, openable=openable)}
    people = names_of({incident.author_id for incident in incidents if incident.author_id})
    return {
        incident.pk: Subject(
            word="Incident",
            student=lines[incident.pk].student,
            whom=lines[incident.pk].whom,
            categories=lines[incident.pk].categories,
            url=lines[incident.pk].url,
            author=people[incident.author_id].formal if incident.author_id else incident.source,
            is_practice=incident.training == TrainingMark.PRACTICE,
        )
        for incident in incidents
    }


def describe_actions(access: Access, action_ids: Sequence[UUID]) -> dict[UUID, Subject]:
    """What an alert to an action says: its incident's student and categories, and who wrote the action."""
    actions = list(Action.objects.filter(pk__in=action_ids, deleted_at=None))
    incidents = describe_incidents(access, [action.incident_id for action in actions])
    people = names_of({action.author_id for action in actions if action.author_id})
    subjects = {}
    for action in actions:
        about = incidents.get(action.incident_id)
        if about:
            subjects[action.pk] = Subject(
                word="Action",
                student=about.student,
                whom=about.whom,
                categories=about.categories,
                url=about.url,
                author=people[action.author_id].formal if action.author_id else action.source,
                is_practice=action.training == TrainingMark.PRACTICE,
            )
    return subjects


def assigned_to(access: Access) -> list[EntryLine]:
    """Incidents assigned to this person until they are Closed, oldest first."""
    if not access.is_elevated:
        return []
    incidents = list(
        Incident.objects.filter(readable_by(access), assignee=access.user_id, status=Status.ACTIVE).order_by(
            "happened_at", "number"
        )
    )
    return _lines(access, incidents, openable={incident.pk for incident in incidents})


def history_of(access: Access) -> list[EntryLine]:
    """What this person added in the last 7 days: number, student and categories, newest first.

    What a block keeps from them is left out. Of what they may not open they learn nothing that came later:
    the categories are those of the day they wrote, and no status is given.
    """
    since = now() - STANDS_FOR
    incidents = list(
        Incident.objects.filter(
            unblocked(access), author=access.user_id, recorded_at__gte=since, deleted_at=None
        ).order_by("-recorded_at")[:50]
    )
    actions = list(
        Action.objects.filter(
            author=access.user_id,
            recorded_at__gte=since,
            deleted_at=None,
            incident__in=Incident.objects.filter(unblocked(access), deleted_at=None),
        )
        .select_related("incident")
        .order_by("-recorded_at")[:50]
    )
    about = {action.incident_id: action.incident for action in actions}
    shown = {incident.pk: incident for incident in [*incidents, *about.values()]}
    lines = {
        line.id: line for line in _lines(access, shown.values(), openable=readable_among(access, list(shown)))
    }
    rows = [
        replace(
            lines[incident.pk],
            kind="Incident",
            at=incident.recorded_at,
            own_url=_own_url(access, "incidents:own-words", incident.pk),
        )
        for incident in incidents
    ] + [
        replace(
            lines[action.incident_id],
            kind="Action",
            at=action.recorded_at,
            id=action.pk,
            own_url=_own_url(access, "incidents:own-action", action.pk),
            is_practice=action.training == TrainingMark.PRACTICE,
        )
        for action in actions
    ]
    # What was merged stood under the categories of its own day, not under those it came to stand beside.
    incident_of = {action.pk: action.merged_from_id or action.incident_id for action in actions}
    rows = _as_written(access, rows, incident_of)
    return sorted(rows, key=lambda row: row.at, reverse=True)


def _own_url(access: Access, route: str, record_id: UUID) -> str:
    """Where one's own words open, if this session may read at all."""
    return reverse(route, args=[record_id]) if access.may_read_alerts else ""


def _as_written(access: Access, rows: list[EntryLine], incident_of: Mapping[UUID, UUID]) -> list[EntryLine]:
    """The rows, those that the person may not open with the categories of the moment of writing."""
    closed = {incident_of.get(row.id, row.id) for row in rows if not row.url}
    if not closed:
        return rows
    versions: dict[UUID, list[tuple[datetime, list[str]]]] = defaultdict(list)
    for incident, made_at, categories in (
        IncidentVersion.objects.filter(incident__in=closed)
        .order_by("made_at", "id")
        .values_list("incident", "made_at", "snapshot__categories")
    ):
        versions[incident].append((made_at, categories))
    # A version also names what was merged since; it keeps the words of its day.
    shown = CategoryNames(access, category_map(with_merged=True), opened_by_alert=True)

    def then(row: EntryLine) -> list[CategoryLine]:
        known = [stood for made_at, stood in versions[incident_of.get(row.id, row.id)] if made_at <= row.at]
        return shown.lines(UUID(category) for category in known[-1]) if known else []

    return [row if row.url else replace(row, categories=then(row), status_label="") for row in rows]


def last_telling(access: Access) -> TellingLine | None:
    """The line above the dashboard after "Add Incident": the newest of this person's own, for half a day."""
    incident = (
        Incident.objects.filter(
            unblocked(access),
            author=access.user_id,
            recorded_at__gte=now() - TELLING_STANDS_FOR,
            deleted_at=None,
        )
        .order_by("-recorded_at")
        .first()
    )
    return _telling(incident) if incident else None


def telling(access: Access, incident_id: UUID) -> TellingLine | None:
    """The same line for one incident of this person's own; None for anybody else's."""
    incident = Incident.objects.filter(
        unblocked(access), pk=incident_id, author=access.user_id, deleted_at=None
    ).first()
    return _telling(incident) if incident else None


def _telling(incident: Incident) -> TellingLine:
    told = [one for one in recipients_of([incident.pk]).get(incident.pk, []) if not one.withdrawn_at]
    return TellingLine(incident.pk, incident.number, incident.recorded_at, told)


def entry_lines(access: Access, incidents: Iterable[Incident]) -> list[EntryLine]:
    """One line each, with the categories that the person may see named: the caller found them listed."""
    incidents = list(incidents)
    # What is listed opens.
    return _lines(access, incidents, openable={one.pk for one in incidents}, opened_by_alert=False)


def _lines(
    access: Access,
    incidents: Iterable[Incident],
    *,
    openable: Collection[UUID],
    opened_by_alert: bool = True,
) -> list[EntryLine]:
    """One line each, with the categories that the person's mail named: the caller found them alerted,
    assigned or their own, and says which of them the person may open.
    """
    incidents = list(incidents)
    ids = [incident.pk for incident in incidents]
    if not ids:
        return []
    main = dict(
        IncidentStudent.objects.filter(incident__in=ids, part=Part.MAIN).values_list("incident", "student")
    )
    leaves: dict[UUID, list[UUID]] = defaultdict(list)
    for incident, category in IncidentCategory.objects.filter(incident__in=ids, is_leaf=True).values_list(
        "incident", "category"
    ):
        leaves[incident].append(category)
    students = students_by_ids(set(main.values()))
    shown = CategoryNames(access, category_map(), opened_by_alert=opened_by_alert)
    lines = [
        EntryLine(
            id=incident.pk,
            kind="Incident",
            number=incident.number,
            student=students.get(main[incident.pk]) if incident.pk in main else None,
            categories=shown.lines(leaves[incident.pk]),
            at=incident.happened_at,
            url=reverse("incidents:entry", args=[incident.pk]) if incident.pk in openable else "",
            status_label=Status(incident.status).label,
            whom=whom(incident),
            is_practice=incident.training == TrainingMark.PRACTICE,
        )
        for incident in incidents
    ]
    return _as_alerted(access, lines)


def _as_alerted(access: Access, lines: list[EntryLine]) -> list[EntryLine]:
    """The lines, those of incidents that an alert alone opens with student, categories and status of then."""
    moments = by_alert_alone(access, [line.id for line in lines])
    if not moments:
        return lines
    merged = came_by_merge(access, moments)
    lines = [replace(line, categories=[], status_label="") if line.id in merged else line for line in lines]
    stood = {pk: state for pk, state in incidents_as_of(moments).items() if pk not in merged}
    main = {
        incident: UUID(one["student"])
        for incident, state in stood.items()
        for one in state.snapshot["students"]
        if one["part"] == Part.MAIN
    }
    students = students_by_ids(set(main.values()) - students_blocked_among(access, set(main.values())))
    shown = CategoryNames(access, category_map(with_merged=True), opened_by_alert=True)
    return [
        replace(
            line,
            student=students.get(main[line.id]) if line.id in main else None,
            categories=shown.lines(stood[line.id].ids("categories")),
            status_label=Status(stood[line.id].snapshot["status"]).label,
            whom=whom_of(stood[line.id].snapshot),
        )
        if line.id in stood
        else line
        for line in lines
    ]
