"""What a school owes the outside: written with the deed, done afterwards, at least once, until it is done."""

from core.outbox.errors import Retry

__all__ = ["Retry"]
