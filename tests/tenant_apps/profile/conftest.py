from types import SimpleNamespace
from typing import Any

import pytest

from tests.data.pupils import make_group, make_pupil


@pytest.fixture
def classes(in_a: Any) -> SimpleNamespace:
    """7A with Amelia and Jakub, 8B with Oliver, and one who has left."""
    from datetime import timedelta

    from core.db.clock import now

    a, b = make_group("tutor", "7A"), make_group("tutor", "8B")
    return SimpleNamespace(
        a=a,
        b=b,
        amelia=make_pupil(
            "Amelia",
            "O'Connor-Hughes",
            a,
            preferred_forename="Millie",
            date_of_birth="2014-03-04",
            sen_status="K",
            sen_needs=["ASD", "QQ"],
            medical_conditions=["Asthma"],
            ethnicity="WBRI",
            warnings=[{"code": "unknown_code", "field": "sen_needs", "value": "QQ"}],
        ),
        jakub=make_pupil("Jakub", "Łukaszewski", a),
        oliver=make_pupil("Oliver", "Smith", b),
        left=make_pupil("Gone", "Planted", a, archived_at=now() - timedelta(days=30)),
    )


@pytest.fixture
def monitor(classes: SimpleNamespace, cast: Any) -> Any:
    """Begins monitoring of a student under a category of this name."""

    def begin(student: Any, name: str) -> None:
        from core.db.clock import now
        from tenant_apps.categories.selectors import all_categories
        from tenant_apps.monitoring.models import Monitoring

        category = next(one for one in all_categories() if one.name == name)
        Monitoring.objects.create(
            student=student, category_id=category.id, started_at=now(), source_kind="person"
        )

    return begin


@pytest.fixture
def limit_to_8b(classes: SimpleNamespace) -> Any:
    """Restricts tutor groups and lists this person for 8B only."""

    def limit(user: Any) -> None:
        from tenant_apps.classes.models import ClassAccess, RestrictedKind

        RestrictedKind.objects.create(kind="tutor")
        ClassAccess.objects.create(group=classes.b, user=user)

    return limit
