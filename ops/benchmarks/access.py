"""access_ms and access_queries: what a person may do, worked out once per request."""

from collections.abc import Callable, Iterable
from statistics import median
from typing import Any
from uuid import UUID

from ops.benchmarks.measuring import Figure, Stage, seconds
from ops.benchmarks.preparing import close_connections, ready_school, take_statistics

FIGURES = ["access_ms", "access_queries"]
CATEGORIES = 60
CLASSES = 200
LOADS = 300


def measure(stage: Stage) -> Iterable[Figure]:
    """Load the access of somebody with every category and 200 restricted classes."""
    from core.tenancy import in_school

    with in_school(ready_school()):
        load = _loader(_prepare())
        take_statistics(stage)
        queries = _count(load)
        for _ in range(20):
            load()
        runs = [1000 * seconds(load) for _ in range(LOADS)]
    yield Figure(
        "access_ms",
        median(runs),
        "ms",
        at_most=2.0,
        runs={"access": runs},
        beside={"slowest": round(max(runs), 2), "categories": CATEGORIES, "classes": CLASSES},
    )
    yield Figure("access_queries", queries, "queries", at_most=2)
    close_connections()


def _prepare() -> UUID:
    """Somebody with a key whose group has every right in every category, listed by name for each class."""
    from core.access import SystemPermission
    from shared_apps.people.models import User
    from tenant_apps.categories.models import Category
    from tenant_apps.classes.models import ClassAccess, RestrictedKind, StudentGroup
    from tenant_apps.staff.models import CategoryPermission, StaffMember, UserGroup

    missing = CATEGORIES - Category.objects.count()
    Category.objects.bulk_create(
        Category(name=f"Further category {number}", is_restricting=number % 4 == 0, position=900 + number)
        for number in range(max(missing, 0))
    )
    ticks = {"view_students": True, "view_incidents": True, "add_incidents": True}
    permissions = [one.value for one in SystemPermission if one != SystemPermission.ALL_CLASSES]
    group = UserGroup.objects.create(name="Every category", system_permissions=permissions)
    CategoryPermission.objects.bulk_create(
        CategoryPermission(group=group, category=category, **ticks)
        for category in Category.objects.all()[:CATEGORIES]
    )
    user = User.objects.create(email="every.category@stgeorges.sch.example", first_name="E", last_name="C")
    StaffMember.objects.create(user=user, group=group)
    classes = StudentGroup.objects.bulk_create(
        StudentGroup(mis_id=f"bench-{number}", kind="class", name=f"Class {number}", sort_key=f"{number:04}")
        for number in range(CLASSES)
    )
    RestrictedKind.objects.get_or_create(kind="class")
    ClassAccess.objects.bulk_create(ClassAccess(group=one, user=user) for one in classes)
    return user.pk


def _loader(user_id: UUID) -> Callable[[], Any]:
    from shared_apps.people.models import User
    from tenant_apps.classes.selectors import load_access

    user = User.objects.get(pk=user_id)
    access = load_access(user, is_elevated=True)
    assert access.classes is not None
    assert len(access.classes) == CLASSES
    assert len(access.view_incidents) >= CATEGORIES
    return lambda: load_access(user, is_elevated=True)


def _count(load: Callable[[], Any]) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        load()
    return len(asked)
