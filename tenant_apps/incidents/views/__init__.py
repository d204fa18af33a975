from tenant_apps.incidents.views.actions import add_action, copy_action, decide_category
from tenant_apps.incidents.views.adding import add_incident, told
from tenant_apps.incidents.views.alerting import withdraw_alerts
from tenant_apps.incidents.views.blocking import blocked
from tenant_apps.incidents.views.deleting import (
    delete_action,
    delete_incident,
    restore_action,
    restore_incident,
)
from tenant_apps.incidents.views.drafts import discard_draft, save_draft
from tenant_apps.incidents.views.editing import edit_action, edit_incident
from tenant_apps.incidents.views.history import action_history, history
from tenant_apps.incidents.views.merging import merge, move, split
from tenant_apps.incidents.views.own_words import own_action, own_words
from tenant_apps.incidents.views.pinning import pin, unpin
from tenant_apps.incidents.views.planning import plan_action, plan_incident
from tenant_apps.incidents.views.printing import chronology_pdf, print_entry
from tenant_apps.incidents.views.readers import readers, readers_of_form
from tenant_apps.incidents.views.reading import change_status, chronology, entry, mark_read
from tenant_apps.incidents.views.searching import search_log
from tenant_apps.incidents.views.tray import attach, keep, tray

__all__ = [
    "action_history",
    "add_action",
    "add_incident",
    "attach",
    "blocked",
    "change_status",
    "chronology",
    "chronology_pdf",
    "copy_action",
    "decide_category",
    "delete_action",
    "delete_incident",
    "discard_draft",
    "edit_action",
    "edit_incident",
    "entry",
    "history",
    "keep",
    "mark_read",
    "merge",
    "move",
    "own_action",
    "own_words",
    "pin",
    "plan_action",
    "plan_incident",
    "print_entry",
    "readers",
    "readers_of_form",
    "restore_action",
    "restore_incident",
    "save_draft",
    "search_log",
    "split",
    "told",
    "tray",
    "unpin",
    "withdraw_alerts",
]
