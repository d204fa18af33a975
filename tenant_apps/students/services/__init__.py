"""Writes to pupils' records, and the audit of reading them."""

from tenant_apps.students.services.blocking import (
    NobodyLeftError,
    block_student_reader,
    lift_student_block,
)
from tenant_apps.students.services.holding import (
    Roll,
    joiners,
    leavers_unforeseen,
    part_shared_upns,
    roll_before,
)
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
)
from tenant_apps.students.services.noting import note_listed, note_viewed
from tenant_apps.students.services.own_facts import (
    MOST_KEYWORDS,
    AgencyNotOfferedError,
    SummaryChangedError,
    TooManyKeywordsError,
    change_agencies,
    change_keywords,
    write_summary,
)
from tenant_apps.students.services.photos import NamedPhoto, name_photo, named_photos, warn_of_photos

__all__ = [
    "MOST_KEYWORDS",
    "STAGES",
    "AgencyNotOfferedError",
    "Merged",
    "NamedPhoto",
    "NobodyLeftError",
    "Roll",
    "SummaryChangedError",
    "TooManyKeywordsError",
    "block_student_reader",
    "change_agencies",
    "change_keywords",
    "end_memberships_of_archived",
    "joiners",
    "known_pupils",
    "leavers_unforeseen",
    "lift_student_block",
    "match_pupils",
    "merge_contacts",
    "merge_links",
    "merge_memberships",
    "merge_pupils",
    "name_keys",
    "name_photo",
    "named_photos",
    "note_listed",
    "note_viewed",
    "part_shared_upns",
    "roll_before",
    "warn_of_photos",
    "write_summary",
]
