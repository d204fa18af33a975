"""Every write to incidents, actions and drafts."""

from tenant_apps.incidents.services.actions import (
    add_action,
    add_to_linked_incidents,
    changed_groups,
    decide_waiting_category,
    widened_groups,
)
from tenant_apps.incidents.services.adding import LinkedStudent, Unlisted, add_incident
from tenant_apps.incidents.services.blocking import block_incident_reader, lift_incident_block
from tenant_apps.incidents.services.deleting import (
    DELETION_MAIL,
    delete_action,
    delete_incident,
    restore_action,
    restore_incident,
)
from tenant_apps.incidents.services.drafts import claim_draft, discard_draft, save_draft
from tenant_apps.incidents.services.editing import ChangedMeanwhileError, edit_action, edit_incident
from tenant_apps.incidents.services.following import (
    change_status,
    mark_read,
    note_history,
    note_listed,
    note_opened,
    note_own_words,
    note_printed,
)
from tenant_apps.incidents.services.pinning import pin_incident, unpin_incident
from tenant_apps.incidents.services.refiling import refile
from tenant_apps.incidents.services.training import (
    SomethingStaysError,
    TrainingEndedError,
    bring_back,
    settle_training,
)
from tenant_apps.incidents.services.tray import attach_incident, keep_unattached
from tenant_apps.incidents.services.waiting import DRAFT_MAIL, DRAFT_TOLD_MAIL, tell_of_drafts

__all__ = [
    "DELETION_MAIL",
    "DRAFT_MAIL",
    "DRAFT_TOLD_MAIL",
    "ChangedMeanwhileError",
    "LinkedStudent",
    "SomethingStaysError",
    "TrainingEndedError",
    "Unlisted",
    "add_action",
    "add_incident",
    "add_to_linked_incidents",
    "attach_incident",
    "block_incident_reader",
    "bring_back",
    "change_status",
    "changed_groups",
    "claim_draft",
    "decide_waiting_category",
    "delete_action",
    "delete_incident",
    "discard_draft",
    "edit_action",
    "edit_incident",
    "keep_unattached",
    "lift_incident_block",
    "mark_read",
    "note_history",
    "note_listed",
    "note_opened",
    "note_own_words",
    "note_printed",
    "pin_incident",
    "refile",
    "restore_action",
    "restore_incident",
    "save_draft",
    "settle_training",
    "tell_of_drafts",
    "unpin_incident",
    "widened_groups",
]
