"""What a worker does for imports."""

from uuid import UUID

from core.outbox.models import OutboxEntry
from core.outbox.registry import Payload, handles
from tenant_apps.imports.services import TOPIC, apply_import, give_up


def give_up_import(payload: Payload, entry: OutboxEntry) -> None:
    give_up(import_id=UUID(payload["import"]))


@handles(TOPIC, given_up=give_up_import)
def apply_extract(payload: Payload, entry: OutboxEntry) -> None:
    apply_import(import_id=UUID(payload["import"]))
