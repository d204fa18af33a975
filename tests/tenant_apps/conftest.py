"""Categories by name, and incidents added through the service."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest


@pytest.fixture
def category(in_a: Any) -> Callable[[str], UUID]:
    """The id of a category of Ashgrove School by its name."""
    from tenant_apps.categories.selectors import all_categories

    ids = {view.name: view.id for view in all_categories()}
    return ids.__getitem__


@pytest.fixture
def moment(in_a: Any) -> datetime:
    """An hour and a half ago."""
    from core.db.clock import now

    return now() - timedelta(minutes=90)


@pytest.fixture
def in_class(students_a: list[Any]) -> Any:
    """A tutor group that all six pupils are in: pupils without a group ask for a permission of their own."""
    from tenant_apps.classes.models import StudentGroup
    from tenant_apps.students.models import Membership

    group = StudentGroup.objects.create(mis_id="T1", kind="tutor", name="7A", sort_key="7a")
    Membership.objects.bulk_create(
        Membership(student=student, group=group, start_date="2026-01-01") for student in students_a
    )
    return group


@pytest.fixture
def add(
    in_a: Any, cast: Any, students_a: list[Any], in_class: Any, category: Any, moment: datetime
) -> Callable[..., Any]:
    """Adds an incident about the first pupil, by the lead, under Behaviour, unless told otherwise."""
    from core.db.keys import uuid7
    from tenant_apps.incidents.services import add_incident

    def make(*categories: str, by: Any = None, **changes: Any) -> Any:
        given = {
            "incident_id": uuid7(),
            "student_id": students_a[0].pk,
            "text": "Pushed in the corridor by the hall.",
            "category_ids": [category(name) for name in categories or ("Behaviour",)],
            "happened_at": moment,
            "by": by or cast.lead.access,
        }
        return add_incident(**(given | changes))

    return make
