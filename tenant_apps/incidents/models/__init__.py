"""An incident is one row with participants; what people write beneath it are its actions.

Nothing here is ever deleted: hiding is `deleted_at`, and every state is kept whole in a version.
"""

from tenant_apps.incidents.models.actions import Action, ActionAgency, ActionCategory, ActionStudent
from tenant_apps.incidents.models.asked import ActionAnswer, Answer, IncidentAnswer, Mark
from tenant_apps.incidents.models.drafts import Counter, Draft
from tenant_apps.incidents.models.entries import Entry, Standing
from tenant_apps.incidents.models.incidents import (
    BlockedReader,
    Incident,
    IncidentAgency,
    IncidentCategory,
    IncidentStudent,
)
from tenant_apps.incidents.models.versions import ActionVersion, IncidentVersion, Version

__all__ = [
    "Action",
    "ActionAgency",
    "ActionAnswer",
    "ActionCategory",
    "ActionStudent",
    "ActionVersion",
    "Answer",
    "BlockedReader",
    "Counter",
    "Draft",
    "Entry",
    "Incident",
    "IncidentAgency",
    "IncidentAnswer",
    "IncidentCategory",
    "IncidentStudent",
    "IncidentVersion",
    "Mark",
    "Standing",
    "Version",
]
