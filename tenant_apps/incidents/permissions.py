"""Who may read an incident. The one predicate; every page, count, search, file and print goes through it.

C are the categories an incident carries (closed upward), L those in C without a child in C, R the Restricting
ones in C, V the categories in which the reader's group has View Incidents:

- by category: R is within V if R is not empty, else L and V share one;
- by class: all classes, or one participant with full text is in the reader's classes;
- not blocked: the reader is not among the "Staff who may not see this record" of the incident or of anybody
  who takes part in it, by reference too, and nobody there has a sealed record that the reader may not open.
  This comes before all that follows, one's own words included;
- listed: elevated, by category and by class. Lists of others' records, counts, charts, search: only this;
- whole: listed, or (elevated) assigned to the reader and not Closed: these read what stands now;
- readable: whole, or the reader has an unread alert to it. An alert alone opens the incident as it stood
  then, with the actions that the reader wrote or was alerted to (`selectors.standing`). An alert and an
  assignment open that one page and nothing else. Without a key an alert opens only where the school's
  "Non-key reading" lets it (`access.may_read_alerts`); `known_to` leaves that out.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from core.access import SYSTEM, Access
from tenant_apps.alerts.selectors import unread_alert_exists
from tenant_apps.incidents.enums import Status
from tenant_apps.incidents.models import (
    Action,
    BlockedReader,
    Incident,
    IncidentCategory,
    IncidentStudent,
)
from tenant_apps.school_settings.selectors import get_settings
from tenant_apps.students.selectors import in_own_classes, kept_from, sees_everybody

NOTHING = Q(pk__in=[])


def by_category(access: Access) -> Q:
    """`staff.permissions.cat_ok` in SQL."""
    carried = IncidentCategory.objects.filter(incident=OuterRef("pk"))
    opens = Q(category__in=access.viewable_restricting) | Q(is_leaf=True, category__in=access.view_incidents)
    allowed = Q(Exists(carried.filter(opens)))
    if access.hidden_restricting:
        allowed &= ~Q(Exists(carried.filter(category__in=access.hidden_restricting)))
    return allowed


def by_class(access: Access) -> Q:
    if sees_everybody(access):
        return Q()
    shown = IncidentStudent.objects.filter(incident=OuterRef("pk"), shows_full=True)
    return Q(Exists(shown.filter(in_own_classes(access, "student"))))


def unblocked(access: Access) -> Q:
    """Incidents that no block keeps from this person."""
    if access.user_id is None:
        return Q()
    return ~Q(pk__in=_blocked_themselves(access.user_id)) & ~Q(pk__in=_blocked_by_student(access.user_id))


def is_record_deleted() -> Q:
    """For rows that name a record, and as `root_id` its incident: one of the two was deleted, or removed."""
    gone = Q(deleted_at__isnull=False) | Q(removed_at__isnull=False)
    incident = Incident.every.filter(gone, pk=OuterRef("root_id"))
    action = Action.every.filter(gone, pk=OuterRef("record_id"))
    return Q(Exists(incident)) | Q(Exists(action))


def is_root_blocked(user_id: UUID) -> Q:
    """For rows that name an incident as `root_id`: those of incidents that a block keeps from this person."""
    return Q(root_id__in=_blocked_themselves(user_id)) | Q(root_id__in=_blocked_by_student(user_id))


def _blocked_themselves(user_id: UUID) -> QuerySet[BlockedReader, UUID]:
    standing = BlockedReader.objects.filter(lifted_at__isnull=True, user_id=user_id)
    return standing.values_list("incident", flat=True)


def _blocked_by_student(user_id: UUID) -> QuerySet[IncidentStudent, UUID]:
    parts = IncidentStudent.objects.filter(kept_from(user_id, "student"))
    return parts.values_list("incident", flat=True)


def listed_for(access: Access) -> Q:
    """Incidents that may appear in lists, counts, charts and searches of this person."""
    return Q(deleted_at__isnull=True) & _in_reach(access)


def sees_deleted(access: Access) -> bool:
    """Editors with their key see where something was deleted; for everybody else it never was."""
    return access.is_elevated and access.is_editor


def kept_for(access: Access) -> Q:
    """What a chronology may hold for this person: what is listed, and for editors what was deleted there.

    What was merged into another incident stands with that one and nowhere else.
    """
    if not sees_deleted(access):
        return listed_for(access)
    return Q(merged_into__isnull=True) & _in_reach(access)


def _in_reach(access: Access) -> Q:
    return unblocked(access) & _within(access)


def _within(access: Access) -> Q:
    """By category and by class, for a session with the key."""
    if not access.is_elevated or not access.view_incidents:
        return NOTHING
    return by_category(access) & by_class(access)


def readable_by(access: Access) -> Q:
    """Incidents that this person may open, one by one."""
    if not access.may_read_alerts:
        # Without a key nothing else opens a record.
        return NOTHING
    return known_to(access)


def known_to(access: Access) -> Q:
    """Incidents that this person may open, or could open from the school's network or with a key."""
    opened = _whole(access) | Q(unread_alert_exists(access, root=OuterRef("pk")))
    return Q(deleted_at__isnull=True) & unblocked(access) & opened


def whole_for(access: Access) -> Q:
    """Incidents that this person reads as they stand now, with every action."""
    return Q(deleted_at__isnull=True) & unblocked(access) & _whole(access)


def _whole(access: Access) -> Q:
    whole = _within(access)
    if access.is_elevated:
        whole |= Q(assignee=access.user_id) & ~Q(status=Status.CLOSED)
    return whole


def statuses_to_add(access: Access) -> list[Status]:
    """With which status this person may add an incident: without the key "Active" alone, by a setting."""
    if access is not SYSTEM and not access.is_elevated and get_settings().non_key_active_only:
        return [Status.ACTIVE]
    return list(Status)


def named_categories(access: Access, carried: Iterable[UUID], *, opened_by_alert: bool = False) -> list[UUID]:
    """Those that this person may see named on an incident; the others do not exist for them.

    Someone who was alerted or assigned also learns every category that is not Restricting, as their mail
    named it.
    """
    if opened_by_alert:
        return [category for category in carried if category not in access.hidden_restricting]
    return [category for category in carried if category in access.view_incidents]
