"""Receiving and applying extracts of the MIS."""

from tenant_apps.imports.services.deciding import NotHeldError, OvertakenError, decide_import
from tenant_apps.imports.services.health import HEALTH_MAIL, note_health
from tenant_apps.imports.services.progress import Progress, progress_of
from tenant_apps.imports.services.reading import MAX_PACKED
from tenant_apps.imports.services.removing import remove_old_extracts
from tenant_apps.imports.services.running import (
    OWNER_KIND,
    TOPIC,
    apply_import,
    give_up,
    note_extract,
    queue_import,
    receive_extract,
)
from tenant_apps.imports.services.tokens import end_token, is_token_in_force, note_wrong_token, renew_token

__all__ = [
    "HEALTH_MAIL",
    "MAX_PACKED",
    "OWNER_KIND",
    "TOPIC",
    "NotHeldError",
    "OvertakenError",
    "Progress",
    "apply_import",
    "decide_import",
    "end_token",
    "give_up",
    "is_token_in_force",
    "note_extract",
    "note_health",
    "note_wrong_token",
    "progress_of",
    "queue_import",
    "receive_extract",
    "remove_old_extracts",
    "renew_token",
]
