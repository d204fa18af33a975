"""The school in which the attacks are tried: the incidents' own fixtures, and what every attack asks."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.tenant_apps.conftest import add, category, in_class, moment

__all__ = ["add", "category", "in_class", "moment"]


@pytest.fixture
def typed(in_a: Any, category: Any, moment: Any, students_a: list[Any], cast: Any) -> Callable[..., Any]:
    """What is posted to add an incident about the first pupil, alerted to the lead and the deputy."""
    from django.utils import timezone

    from core.db.keys import uuid7

    def make(name: str = "Cause for Concern", **changes: Any) -> dict[str, Any]:
        local = timezone.localtime(moment)
        return {
            "draft": str(uuid7()),
            "student": str(students_a[0].pk),
            "text": "Said she had no breakfast.",
            "categories": [str(category(name))],
            "happened_on": f"{local:%Y-%m-%d}",
            "happened_time": f"{local:%H:%M}",
            "status": "active",
            "alert_staff": [str(cast.lead.user.pk), str(cast.deputy.user.pk)],
        } | changes

    return make


def body_of(response: Any) -> bytes:
    """The whole body, streamed or not."""
    return b"".join(response) if response.streaming else response.content


def steady(page: str) -> str:
    """A page without what differs each time it is made: tokens, new ids, times of the day."""
    page = re.sub(r'(name="csrfmiddlewaretoken" value|data-csrf|content)="[\w-]{32,}"', "", page)
    page = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", page)
    return re.sub(r"\d\d:\d\d", "TIME", page)
