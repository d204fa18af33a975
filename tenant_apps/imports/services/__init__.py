"""Receiving and applying extracts of the MIS."""

from tenant_apps.imports.services.deciding import NotHeldError, OvertakenError, UnansweredError, decide_import
from tenant_apps.imports.services.faults import ExtractRefusedError
from tenant_apps.imports.services.health import HEALTH_MAIL, note_health
from tenant_apps.imports.services.mapping import UnmappedError, columns_of
from tenant_apps.imports.services.packed import OWNER_KIND
from tenant_apps.imports.services.progress import Progress, progress_of
from tenant_apps.imports.services.reading import MAX_PACKED
from tenant_apps.imports.services.removing import remove_old_extracts
from tenant_apps.imports.services.running import (
    TOPIC,
    apply_import,
    give_up,
    most_bytes,
    note_extract,
    queue_import,
    receive_extract,
)
from tenant_apps.imports.services.single import (
    Headings,
    NotMappingError,
    discard_sheet,
    headings_of,
    match_by_headings,
    match_columns,
)
from tenant_apps.imports.services.tokens import end_token, is_token_in_force, note_wrong_token, renew_token

__all__ = [
    "HEALTH_MAIL",
    "MAX_PACKED",
    "OWNER_KIND",
    "TOPIC",
    "ExtractRefusedError",
    "Headings",
    "NotHeldError",
    "NotMappingError",
    "OvertakenError",
    "Progress",
    "UnansweredError",
    "UnmappedError",
    "apply_import",
    "columns_of",
    "decide_import",
    "discard_sheet",
    "end_token",
    "give_up",
    "headings_of",
    "is_token_in_force",
    "match_by_headings",
    "match_columns",
    "most_bytes",
    "note_extract",
    "note_health",
    "note_wrong_token",
    "progress_of",
    "queue_import",
    "receive_extract",
    "remove_old_extracts",
    "renew_token",
]
