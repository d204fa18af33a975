"""What a page is given of an incident and of its actions: values, without a query."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from tenant_apps.alerts.selectors import AlertStatus
from tenant_apps.incidents.selectors.answers import AnswerLine
from tenant_apps.incidents.selectors.category_names import CategoryLine
from tenant_apps.incidents.selectors.marks import MarkedMap
from tenant_apps.students.selectors import StudentName


@dataclass(frozen=True)
class StudentPart:
    """A student's part in an incident as a page names it."""

    student: StudentName
    is_main: bool
    role: str
    shows_full: bool


@dataclass(frozen=True)
class FileLine:
    """A file on an entry; `url` is empty for someone without the permission "Files"."""

    id: UUID
    name: str
    url: str


@dataclass(frozen=True)
class WaitingCategory:
    """A category that someone without a key proposed; a key user confirms or declines it."""

    id: UUID
    name: str


@dataclass
class ActionLine:
    """An action as a page shows it. `recorded_at` only where it differs from the event by over an hour.

    `not_copied_to` are the students linked with the full text who do not have it in their log.
    """

    id: UUID
    text: str
    author: str
    happened_at: datetime
    recorded_at: datetime | None
    edited_at: datetime | None
    agencies: list[str]
    files: list[FileLine]
    categories: list[CategoryLine]
    waiting_categories: list[WaitingCategory]
    copied_to: list[str]
    told: list[AlertStatus]
    not_copied_to: list[StudentName] = field(default_factory=list)
    maps: list[MarkedMap] = field(default_factory=list)
    removed: dict[str, Any] | None = None
    is_practice: bool = False
    answers: list[AnswerLine] = field(default_factory=list)
    options: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Entry:
    """An incident as a page shows it to one person: only what that person may see.

    `recorded_at` is given only where it differs from the event by over an hour, `as_of` where the person sees
    it as it stood then. The last fields belong to the
    page: its views fill in where the entry leads.
    """

    id: UUID
    number: int | None
    text: str
    author: str
    happened_at: datetime
    recorded_at: datetime | None
    edited_at: datetime | None
    status: str
    assignee_id: UUID | None
    assignee: str
    main: StudentPart | None
    linked: list[StudentPart]
    categories: list[CategoryLine]
    agencies: list[str]
    files: list[FileLine]
    told: list[AlertStatus]
    maps: list[MarkedMap] = field(default_factory=list)
    actions: list[ActionLine] = field(default_factory=list)
    has_unread_alert: bool = False
    as_of: datetime | None = None
    is_part_alone: bool = False
    is_reference: bool = False
    is_pinned: bool = False
    carried_ids: frozenset[UUID] = frozenset()
    student_ids: list[UUID] = field(default_factory=list)
    removed: dict[str, Any] | None = None
    is_practice: bool = False
    answers: list[AnswerLine] = field(default_factory=list)
    options: list[dict[str, Any]] = field(default_factory=list)
    about: StudentName | None = None
    is_about_open: bool = False
    whom: str = ""
    tray: str = ""
    mark_read_url: str = ""
    add_action_url: str = ""
    attach_url: str = ""
    is_highlighted: bool = False

    @property
    def every_map(self) -> list[MarkedMap]:
        """The maps it is marked on, and those of the actions beneath it."""
        return [*self.maps, *(shown for action in self.actions for shown in action.maps)]

    @property
    def month(self) -> datetime:
        """The month of the event in the school's zone, to group by."""
        return timezone.localtime(self.happened_at).replace(day=1, hour=0, minute=0, second=0, microsecond=0)

    @property
    def colour(self) -> str:
        """The palette class of the first category named, for the square beside the date."""
        return self.categories[0].colour if self.categories else "k12"
