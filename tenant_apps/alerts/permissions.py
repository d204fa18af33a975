"""Who may take an alert back."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from core.access import Access

# How long whoever alerted somebody may take it back without being an editor.
AUTHORS_TIME: Final = timedelta(minutes=30)


def may_withdraw(raised_by_id: UUID | None, created_at: datetime, *, by: Access, at: datetime) -> bool:
    """Whether this person may end an alert now."""
    is_own = raised_by_id is not None and raised_by_id == by.user_id and at - created_at <= AUTHORS_TIME
    return is_own or (by.is_elevated and by.is_editor)
