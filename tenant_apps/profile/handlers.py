"""What runs by itself in every school."""

from core.outbox.registry import every
from tenant_apps.profile.services import reduce_leavers


@every(minutes=24 * 60)
def reduce_records_of_leavers() -> None:
    reduce_leavers()
