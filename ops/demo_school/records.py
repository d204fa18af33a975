"""Writes the demo's entries through the product's services, in the order in which they were recorded."""

import io
import re
import zipfile
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
    """Adds the entries of one school, with their actions, alerts read and statuses."""

    def __init__(self, subdomain: str, people: dict[str, UUID], days: SchoolDays) -> None:
        from tenant_apps.agencies.models import Agency
        from tenant_apps.categories.models import Category
        from tenant_apps.staff.selectors import alert_group_ids
        from tenant_apps.students.models import Student

        self.subdomain = subdomain
        self.people = people
        self.days = days
        self.random = Random(f"records of {subdomain}")
        self.categories = dict(Category.objects.values_list("name", "pk"))
        self.agencies = dict(Agency.objects.values_list("name", "pk"))
        self.groups = alert_group_ids()
        self.students = dict(Student.objects.values_list("mis_id", "pk"))
        self.incidents: dict[str, Any] = {}
        self._accesses: dict[tuple[UUID, bool], Any] = {}

    def write(self, rows: list[dict[str, Any]]) -> None:
        """Everything in order of recording, as numbers rise; then the alerts are read."""
        moments: list[Moment] = []
        for order, row in enumerate(rows):
            moments.append(Moment(self._at(row["day"], row["recorded"]), order, self._adds(row)))
            for step, action in enumerate(row.get("actions") or []):
                at = self._at(action["day"], action["at"])
                moments.append(Moment(at, order + step + 1, self._acts(row, action)))
        for moment in sorted(moments):
            moment.do()
        self._read_alerts()

    def _adds(self, row: dict[str, Any]) -> Callable[[], None]:
        def do() -> None:
            from core.access import SYSTEM
            from core.db.keys import uuid7
            from tenant_apps.incidents.services import LinkedStudent, add_incident

            recorded_at = self._at(row["day"], row["recorded"])
            happened_at = self._at(row.get("happened_day", row["day"]), row["happened"])
            is_integration = row["author"].startswith("integration:")
            by = SYSTEM if is_integration else self._access(row["author"])
            draft = uuid7()
            if not is_integration:
                self._attach(row.get("files"), draft, by)
            users, groups = self._told(row.get("alerts") or [])
            text = self._said(row["text"], row)
            if row.get("told"):
                text += f"\n\nTold: {self._said(row['told'], row)}."
            self.incidents[row["id"]] = add_incident(
                incident_id=draft,
                student_id=self.students[row["student"]["mis_id"]],
                text=text,
                category_ids=[self.categories[name] for name in row["categories"]],
                linked=[
                    LinkedStudent(
                        self.students[link["mis_id"]], ROLES[link["role"]], link.get("copy", "full") == "full"
                    )
                    for link in row.get("linked") or []
                ],
                share_documents=False,
                happened_at=min(happened_at, recorded_at),
                assignee_id=self.people[row["assign"]] if row.get("assign") else None,
                alert_user_ids=users,
                alert_group_ids=groups,
                source=row["author"].split(":")[1] if is_integration else "",
                by=by,
                at=recorded_at,
            )

        return do

    def _acts(self, row: dict[str, Any], action: dict[str, Any]) -> Callable[[], None]:
        def do() -> None:
            from core.db.keys import uuid7
            from tenant_apps.incidents.selectors import may_read_incident
            from tenant_apps.incidents.services import add_action, change_status

            at = self._at(action["day"], action["at"])
            incident = self.incidents[row["id"]]
            by = self._access(action["author"])
            if not may_read_incident(by, incident.pk):
                self._alert(incident, action["author"], at - timedelta(minutes=9))
            draft = uuid7()
            self._attach(action.get("files"), draft, by)
            users, groups = self._told(action.get("alerts") or [])
            add_action(
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
            if action.get("closes"):
                closer = by if by.is_elevated and may_read_incident(by, incident.pk) else self._access("dsl")
                change_status(
                    incident_id=incident.pk,
                    status="closed",
                    assignee_id=self.people[row["assign"]] if row.get("assign") else None,
                    by=closer,
                    at=at,
                )

        return do

    def _alert(self, incident: Any, token: str, at: datetime) -> None:
        """Someone who acts on what they may not view by category was alerted to it first."""
        from tenant_apps.alerts.services import raise_alerts

        raise_alerts(
            kind="incident",
            record_id=incident.pk,
            root_id=incident.pk,
            recipients={self.people[token]: "chosen"},
            category_ids=list(incident.carried.values_list("category", flat=True)),
            by=self._access("dsl"),
            at=at,
        )

    def _read_alerts(self) -> None:
        """Everyone has read their alerts but the last few of those whom the demo leaves some."""
        from django.utils import timezone

        from tenant_apps.alerts.models import Alert
        from tenant_apps.alerts.services import mark_opened
        from tenant_apps.incidents.services import mark_read

        keeps = {self.people[token]: count for token, count in cast.UNREAD[self.subdomain].items()}
        kept: dict[UUID, set[UUID]] = {}
        alerts = Alert.objects.filter(read_at=None).order_by("-created_at", "-id")
        for user, root, created_at in alerts.values_list("recipient", "root_id", "created_at"):
            mine = kept.setdefault(user, set())
            if root in mine or len(mine) < keeps.get(user, 0):
                mine.add(root)
                continue
            opened_at = min(created_at + timedelta(minutes=self.random.randint(3, 95)), timezone.now())
            by = self._access_of(user)
            mark_opened(root_ids=[root], by=by, at=opened_at)
            if Alert.objects.filter(recipient=user, root_id=root, read_at=None).exists():
                mark_read(incident_id=root, by=by, at=min(opened_at + timedelta(minutes=4), timezone.now()))

    def _said(self, text: str, row: dict[str, Any]) -> str:
        """The text with pupils named as the MIS spells them and staff by title and surname."""
        from shared_apps.people.selectors import names_of
        from tenant_apps.students.models import Student

        involved = [row["student"], *(row.get("linked") or [])]
        keys = ["S", *(f"L{number}" for number in range(1, len(involved)))]
        pupils = {
            key: self._forename(Student.objects.get(mis_id=one["mis_id"]))
            for key, one in zip(keys, involved, strict=True)
        }

        def word(found: re.Match[str]) -> str:
            token = found[1]
            if token.startswith("ID:"):
                return f"no. {self.incidents[token[3:]].number}"
            if token in pupils:
                return pupils[token]
            return names_of([self.people[token]])[self.people[token]].formal

        return re.sub(r"\{([\w:-]+)\}", word, text).strip()

    @staticmethod
    def _forename(student: Any) -> str:
        return str(student.preferred_forename or student.legal_forename)

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

    def _access(self, token: str) -> Any:
        return self._access_of(self.people[token])

    def _access_of(self, user_id: UUID) -> Any:
        from shared_apps.people.models import User
        from shared_apps.people.selectors import has_key
        from tenant_apps.classes.selectors import load_access

        elevated = has_key(user_id)
        if (user_id, elevated) not in self._accesses:
            user = User.objects.get(pk=user_id)
            self._accesses[user_id, elevated] = load_access(user, is_elevated=elevated)
        return self._accesses[user_id, elevated]

    def _at(self, day: int, clock: str) -> datetime:
        return self.days.at(day, clock).astimezone(LONDON)


def paper(name: str) -> bytes:
    """A one-page PDF that says what it would be."""
    from weasyprint import HTML

    title = name.removesuffix(".pdf")
    return bytes(HTML(string=f"<h1>{title}</h1><p>An invented paper of the demo.</p>").write_pdf())


def letter(name: str) -> bytes:
    """A small Word document that says what it would be."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELATIONS)
        archive.writestr("word/document.xml", DOCUMENT.replace("TITLE", name))
    return content.getvalue()


CONTENT_TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType='
    '"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Target="word/document.xml" Type='
    '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"/></Relationships>'
)
DOCUMENT = (
    '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>TITLE</w:t></w:r></w:p></w:body></w:document>"
)
