"""The one clock. Services take `at` and fall back to this, so that demo and tests can tell the time."""

from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """The current time, aware, in UTC."""
    return timezone.now()
