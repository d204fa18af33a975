"""What workers run. Each is already inside its school."""

from __future__ import annotations


def deliver() -> int:
    """Pay what the school owes."""
    from core.outbox.services import deliver_owed

    return deliver_owed()


def run_periodic(name: str) -> None:
    """Run one registered periodic function; no other function can be named."""
    from core.outbox.registry import periodic_function

    periodic_function(name).function()
