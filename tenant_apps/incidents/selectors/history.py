""" "View History": every version of an incident or action, each beside the one before it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from core.access import Access
from shared_apps.people.selectors import names_of
from tenant_apps.agencies.selectors import agency_names
from tenant_apps.categories.selectors import category_map
from tenant_apps.documents.selectors import document_names, taken_off
from tenant_apps.incidents.enums import LinkRole, Part, Status, TrainingMark, Tray
from tenant_apps.incidents.models import Action, ActionVersion, Incident, IncidentVersion
from tenant_apps.incidents.selectors.answers import read_as
from tenant_apps.incidents.selectors.category_names import CategoryNames
from tenant_apps.incidents.selectors.entry_values import FileLine
from tenant_apps.incidents.selectors.finding import is_listed
from tenant_apps.incidents.selectors.marks import in_words, maps_of, marks_in
from tenant_apps.incidents.selectors.merging import numbers_known
from tenant_apps.incidents.selectors.unlisted import about_in_words
from tenant_apps.staff.permissions import can_use_files
from tenant_apps.students.selectors import StudentName, hide_names, students_by_ids

PAGE = 20
WORDS = re.compile(r"\S+|\s+")
# Comparing costs up to the square of the words that differ: past this the passage is shown old, then new.
MOST_COMPARED = 3000
EVENTS = {
    "became": "Taken out: it is {} now",
    "merged_from": "Merged here: it was {}",
    "merged_in": "Merged into this: {}, as an action",
    "merged_into": "Merged into {}, as an action",
    "split_from": "Taken out of {}, where it was an action",
    "split_off": "An action was taken out: it is {} now",
}


@dataclass(frozen=True)
class TextPart:
    """A run of words: `kind` is "same", "added" or "removed"."""

    kind: str
    words: str


@dataclass(frozen=True)
class FieldChange:
    """Something besides the text that changed, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Event:
    """What made a version, where it was no edit, in words; `url` leads to the other incident, or is empty."""

    words: str
    url: str = ""


@dataclass(frozen=True)
class VersionLine:
    """One version: who made it when, and how it differs from the one before. The first shows all it held."""

    id: UUID
    made_at: datetime
    made_by: str
    is_first: bool
    text: list[TextPart]
    changes: list[FieldChange] = field(default_factory=list)
    event: "Event | None" = None


@dataclass(frozen=True)
class HistoryPage:
    """Versions, the newest first; `older` continues the list. `files` were taken off the record since."""

    versions: list[VersionLine]
    older: UUID | None
    files: list[FileLine] = field(default_factory=list)


def incident_history(access: Access, incident: Incident, *, before: UUID | None = None) -> HistoryPage:
    """The versions of an incident that the caller has found open to this editor."""
    rows = IncidentVersion.objects.filter(incident=incident)
    page = _page(access, rows, incident, before)
    return replace(page, files=_taken_off(access, ("incident", incident.pk), incident))


def action_history(access: Access, action: Action, *, before: UUID | None = None) -> HistoryPage:
    """The versions of an action whose incident the caller has found open to this editor."""
    rows = ActionVersion.objects.filter(action=action)
    page = _page(access, rows, action.incident, before)
    return replace(page, files=_taken_off(access, ("action", action.pk), action.incident))


def _taken_off(access: Access, owner: tuple[str, UUID], incident: Incident) -> list[FileLine]:
    opens = can_use_files(access)
    pupils = list(incident.participants.values_list("student", flat=True))
    return [
        FileLine(
            document.id,
            hide_names(document.name, about=pupils, typed=incident.unlisted_name),
            document.url if opens else "",
        )
        for document in taken_off(*owner)
    ]


def differing(before: str, after: str) -> list[TextPart]:
    """How one text differs from another, word by word. Joined, what is not "removed" is `after`."""
    # A browser sends the ends of lines in another way than an integration.
    old, new = (WORDS.findall(text.replace("\r\n", "\n")) for text in (before, after))
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    parts = [("same", old[:start])]
    parts += _compared(old[start : len(old) - end], new[start : len(new) - end])
    parts.append(("same", old[len(old) - end :]))
    return [TextPart(kind, "".join(words)) for kind, words in parts if words]


def _compared(old: list[str], new: list[str]) -> list[tuple[str, list[str]]]:
    if max(len(old), len(new)) > MOST_COMPARED:
        return [("removed", old), ("added", new)]
    found: list[tuple[str, list[str]]] = []
    for what, old_from, old_to, new_from, new_to in SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if what == "equal":
            found.append(("same", old[old_from:old_to]))
            continue
        found += [("removed", old[old_from:old_to]), ("added", new[new_from:new_to])]
    return found


def _page(access: Access, rows: Any, incident: Incident, before: UUID | None) -> HistoryPage:
    ordered = rows.order_by("-made_at", "-id")
    place = ordered.filter(pk=before).first() if before else None
    if place is not None:
        ordered = ordered.filter(made_at__lte=place.made_at).exclude(made_at=place.made_at, id__gte=place.pk)
    found = list(ordered[: PAGE + 1])
    words = _Words(access, [version.snapshot for version in found], incident)
    people = names_of({version.made_by_id for version in found})
    lines = []
    for index, version in enumerate(found[:PAGE]):
        earlier = found[index + 1].snapshot if index + 1 < len(found) else None
        text = words.hidden(version.snapshot["text"])
        stood = words.hidden(earlier["text"]) if earlier else ""
        lines.append(
            VersionLine(
                id=version.pk,
                made_at=version.made_at,
                made_by=people[version.made_by_id].full if version.made_by_id else "",
                is_first=earlier is None,
                text=differing(stood, text) if earlier else [TextPart("same", text)],
                changes=words.changes(earlier or {}, version.snapshot),
                event=words.event(version.snapshot),
            )
        )
    return HistoryPage(lines, found[PAGE - 1].pk if len(found) > PAGE else None)


class _Words:
    """What stands in snapshots, in words; read in a fixed number of queries."""

    def __init__(self, access: Access, snapshots: Iterable[Mapping[str, Any]], incident: Incident) -> None:
        snapshots = list(snapshots)
        students = {UUID(_student(one)) for shot in snapshots for one in shot.get("students", [])}
        moves = [one for one in _events(snapshots) if one["kind"] == "moved"]
        students |= {UUID(one[end]) for one in moves for end in ("from", "to")}
        agencies = {UUID(one) for shot in snapshots for one in shot.get("agencies", [])}
        assignees = {UUID(shot["assignee"]) for shot in snapshots if shot.get("assignee")}
        self.students: Mapping[UUID, StudentName] = students_by_ids(students)
        self.agencies = agency_names(agencies)
        self.people = names_of(assignees)
        self.maps = maps_of(*(marks_in(shot) for shot in snapshots))
        self.files = document_names(UUID(one) for shot in snapshots for one in shot.get("files", []))
        # Who took part once is named in what stood then.
        self.pupils = {*incident.participants.values_list("student", flat=True), *students}
        self.typed = incident.unlisted_name
        self.numbers = numbers_known(access, [UUID(one["incident"]) for one in _events(snapshots)])
        is_alerted = not is_listed(access, incident.pk)
        # A version also names what was merged since.
        self.categories = CategoryNames(access, category_map(with_merged=True), is_alerted)

    def hidden(self, text: str) -> str:
        """The text with names hidden, where the session hides them."""
        return hide_names(text, about=self.pupils, typed=self.typed)

    def changes(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldChange]:
        then, since = self._fields(before), self._fields(after)
        return [
            FieldChange(label, then.get(label, ""), words)
            for label, words in since.items()
            if words != then.get(label, "") and (label != "Files" or not before or "files" in before)
        ] + self._changed_answers(before, after)

    def _changed_answers(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldChange]:
        """By the field, whatever it was called: two of them may have the same name, or one of a built-in."""
        then, since = ({one["field"]: one for one in shot.get("answers", [])} for shot in (before, after))
        return [
            FieldChange((since.get(field) or then[field])["name"], *told)
            for field in dict.fromkeys([*since, *then])
            if (told := [self._answer(some.get(field)) for some in (then, since)])[0] != told[1]
        ]

    def _answer(self, kept: Mapping[str, Any] | None) -> str:
        return read_as([kept], self.hidden)[0].words if kept else ""

    def event(self, shot: Mapping[str, Any]) -> Event | None:
        """What made this version. Another incident goes by its number for whom it is open."""
        told = shot.get("event")
        if told is None:
            return None
        if told["kind"] == "moved":
            before, after = (self.students[UUID(told[end])].name for end in ("from", "to"))
            reason = hide_names(told["reason"], about=self.pupils)
            return Event(f"Moved from {before} to {after}. Reason: {reason}")
        other = UUID(told["incident"])
        number = self.numbers.get(other)
        named = f"incident no. {number}" if number else "another incident"
        # Of what became an action only the history stands by itself.
        route = "history" if told["kind"] in {"merged_in", "merged_from"} else "entry"
        return Event(
            EVENTS[told["kind"]].format(named),
            reverse(f"incidents:{route}", args=[other]) if number else "",
        )

    def _fields(self, shot: Mapping[str, Any]) -> dict[str, str]:
        if not shot:
            return {}
        happened = parse_datetime(shot["happened_at"])
        found = {
            "Date/Time": f"{timezone.localtime(happened):%d/%m/%Y %H:%M}" if happened else "",
            "Categories": ", ".join(
                line.name for line in self.categories.lines(UUID(one) for one in shot["categories"])
            ),
            "Linked student(s)": ", ".join(self._linked(one) for one in shot["students"] if _is_linked(one)),
            "Agency Involved": ", ".join(
                sorted(self.agencies.get(UUID(one), "") for one in shot["agencies"])
            ),
        }
        if "files" in shot:
            names = sorted(self.files[UUID(one)] for one in shot["files"])
            found["Files"] = self.hidden(", ".join(names))
        found["Maps"] = in_words(marks_in(shot), self.maps, self.hidden)
        if shot.get("about"):
            found["Student"] = self._main(shot)
            found["Tray"] = Tray(shot["tray"]).label
        if "status" in shot:
            found["Status"] = Status(shot["status"]).label
            assignee = shot["assignee"]
            found["Assign to"] = self.people[UUID(assignee)].full if assignee else ""
        found["Training mode"] = TrainingMark(mark).label if (mark := shot.get("training")) else ""
        found["Deleted"] = ""
        if shot["deleted"]:
            reason = self.hidden(shot.get("reason", ""))
            found["Deleted"] = f"yes. Reason for deletion: {reason}" if reason else "yes"
        return found

    def _main(self, shot: Mapping[str, Any]) -> str:
        main = [UUID(one["student"]) for one in shot["students"] if not _is_linked(one)]
        return self.students[main[0]].name if main else about_in_words(shot["about"], *shot["unlisted"])

    def _linked(self, part: Mapping[str, Any] | str) -> str:
        name = self.students[UUID(_student(part))].name
        if isinstance(part, str):
            return name
        role = LinkRole(part["role"]).label if part["role"] else ""
        told = ", ".join(one for one in (role, "" if part["shows_full"] else "by reference") if one)
        return f"{name} ({told})" if told else name


def _events(snapshots: Iterable[Mapping[str, Any]]) -> list[Mapping[str, str]]:
    return [shot["event"] for shot in snapshots if "event" in shot]


def _student(part: Mapping[str, Any] | str) -> str:
    return part if isinstance(part, str) else part["student"]


def _is_linked(part: Mapping[str, Any] | str) -> bool:
    return isinstance(part, str) or part["part"] == Part.LINKED
