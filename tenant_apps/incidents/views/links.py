"""Where an entry leads: the addresses that its reader may use."""

from collections.abc import Iterable
from uuid import UUID

from django.urls import reverse

from core.access import Access
from core.access.enums import SystemPermission
from tenant_apps.incidents.selectors import Entry
from tenant_apps.staff.permissions import can_block_readers


def place_in_log(student_id: UUID, incident_id: UUID) -> str:
    """The address of an incident within a student's log, where it is highlighted."""
    log = reverse("incidents:chronology", args=[student_id])
    return f"{log}?incident={incident_id}#incident-{incident_id}"


def add_links(entries: Iterable[Entry], access: Access, *, highlighted: UUID | None) -> None:
    """Fills in options, "Add Action", "mark as read" and the highlight of each entry."""
    may_add = access.can(SystemPermission.ADD_ENTRIES)
    for entry in entries:
        entry.is_highlighted = entry.id == highlighted
        if entry.is_reference:
            continue
        if entry.removed:
            entry.removed |= _of_deleted("incident", entry.id)
            continue
        entry.options = [{"label": "Print view", "url": reverse("incidents:print", args=[entry.id])}]
        if access.is_elevated:
            entry.options.append(
                {"label": "Status and assignee", "url": reverse("incidents:change-status", args=[entry.id])}
            )
        if access.is_elevated and access.is_editor:
            entry.options += _editing("incident", entry.id)
        if access.is_elevated and access.is_editor and _has_open_alert(entry):
            withdraw_url = reverse("incidents:withdraw-alerts", args=[entry.id])
            entry.options.append({"label": "Withdraw alert", "url": withdraw_url})
        entry.options.append(
            {"label": "Who can read this", "url": reverse("incidents:readers", args=[entry.id])}
        )
        if can_block_readers(access):
            entry.options.append(
                {
                    "label": "Staff who may not see this record",
                    "url": reverse("incidents:blocked", args=[entry.id]),
                }
            )
        if may_add:
            entry.add_action_url = reverse("incidents:add-action", args=[entry.id])
        for action in entry.actions:
            if may_add and access.is_elevated and action.not_copied_to:
                copy_url = reverse("incidents:copy-action", args=[action.id])
                action.options = [{"label": "Add to linked incidents", "url": copy_url}]
            if action.removed:
                action.options = []
                action.removed |= _of_deleted("action", action.id)
            elif access.is_elevated and access.is_editor:
                action.options = _editing("action", action.id) + action.options
        if entry.has_unread_alert:
            entry.mark_read_url = reverse("incidents:mark-read", args=[entry.id])


def _editing(kind: str, record_id: UUID) -> list[dict[str, str]]:
    edit, delete, history = (
        ("incidents:edit", "incidents:delete", "incidents:history")
        if kind == "incident"
        else ("incidents:edit-action", "incidents:delete-action", "incidents:action-history")
    )
    return [
        {"label": "Edit", "url": reverse(edit, args=[record_id])},
        {"label": "Delete", "url": reverse(delete, args=[record_id])},
        {"label": "History", "url": reverse(history, args=[record_id])},
    ]


def _of_deleted(kind: str, record_id: UUID) -> dict[str, str]:
    history, restore = (
        ("incidents:history", "incidents:restore")
        if kind == "incident"
        else ("incidents:action-history", "incidents:restore-action")
    )
    return {
        "history_url": reverse(history, args=[record_id]),
        "restore_url": reverse(restore, args=[record_id]),
    }


def _has_open_alert(entry: Entry) -> bool:
    return any(
        one.is_open for told in (entry.told, *(action.told for action in entry.actions)) for one in told
    )
