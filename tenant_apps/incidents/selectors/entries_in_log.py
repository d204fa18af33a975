"""Cuts entries down to what stands in one student's log: whole, as a linked student's, or by reference."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from core.access import Access
from tenant_apps.incidents.enums import Part
from tenant_apps.incidents.models import ActionStudent, IncidentStudent
from tenant_apps.incidents.selectors.entry_values import ActionLine, Entry
from tenant_apps.students.selectors import visible_among

# The students whom each action was copied to, by the action.
Copies = Mapping[UUID, Sequence[ActionStudent]]


def in_log_of(student_id: UUID, entry: Entry, *, parts: Iterable[IncidentStudent], copies: Copies) -> Entry:
    """The entry as it stands in this student's log; `parts` are those of all its students."""
    part = next(part for part in parts if part.student_id == student_id)
    entry.is_pinned = part.pinned_at is not None
    if part.part == Part.MAIN:
        return entry
    if not part.shows_full:
        own_part = _copied(student_id, entry, copies) if part.shows_own_part else []
        return _as_reference(entry, own_part)
    entry.about = entry.main.student if entry.main else None
    if not part.shares_documents:
        entry.files = []
    entry.actions = _copied(student_id, entry, copies)
    return entry


def mark_open_logs(access: Access, entries: Iterable[Entry]) -> None:
    """Marks where "About" may lead: someone limited to other classes may not open that student's log."""
    about = {entry.about.id for entry in entries if entry.about}
    open_logs = visible_among(access, about) if about else set()
    for entry in entries:
        entry.is_about_open = entry.about is not None and entry.about.id in open_logs


def _copied(student_id: UUID, entry: Entry, copies: Copies) -> list[ActionLine]:
    """The actions that stand in a linked student's log, with the files that were shared."""
    own = {
        copy.action_id: copy
        for action in entry.actions
        for copy in copies[action.id]
        if copy.student_id == student_id
    }
    copied = [action for action in entry.actions if action.id in own]
    for action in copied:
        if not own[action.id].shares_documents:
            action.files = []
    return copied


def _as_reference(entry: Entry, own_part: list[ActionLine]) -> Entry:
    """The linked student's log says only that there is such an incident; what it says stands elsewhere.

    `own_part` is what was about this student before it was merged there: its words, and nobody else's name.
    """
    entry.is_reference = True
    entry.text, entry.author, entry.assignee, entry.status, entry.categories = "", "", "", "", []
    entry.main, entry.about, entry.linked, entry.whom = None, None, [], ""
    entry.agencies, entry.files, entry.maps, entry.told, entry.answers = [], [], [], [], []
    entry.actions = [action for action in own_part if action.removed is None]
    for action in entry.actions:
        action.told, action.options, action.categories, action.waiting_categories = [], [], [], []
        action.copied_to, action.not_copied_to = [], []
    entry.recorded_at, entry.edited_at = None, None
    return entry
