"""Writes to pupils' records, and the audit of reading them."""

from tenant_apps.students.services.merging import (
    STAGES,
    Merged,
    end_memberships_of_archived,
    known_pupils,
    match_pupils,
    merge_contacts,
    merge_links,
    merge_memberships,
    merge_pupils,
    name_keys,
    pupils_sharing_upn,
)
from tenant_apps.students.services.noting import note_listed, note_viewed

__all__ = [
    "STAGES",
    "Merged",
    "end_memberships_of_archived",
    "known_pupils",
    "match_pupils",
    "merge_contacts",
    "merge_links",
    "merge_memberships",
    "merge_pupils",
    "name_keys",
    "note_listed",
    "note_viewed",
    "pupils_sharing_upn",
]
