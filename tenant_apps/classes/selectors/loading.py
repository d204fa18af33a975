"""The loader of a person's access, and the class limits in it."""

from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from core.access import Access, SystemPermission, reduce_without_key
from shared_apps.people.selectors import has_key
from tenant_apps.categories.selectors import restricting_ids
from tenant_apps.classes.models import ClassAccess, RestrictedKind
from tenant_apps.staff.selectors import permissions_of


def load_access(user: Any, *, is_elevated: bool) -> Access:
    """What this user may see and do in the current school. Named by `settings.ACCESS_LOADER`.

    At most four queries, whatever the number of categories and classes: the group with its permissions, the
    school's Restricting categories, the class restrictions, and without a key in the session whether one is
    registered. Someone inactive or in no user group may do nothing.
    """
    given = permissions_of(user.pk) if user.is_active else None
    stands_above = given is not None and SystemPermission.ALL_CLASSES in given.system
    if stands_above or not is_elevated:
        # A session without a key sees no students of any class: the question does not arise.
        kinds, classes = frozenset[str](), None if stands_above else frozenset[UUID]()
    else:
        kinds, classes = class_limits_of(user.pk)
    return reduce_without_key(
        Access(
            user_id=user.pk,
            is_elevated=is_elevated,
            has_key=is_elevated or has_key(user.pk),
            system=given.system if given else frozenset(),
            view_students=given.view_students if given else frozenset(),
            view_incidents=given.view_incidents if given else frozenset(),
            add_incidents=given.add_incidents if given else frozenset(),
            restricting=restricting_ids(),
            classes=classes,
            restricted_kinds=kinds,
            sees_ungrouped=given.sees_ungrouped if given else False,
        )
    )


def class_limits_of(user_id: UUID) -> tuple[frozenset[str], frozenset[UUID] | None]:
    """The school's restricted kinds and the groups of those kinds that list this person. One query.

    Without a restricted kind everybody has all classes: None. The kinds count together: being listed in any
    group of any restricted kind shows that group's students, and nothing else does.
    """
    own = ClassAccess.objects.filter(user_id=user_id, group__kind=OuterRef("kind"))
    rows = list(
        RestrictedKind.objects.annotate(own=ArraySubquery(own.values("group_id"))).values_list("kind", "own")
    )
    if not rows:
        return frozenset(), None
    return frozenset(kind for kind, _ in rows), frozenset(group for _, groups in rows for group in groups)
