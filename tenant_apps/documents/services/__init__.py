"""Writes of documents: receiving, handing over to records, removing, opening, sweeping.

Content is sealed as it arrives and opened as it leaves; it is never whole in memory and never in clear on
disk. The object is stored before its row: what is killed in between leaves an object that no row names and
nobody can open, for the sweep to remove.
"""

from tenant_apps.documents.services.logo import logo_for_print, read_logo, remove_logo, set_logo
from tenant_apps.documents.services.opening import (
    DocumentUnavailable,
    OpenedDocument,
    open_document,
    read_document,
)
from tenant_apps.documents.services.owners import (
    hand_over,
    move_to_owner,
    show_to_students,
    take_from_students,
    take_off,
)
from tenant_apps.documents.services.receiving import (
    Intake,
    Owner,
    UploadRefused,
    receive,
    store_refused,
    too_large,
)
from tenant_apps.documents.services.removing import (
    abandon_draft,
    discard_input,
    erase_removed,
    remove_from_draft,
    sweep_abandoned_drafts,
    sweep_orphans,
)

__all__ = [
    "DocumentUnavailable",
    "Intake",
    "OpenedDocument",
    "Owner",
    "UploadRefused",
    "abandon_draft",
    "discard_input",
    "erase_removed",
    "hand_over",
    "logo_for_print",
    "move_to_owner",
    "open_document",
    "read_document",
    "read_logo",
    "receive",
    "remove_from_draft",
    "remove_logo",
    "set_logo",
    "show_to_students",
    "store_refused",
    "sweep_abandoned_drafts",
    "sweep_orphans",
    "take_from_students",
    "take_off",
    "too_large",
]
