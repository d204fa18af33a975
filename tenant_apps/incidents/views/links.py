"""Where an entry leads: the addresses that its reader may use."""

from collections.abc import Iterable
from uuid import UUID

from core.access import Access
from core.access.enums import SystemPermission
from core.web.addresses import path_to
from tenant_apps.incidents.selectors import Entry
from tenant_apps.planner.permissions import may_plan
from tenant_apps.staff.permissions import can_block_readers


def place_in_log(student_id: UUID, incident_id: UUID) -> str:
    """The address of an incident within a student's log, where it is highlighted."""
    log = path_to("incidents:chronology", student_id)
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
        entry.options = [{"label": "Print view", "url": path_to("incidents:print", entry.id)}]
        is_whole = entry.as_of is None
        if access.is_elevated and is_whole:
            entry.options.append(
                {"label": "Status and assignee", "url": path_to("incidents:change-status", entry.id)}
            )
        if entry.whom and access.is_elevated and may_add and is_whole:
            entry.attach_url = path_to("incidents:attach", entry.id)
            entry.options.append({"label": "Attach to a student", "url": entry.attach_url})
        if access.is_elevated and access.is_editor and is_whole:
            entry.options += _editing("incident", entry.id)
            entry.options += _about_somebody(entry)
        if access.is_elevated and access.is_editor and _has_open_alert(entry):
            withdraw_url = path_to("incidents:withdraw-alerts", entry.id)
            entry.options.append({"label": "Withdraw alert", "url": withdraw_url})
        entry.options.append({"label": "Who can read this", "url": path_to("incidents:readers", entry.id)})
        if can_block_readers(access):
            entry.options.append(
                {
                    "label": "Staff who may not see this record",
                    "url": path_to("incidents:blocked", entry.id),
                }
            )
        if may_plan(access):
            entry.options.append(
                {"label": "Add to planner", "url": path_to("incidents:plan-incident", entry.id)}
            )
        if may_add:
            entry.add_action_url = path_to("incidents:add-action", entry.id)
        for action in entry.actions:
            if may_add and access.is_elevated and action.not_copied_to:
                copy_url = path_to("incidents:copy-action", action.id)
                action.options = [{"label": "Add to linked incidents", "url": copy_url}]
            if action.removed:
                action.options = []
                action.removed |= _of_deleted("action", action.id)
            elif access.is_elevated and access.is_editor and is_whole:
                split = {"label": "Split as Incident", "url": path_to("incidents:split", action.id)}
                action.options = [*_editing("action", action.id), split, *action.options]
            if may_plan(access) and not action.removed:
                url = path_to("incidents:plan-action", action.id)
                action.options.append({"label": "Add to planner", "url": url})
        if entry.has_unread_alert:
            entry.mark_read_url = path_to("incidents:mark-read", entry.id)


def add_pins(entries: Iterable[Entry], access: Access, student_id: UUID) -> None:
    """Adds "Pin Post", or "Unpin Post", to the options of the entries in this student's log, for editors."""
    if not (access.is_elevated and access.is_editor):
        return
    for entry in entries:
        if entry.options:
            label, route = (
                ("Unpin Post", "incidents:unpin") if entry.is_pinned else ("Pin Post", "incidents:pin")
            )
            url = path_to(route, student_id, entry.id)
            entry.options.append({"label": label, "url": url, "post": True})


def _about_somebody(entry: Entry) -> list[dict[str, str]]:
    """What can be done with an incident that is about a student; one in the tray is attached first."""
    if entry.main is None:
        return []
    return [
        {"label": "Merge", "url": path_to("incidents:merge", entry.id)},
        {"label": "Move to another student", "url": path_to("incidents:move", entry.id)},
    ]


def _editing(kind: str, record_id: UUID) -> list[dict[str, str]]:
    edit, delete, history = (
        ("incidents:edit", "incidents:delete", "incidents:history")
        if kind == "incident"
        else ("incidents:edit-action", "incidents:delete-action", "incidents:action-history")
    )
    return [
        {"label": "Edit", "url": path_to(edit, record_id)},
        {"label": "Delete", "url": path_to(delete, record_id)},
        {"label": "History", "url": path_to(history, record_id)},
    ]


def _of_deleted(kind: str, record_id: UUID) -> dict[str, str]:
    history, restore = (
        ("incidents:history", "incidents:restore")
        if kind == "incident"
        else ("incidents:action-history", "incidents:restore-action")
    )
    return {
        "history_url": path_to(history, record_id),
        "restore_url": path_to(restore, record_id),
    }


def _has_open_alert(entry: Entry) -> bool:
    return any(
        one.is_open for told in (entry.told, *(action.told for action in entry.actions)) for one in told
    )
