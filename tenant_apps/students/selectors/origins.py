"""From which groups the students of a group came, for proposing who may see a new one."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from uuid import UUID

from django.db.models import F, OuterRef, Subquery
from django.utils import timezone

from tenant_apps.students.models import Membership
from tenant_apps.students.selectors.limits import running


def origins_of(group_ids: Collection[UUID]) -> Mapping[UUID, Mapping[UUID, int]]:
    """For each of these groups: the groups of the same kind that its students were in last, and how many.

    A student without an earlier group of that kind, such as one who just joined the school, counts nowhere.
    One query.
    """
    before = (
        Membership.objects.filter(
            student=OuterRef("student"), group__kind=OuterRef("group__kind"), end_date__isnull=False
        )
        .exclude(group=OuterRef("group"))
        .filter(end_date__lte=timezone.localdate(), start_date__lte=OuterRef("start_date"))
        .order_by("-end_date", "-start_date", "-id")
    )
    rows = (
        Membership.objects.filter(running(), group_id__in=group_ids)
        .annotate(origin=Subquery(before.values("group_id")[:1]))
        .filter(origin__isnull=False)
        .values_list("group_id", F("origin"))
    )
    found: dict[UUID, dict[UUID, int]] = defaultdict(lambda: defaultdict(int))
    for group_id, origin in rows:
        found[group_id][origin] += 1
    return found
