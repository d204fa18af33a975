"""What somebody leaves behind when their account is closed, and who takes it over.

Apps above this one register what they hold for a person; nothing of it may be forgotten with the account.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from core.access import Access
from core.audit.services import record
from tenant_apps.staff.models import AlertGroupMember, StaffMember
from tenant_apps.staff.services import reach

Count = Callable[[UUID], int]
HandOver = Callable[[UUID, UUID | None, Access, datetime], None]


@dataclass(frozen=True, slots=True)
class Left:
    """How much of one kind a person would leave behind, in words as "3 open incidents assigned to them"."""

    words: str
    count: int
    needs_somebody: bool


@dataclass(frozen=True, slots=True)
class _Kind:
    one: str
    many: str
    count: Count
    hand_over: HandOver
    needs_somebody: bool


_kinds: dict[str, _Kind] = {}


def register(
    key: str, *, one: str, many: str, count: Count, hand_over: HandOver, needs_somebody: bool = True
) -> None:
    """Make an app answer for one kind of thing that people leave behind.

    `one` and `many` are the words after a number. `hand_over(leaver, successor, by, at)` runs after the
    account was closed, in the same transaction; the successor is None where nobody could be asked, and what
    must not lie then goes to the default alert group. `needs_somebody`: an administrator has to name one.
    """
    if key in _kinds:
        raise ValueError(f"{key!r} is handed over already.")
    _kinds[key] = _Kind(one, many, count, hand_over, needs_somebody)


def left_behind(user_id: UUID) -> list[Left]:
    """What the person would leave behind now, kinds of which there is none left out. One query a kind."""
    return [
        Left(f"{count} {kind.one if count == 1 else kind.many}", count, kind.needs_somebody)
        for kind in _kinds.values()
        if (count := kind.count(user_id))
    ]


def hand_over(*, user_id: UUID, successor_id: UUID | None, by: Access, at: datetime) -> None:
    """Pass everything on. Call it in the transaction that closes the account."""
    # Records before places: what the successor may not read goes to the default alert group as it was, and
    # not to the successor by way of a place in it.
    for kind in reversed(_kinds.values()):
        kind.hand_over(user_id, successor_id, by, at)


def count_places(user_id: UUID) -> int:
    """In how many alert groups the person is."""
    return AlertGroupMember.objects.filter(user_id=user_id).count()


def hand_over_places(user_id: UUID, successor_id: UUID | None, by: Access, at: datetime) -> None:
    """The successor takes the places in alert groups; without one they stay, and reach nobody."""
    if successor_id is None:
        return
    places = AlertGroupMember.objects.filter(user_id=user_id)
    groups = list(places.values_list("group_id", flat=True))
    on_incidents = set(places.filter(group__on_incidents=True).values_list("group_id", flat=True))
    there = set(
        AlertGroupMember.objects.filter(user_id=successor_id, group__in=groups).values_list(
            "group_id", flat=True
        )
    )
    told = reach.watchers()
    places.delete()
    AlertGroupMember.objects.bulk_create(
        [AlertGroupMember(group_id=group, user_id=successor_id) for group in groups], ignore_conflicts=True
    )
    for group in groups:
        event = record(
            "alert_group.member_replaced",
            by=by,
            record=("alert_group", group),
            detail={"from": user_id, "to": successor_id},
            at=at,
        )
        if group in on_incidents - there:
            reach.tell_of_places(group_id=group, user_ids=[successor_id], told=told, event=event, by=by)


def count_covered(user_id: UUID) -> int:
    """For how many colleagues who are or will be away the person stands in."""
    return _covered(user_id).count()


def hand_over_covered(user_id: UUID, successor_id: UUID | None, by: Access, at: datetime) -> None:
    """The successor stands in; where that would be the absent person, or nobody, the absence is cleared."""
    for member in _covered(user_id).select_for_update(of=["self"]).order_by("pk"):
        if successor_id is None or member.user_id == successor_id:
            member.away_from = member.away_to = member.cover_id = None
        else:
            member.cover_id = successor_id
        member.save(update_fields=["away_from", "away_to", "cover"])
        record(
            "staff.cover_changed",
            by=by,
            record=("user", member.user_id),
            detail={"from": user_id, "to": member.cover_id},
            at=at,
        )


def _covered(user_id: UUID) -> QuerySet[StaffMember]:
    today = timezone.localdate()
    return StaffMember.objects.filter(cover_id=user_id, away_to__gte=today, user__is_active=True)
