"""What can be said about a debt that was not paid."""

from __future__ import annotations

from datetime import timedelta


class Retry(Exception):  # noqa: N818 -- raised on purpose by handlers that ask for another try; not an error
    """Raised by a handler to be called again after a delay instead of the usual one. It counts as a try."""

    def __init__(self, delay: timedelta) -> None:
        super().__init__()
        self.delay = delay


class JobRefusedError(Exception):
    """A job that names no school, or one that does not exist, or carries more than ids."""
