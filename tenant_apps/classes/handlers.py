"""What a worker does for class restrictions."""

from core.access import SYSTEM
from core.outbox.models import OutboxEntry
from core.outbox.registry import Payload, handles
from tenant_apps.classes.services import RESTRICT, set_restricted_kinds


@handles(RESTRICT)
def restrict(payload: Payload, entry: OutboxEntry) -> None:
    """Carry out what the school asked the provider for in writing."""
    set_restricted_kinds(kinds=payload["kinds"], by=SYSTEM, by_provider=True)
