from types import SimpleNamespace
from typing import Any

import pytest

from tests.data.pupils import make_group, make_pupil


@pytest.fixture
def classes(in_a: Any) -> SimpleNamespace:
    """7A with three pupils, 8B with one, one who has left and one who starts next month."""
    from datetime import timedelta

    from core.db.clock import now

    today = now().date()
    a, b, year = make_group("tutor", "7A"), make_group("tutor", "8B"), make_group("year", "Year 7")
    return SimpleNamespace(
        a=a,
        b=b,
        year=year,
        amelia=make_pupil(
            "Amelia", "O'Connor-Hughes", a, year, preferred_forename="Millie", former_surname="Frost"
        ),
        jakub=make_pupil("Jakub", "Łukaszewski", a, year),
        zoe=make_pupil("Zoë", "Lukas", a, year),
        oliver=make_pupil("Oliver", "Smith", b, year_group="8"),
        left=make_pupil("Gone", "Smith", a, archived_at=now() - timedelta(days=30)),
        starting=make_pupil("New", "Smith", a, start_date=today + timedelta(days=30)),
    )


@pytest.fixture
def restricted_to(classes: SimpleNamespace) -> Any:
    """An access limited to these tutor groups, of somebody who sees no pupils without a group."""
    from dataclasses import replace

    from core.access import Access

    def restrict(access: Access, *groups: Any, **more: Any) -> Access:
        return replace(
            access,
            classes=frozenset(group.pk for group in groups),
            restricted_kinds=frozenset({"tutor"}),
            **{"sees_ungrouped": False, **more},
        )

    return restrict
