"""Every read of incidents, actions and drafts; each asks the person's access first."""

from tenant_apps.incidents.selectors.audience import Readers, readers_if_added, readers_of
from tenant_apps.incidents.selectors.blocking import barred_from, barred_from_incident, blocked_readers_of
from tenant_apps.incidents.selectors.chronology import (
    ChronologyPage,
    Cursor,
    chronology_page,
    whole_chronology,
)
from tenant_apps.incidents.selectors.drafts import (
    draft_label,
    get_draft,
    is_own_draft,
    is_own_draft_under,
    open_drafts,
)
from tenant_apps.incidents.selectors.entries import ActionLine, Entry, StudentPart, entries_of, entry_for
from tenant_apps.incidents.selectors.finding import (
    action_label,
    get_action,
    get_incident,
    incident_label,
    is_listed,
    log_of,
    may_read_action,
    may_read_incident,
    readable_among,
)
from tenant_apps.incidents.selectors.lists import (
    EntryLine,
    TellingLine,
    assigned_to,
    describe_actions,
    describe_incidents,
    history_of,
    last_telling,
    telling,
)
from tenant_apps.incidents.selectors.readers import ReadersChange, Reading, readers_changed
from tenant_apps.incidents.selectors.references import (
    used_agencies,
    used_categories,
    was_agency_named,
    was_category_named,
)
from tenant_apps.incidents.selectors.tracing import origins_among
from tenant_apps.incidents.selectors.withdrawing import Withdrawable, withdrawable, withdrawn_sentence

__all__ = [
    "ActionLine",
    "ChronologyPage",
    "Cursor",
    "Entry",
    "EntryLine",
    "Readers",
    "ReadersChange",
    "Reading",
    "StudentPart",
    "TellingLine",
    "Withdrawable",
    "action_label",
    "assigned_to",
    "barred_from",
    "barred_from_incident",
    "blocked_readers_of",
    "chronology_page",
    "describe_actions",
    "describe_incidents",
    "draft_label",
    "entries_of",
    "entry_for",
    "get_action",
    "get_draft",
    "get_incident",
    "history_of",
    "incident_label",
    "is_listed",
    "is_own_draft",
    "is_own_draft_under",
    "last_telling",
    "log_of",
    "may_read_action",
    "may_read_incident",
    "open_drafts",
    "origins_among",
    "readable_among",
    "readers_changed",
    "readers_if_added",
    "readers_of",
    "telling",
    "used_agencies",
    "used_categories",
    "was_agency_named",
    "was_category_named",
    "whole_chronology",
    "withdrawable",
    "withdrawn_sentence",
]
