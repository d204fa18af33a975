"""Writes the demo's entries through the product's services, in the order in which they were recorded."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import yaml

from ops.demo_school import cast
from ops.demo_school.calendar import LONDON, SchoolDays
from ops.demo_school.papers import letter, paper

# School days, about a term, without a word about a child under a category.
QUIET_DAYS = 60
RECENT_DAYS = 15

# Fields of the school's own that stand on the form from the first day.
TOLD = "Have you told the safeguarding team in person or by phone?"
TOLD_WHOM = "Told whom, and when"

ROLES = {
    "sibling": "sibling",
    "other pupil involved": "other",
    "alleged to have done it": "alleged",
    "witness": "witness",
}


def read_records(folder: Path) -> list[dict[str, Any]]:
    """Every entry of the folder's YAML files."""
    return [row for path in sorted(folder.glob("*.yaml")) for row in yaml.safe_load(path.read_text("utf-8"))]


@dataclass(order=True)
class Moment:
    """Something that somebody did at a time."""

    at: datetime
    order: int
    do: Callable[[], None] = field(compare=False)


class Writer:
    """Adds the entries of one school, with their actions, alerts and monitoring, as they came about."""

    def __init__(self, subdomain: str, people: dict[str, UUID], days: SchoolDays) -> None:
        from shared_apps.people.selectors import names_of
        from tenant_apps.agencies.models import Agency
        from tenant_apps.categories.models import Category
        from tenant_apps.form_builder.enums import Form
        from tenant_apps.form_builder.selectors import standing_form
        from tenant_apps.maps.selectors import enabled_maps
        from tenant_apps.staff.selectors import alert_group_ids
        from tenant_apps.students.models import Student

        self.subdomain = subdomain
        self.people = people
        self.days = days
        self.random = Random(f"records of {subdomain}")
        self.categories = dict(Category.objects.values_list("name", "pk"))
        self.agencies = dict(Agency.objects.values_list("name", "pk"))
        self.groups = alert_group_ids()
        self.form = standing_form(Form.INCIDENT)
        self.body = enabled_maps()[0]
        self.students = dict(Student.objects.values_list("mis_id", "pk"))
        names = Student.objects.values_list("mis_id", "preferred_forename", "legal_forename")
        self.forenames = {mis_id: preferred or legal for mis_id, preferred, legal in names}
        self.names = names_of(set(people.values()))
        self.incidents: dict[str, Any] = {}
        self._accesses: dict[UUID, Any] = {}

    def write(self, rows: list[dict[str, Any]], besides: Iterable[Moment] = ()) -> None:
        """Everything in order of recording, as numbers rise; then the alerts are mailed and read.

        `besides`: what people did between the entries.
        """
        from django.db import transaction

        moments = [*self._clear_outs(rows), *besides]
        for order, row in enumerate(rows):
            moments.append(Moment(self.at(row["day"], row["recorded"]), order, self._adds(row)))
            for step, action in enumerate(row.get("actions") or []):
                at = self.at(action["day"], action["at"])
                moments.append(Moment(at, order + step + 1, self._acts(row, action)))
        # One commit instead of thousands: nobody else is in the school yet.
        with transaction.atomic():
            for moment in sorted(moments):
                moment.do()
            self._mail_what_is_past()
            self._read_alerts()

    def _adds(self, row: dict[str, Any]) -> Callable[[], None]:
        def do() -> None:
            from core.access import SYSTEM
            from core.db.keys import uuid7
            from tenant_apps.incidents.services import LinkedStudent, add_incident, change_status

            recorded_at = self.at(row["day"], row["recorded"])
            happened_at = self.at(row.get("happened_day", row["day"]), row["happened"])
            is_integration = row["author"].startswith("integration:")
            by = SYSTEM if is_integration else self.access(row["author"])
            draft = uuid7()
            if not is_integration:
                self._attach(row.get("files"), draft, by)
            users, groups = self._told(row.get("alerts") or [])
            text, answers = self._said(row["text"], row), []
            if row.get("told"):
                told = self._said(row["told"], row)
                answers = self._answers(row, {TOLD: "Yes", TOLD_WHOM: told})
                # Under other categories the form does not ask it.
                text += "" if answers else f"\n\nTold: {told}."
            self.incidents[row["id"]] = add_incident(
                incident_id=draft,
                student_id=self.students[row["student"]["mis_id"]],
                text=text,
                answers=answers,
                category_ids=[self.categories[name] for name in row["categories"]],
                linked=[
                    LinkedStudent(
                        self.students[link["mis_id"]], ROLES[link["role"]], link.get("copy", "full") == "full"
                    )
                    for link in row.get("linked") or []
                ],
                share_documents=False,
                marks=self._marks(row),
                happened_at=min(happened_at, recorded_at),
                status="closed" if self._is_closed_at_once(row) and by.is_elevated else "active",
                assignee_id=self.people[row["assign"]] if row.get("assign") else None,
                alert_user_ids=users,
                alert_group_ids=groups,
                source=row["author"].split(":")[1] if is_integration else "",
                by=by,
                at=recorded_at,
            )
            if self._is_closed_at_once(row) and not by.is_elevated:
                # Without a key one adds with the status Active; the DSL closes it.
                change_status(
                    incident_id=self.incidents[row["id"]].pk,
                    status="closed",
                    assignee_id=self.people[row["assign"]] if row.get("assign") else None,
                    by=self.access("dsl"),
                    at=recorded_at + timedelta(minutes=25),
                )

        return do

    def _answers(self, row: dict[str, Any], words: dict[str, str]) -> list[Any]:
        """What was answered in the form's fields of these names, as far as the row's categories ask them."""
        from tenant_apps.form_builder.adapters import AnswerGiven

        chosen = {self.categories[name] for name in row["categories"]}
        return [
            AnswerGiven(UUID(item.key), item.name, str(item.kind), (words[item.name],), place)
            for place, item in enumerate(self.form.items)
            if item.is_custom and item.name in words and item.is_asked(chosen)
        ]

    def _marks(self, row: dict[str, Any]) -> list[Any]:
        """The marks on the Body Map, each by the name of its place."""
        from tenant_apps.incidents.selectors.marks import Marked

        places = {place.name: place for place in self.body.places}
        marked = sorted(row.get("map") or [], key=lambda one: one["n"])
        found = [places[f"{one['where']}, {one['side']}"] for one in marked]
        return [Marked(self.body.id, place.x, place.y) for place in found]

    @staticmethod
    def _is_closed_at_once(row: dict[str, Any]) -> bool:
        return row["status"] == "Closed" and not any(
            action.get("closes") for action in row.get("actions") or []
        )

    def _acts(self, row: dict[str, Any], action: dict[str, Any]) -> Callable[[], None]:
        def do() -> None:
            from core.db.keys import uuid7
            from tenant_apps.incidents.selectors import may_read_incident, reads_whole
            from tenant_apps.incidents.services import add_action, change_status, pin_incident

            at = self.at(action["day"], action["at"])
            incident = self.incidents[row["id"]]
            by = self.access(action["author"])
            if not may_read_incident(by, incident.pk):
                self._alert(incident, action["author"], at - timedelta(minutes=9))
            draft = uuid7()
            self._attach(action.get("files"), draft, by)
            users, groups = self._told(action.get("alerts") or [])
            written = add_action(
                action_id=draft,
                incident_id=incident.pk,
                text=self._said(action["text"], row),
                happened_at=at,
                category_ids=[self.categories[name] for name in action.get("add_categories") or []],
                copies_to_linked=bool(action.get("copy_to_linked")),
                agency_ids=[self.agencies[name] for name in action.get("agencies") or []],
                alert_user_ids=users,
                alert_group_ids=groups,
                by=by,
                at=at,
            )
            self._remind(row, action, written, by, at)
            if action.get("pin"):
                pin_incident(
                    incident_id=incident.pk, student_id=self.students[row["student"]["mis_id"]], by=by, at=at
                )
            self.end_monitoring(row["student"]["mis_id"], action.get("ends_monitoring") or [], at)
            if action.get("closes"):
                closer = by if by.is_elevated and reads_whole(by, incident.pk) else self.access("dsl")
                change_status(
                    incident_id=incident.pk,
                    status="closed",
                    assignee_id=self.people[row["assign"]] if row.get("assign") else None,
                    by=closer,
                    at=at,
                )

        return do

    def _remind(
        self, row: dict[str, Any], action: dict[str, Any], written: Any, by: Any, at: datetime
    ) -> None:
        """ "Add to planner", where the day is still to come or nobody has come back to it since."""
        from tenant_apps.incidents.services import remind_of_action
        from tenant_apps.planner.permissions import may_plan
        from tenant_apps.planner.services import ReminderGiven

        if "planner" not in action or not may_plan(by):
            return
        due = action["day"] + int(action["planner"])
        if action is not row["actions"][-1] and (due <= 0 or row["status"] == "Closed"):
            return
        given = ReminderGiven(
            f"Look again at incident no. {self.incidents[row['id']].number}", self.at(due, "08:30")
        )
        remind_of_action(action_id=written.pk, reminder=given, by=by, at=at)

    def _alert(self, incident: Any, token: str, at: datetime) -> None:
        """Someone who acts on what they may not view by category was alerted to it first."""
        from tenant_apps.alerts.services import raise_alerts

        raise_alerts(
            kind="incident",
            record_id=incident.pk,
            root_id=incident.pk,
            recipients={self.people[token]: "chosen"},
            category_ids=list(incident.carried.values_list("category", flat=True)),
            by=self.access("dsl"),
            at=at,
        )

    def end_monitoring(self, mis_id: str, names: Iterable[str], at: datetime) -> None:
        from tenant_apps.monitoring.services import end

        if categories := [self.categories[name] for name in names]:
            end(
                student_ids=[self.students[mis_id]],
                category_ids=categories,
                by=self.access("dsl"),
                at=at,
            )

    def _clear_outs(self, rows: list[dict[str, Any]]) -> list[Moment]:
        """At the end of each school year the DSL ends what nobody has written about for a term."""
        active: dict[tuple[str, str], list[int]] = {}
        for row in rows:
            for step in [row, *(row.get("actions") or [])]:
                for name in [*row["categories"], *step.get("add_categories", [])]:
                    active.setdefault((row["student"]["mis_id"], name), []).append(step["day"])
        first = min((row["day"] for row in rows), default=0)
        last_days = [day for day in range(first, 0) if self._ends_year(day)]

        def clearing(day: int) -> Callable[[], None]:
            def do() -> None:
                for (mis_id, name), when in sorted(active.items()):
                    begun = [one for one in when if one <= day]
                    if begun and max(begun) < day - QUIET_DAYS:
                        self.end_monitoring(mis_id, [name], self.at(day, "15:40"))

            return do

        return [Moment(self.at(day, "15:40"), len(rows), clearing(day)) for day in last_days]

    def _ends_year(self, day: int) -> bool:
        return self.days.day(day).month == 7 and self.days.day(day + 1).month == 9

    def _mail_what_is_past(self) -> None:
        """Mails of earlier days went out long ago; those of the last two days go when the demo starts."""
        from core.access import SYSTEM
        from core.outbox.models import OutboxEntry
        from tenant_apps.alerts.models import Alert
        from tenant_apps.alerts.services import ALERT_MAIL, ASSIGNMENT_MAIL, note_mailed

        since = self.at(-1, "00:00")
        past = dict(Alert.objects.filter(created_at__lt=since).values_list("pk", "created_at"))
        for alert, created_at in past.items():
            note_mailed(alert_id=alert, by=SYSTEM, at=created_at + timedelta(seconds=4))
        owed = OutboxEntry.objects.filter(done_at=None)
        paid = [entry.pk for entry in owed.filter(topic=ALERT_MAIL) if UUID(entry.key) in past]
        # An assignment's key ends in its moment.
        paid += [
            entry.pk
            for entry in owed.filter(topic=ASSIGNMENT_MAIL)
            if float(entry.key.rsplit(":", 1)[1]) < since.timestamp()
        ]
        OutboxEntry.objects.filter(pk__in=paid).update(done_at=since)

    def _read_alerts(self) -> None:
        """Everyone has read their alerts but the last few of those whom the demo leaves some."""
        from django.utils import timezone

        from tenant_apps.alerts.models import Alert
        from tenant_apps.alerts.services import mark_opened
        from tenant_apps.incidents.models import Action
        from tenant_apps.incidents.services import mark_read

        keeps = {self.people[token]: count for token, count in cast.UNREAD[self.subdomain].items()}
        answered: dict[tuple[UUID, UUID], list[datetime]] = {}
        for author, root, at in Action.objects.order_by("-recorded_at").values_list(
            "author", "incident", "recorded_at"
        ):
            answered.setdefault((author, root), []).append(at)
        unread: dict[tuple[UUID, UUID], list[Alert]] = {}
        for alert in Alert.objects.filter(read_at=None).order_by("-created_at", "-id"):
            unread.setdefault((alert.recipient_id, alert.root_id), []).append(alert)
        recently = self.at(-RECENT_DAYS, "00:00")
        long_read: list[Alert] = []
        recent: list[tuple[UUID, UUID, datetime]] = []
        for (user, root), raised in unread.items():
            if (user, root) not in answered and len(raised) <= keeps.get(user, 0):
                keeps[user] -= len(raised)
                continue
            for alert in raised:
                # Whoever wrote back had opened it before.
                replies = [at for at in answered.get((user, root), []) if at > alert.created_at]
                pause = timedelta(minutes=self.random.randint(3, 95))
                if replies:
                    pause = min(pause, (replies[-1] - alert.created_at) / 2)
                alert.first_opened_at = alert.created_at + pause
                alert.read_at = alert.first_opened_at + min(pause, timedelta(minutes=4))
            newest = raised[0]
            # The services read all of a record at once, so only the newest alert goes their way.
            is_recent = newest.created_at >= recently
            long_read += raised[1:] if is_recent else raised
            if is_recent and (opened_at := newest.first_opened_at):
                recent.append((user, root, min(opened_at, timezone.now())))
        Alert.objects.bulk_update(long_read, ["first_opened_at", "read_at"], batch_size=500)
        for user, root, opened_at in recent:
            by = self.access_of(user)
            mark_opened(root_ids=[root], by=by, at=opened_at)
            mark_read(incident_id=root, by=by, at=min(opened_at + timedelta(minutes=4), timezone.now()))

    def _said(self, text: str, row: dict[str, Any]) -> str:
        """The text with pupils named as the MIS spells them and staff by title and surname."""
        involved = [row["student"], *(row.get("linked") or [])]
        keys = ["S", *(f"L{number}" for number in range(1, len(involved)))]
        pupils = {key: self.forenames[one["mis_id"]] for key, one in zip(keys, involved, strict=True)}

        def word(found: re.Match[str]) -> str:
            token = found[1]
            if token.startswith("ID:"):
                return f"no. {self.incidents[token[3:]].number}"
            if token in pupils:
                return pupils[token]
            return str(self.names[self.people[token]].formal)

        return re.sub(r"\{([\w.:-]+)\}", word, text).strip()

    def _told(self, names: Iterable[str]) -> tuple[list[UUID], list[UUID]]:
        users = [self.people[name] for name in names if name not in self.groups]
        return users, [self.groups[name] for name in names if name in self.groups]

    def _attach(self, names: Iterable[str] | None, draft: UUID, by: Any) -> None:
        from tenant_apps.documents.services import receive
        from tenant_apps.incidents.services import claim_draft

        for name in names or []:
            claim_draft(by, draft)
            content = paper(name) if name.endswith(".pdf") else letter(name)
            receive(iter([content]), name=name, owner=("draft", draft), by=by)

    def access(self, token: str) -> Any:
        return self.access_of(self.people[token])

    def access_of(self, user_id: UUID) -> Any:
        from shared_apps.people.models import User
        from shared_apps.people.selectors import has_key
        from tenant_apps.classes.selectors import load_access

        if user_id not in self._accesses:
            user = User.objects.get(pk=user_id)
            self._accesses[user_id] = load_access(user, is_elevated=has_key(user_id))
        return self._accesses[user_id]

    def at(self, day: int, clock: str) -> datetime:
        return self.days.at(day, clock).astimezone(LONDON)
