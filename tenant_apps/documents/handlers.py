"""What runs by itself in every school."""

from core.outbox.registry import every
from tenant_apps.documents.services import erase_removed, sweep_abandoned_drafts, sweep_orphans


@every(minutes=60)
def erase_removed_documents() -> None:
    erase_removed()


@every(minutes=24 * 60)
def sweep_documents() -> None:
    sweep_abandoned_drafts()
    sweep_orphans()
