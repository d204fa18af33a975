"""What workers run. Each is already inside its school."""

from __future__ import annotations

from core.outbox.registry import periodic_function
from core.outbox.services import deliver_owed


def deliver() -> int:
    """Pay what the school owes."""
    return deliver_owed()


def run_periodic(name: str) -> None:
    """Run one registered periodic function; no other function can be named."""
    periodic_function(name).function()
