"""Every write to incidents, actions and drafts."""

from tenant_apps.incidents.services.actions import (
    add_action,
    add_to_linked_incidents,
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
    note_combined,
    note_history,
    note_listed,
    note_opened,
    note_own_words,
    note_printed,
    note_searched,
)
from tenant_apps.incidents.services.merging import CannotMergeError, merge_incidents
from tenant_apps.incidents.services.moving import MOVING_MAIL, move_incident
from tenant_apps.incidents.services.pinning import pin_incident, unpin_incident
from tenant_apps.incidents.services.planning import remind_of_action, remind_of_incident
from tenant_apps.incidents.services.refiling import refile
from tenant_apps.incidents.services.splitting import split_action
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
    "MOVING_MAIL",
    "CannotMergeError",
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
    "merge_incidents",
    "move_incident",
    "note_combined",
    "note_history",
    "note_listed",
    "note_opened",
    "note_own_words",
    "note_printed",
    "note_searched",
    "pin_incident",
    "refile",
    "remind_of_action",
    "remind_of_incident",
    "restore_action",
    "restore_incident",
    "save_draft",
    "settle_training",
    "split_action",
    "tell_of_drafts",
    "unpin_incident",
    "widened_groups",
]
