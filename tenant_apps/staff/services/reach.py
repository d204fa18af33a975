"""Who comes to hear of concerns without a user group's rights: by a place in an alert group, or as a cover.

An alert opens its record to whoever gets it. Nobody comes to such a place unseen: those who were the default
alert group before the change are told, and where somebody covers an absence, the absent person too.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from core.access import Access
from core.audit.models import AuditEvent
from core.outbox.services import owe
from tenant_apps.categories.selectors import restricting_ids
from tenant_apps.staff.models import AlertGroupMember, CategoryPermission
from tenant_apps.staff.selectors import default_group_people
from tenant_apps.staff.selectors.second_person import VIEWS, sees_restricting

REACH_MAIL = "staff.reach"


def watchers() -> list[UUID]:
    """Those who are to hear of a change: ask before it, as it may be about themselves."""
    return [person.user_id for person in default_group_people()]


def tell_of_places(
    *, group_id: UUID, user_ids: Collection[UUID], told: Iterable[UUID], event: AuditEvent, by: Access
) -> None:
    """Mail that these people got a place in an alert group; those who may see Restricting categories anyway
    are not worth a mail.
    """
    if by.is_system or not user_ids:
        return
    seeing = CategoryPermission.objects.filter(
        VIEWS, category_id__in=restricting_ids(), group__members__user_id__in=user_ids
    )
    new = set(user_ids) - set(seeing.values_list("group__members__user_id", flat=True))
    for user_id in sorted(new):
        _owe(told, {"user": str(user_id), "group": str(group_id)}, event, by)


def tell_of_cover(*, user_id: UUID, cover_id: UUID, event: AuditEvent, by: Access) -> None:
    """Mail that somebody will be alerted whenever this person is, where that may open Restricting records."""
    if by.is_system or not may_be_alerted(user_id):
        return
    _owe(dict.fromkeys([*watchers(), user_id]), {"user": str(cover_id), "away": str(user_id)}, event, by)


def may_be_alerted(user_id: UUID) -> bool:
    """Whether the person may see a Restricting category, or has a place in a group offered on incidents."""
    places = AlertGroupMember.objects.filter(user_id=user_id, group__on_incidents=True)
    return sees_restricting(user_id=user_id) or places.exists()


def _owe(told: Iterable[UUID], what: dict[str, str], event: AuditEvent, by: Access) -> None:
    for recipient in told:
        owe(
            REACH_MAIL,
            key=f"{event.pk}:{what['user']}:{recipient}",
            payload=what | {"recipient": str(recipient), "by": str(by.user_id) if by.user_id else None},
        )
