"""Receiving and applying extracts of the MIS."""

from tenant_apps.imports.services.progress import Progress, progress_of
from tenant_apps.imports.services.reading import MAX_PACKED
from tenant_apps.imports.services.running import (
    OWNER_KIND,
    TOPIC,
    apply_import,
    give_up,
    note_extract,
    queue_import,
    receive_extract,
)

__all__ = [
    "MAX_PACKED",
    "OWNER_KIND",
    "TOPIC",
    "Progress",
    "apply_import",
    "give_up",
    "note_extract",
    "progress_of",
    "queue_import",
    "receive_extract",
]
