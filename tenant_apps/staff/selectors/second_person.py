"""Changes that wait for a second person: who may see Restricting categories, what waits, who may decide."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone

from core.access import Access
from shared_apps.people.selectors import names_of
from tenant_apps.categories.selectors import restricting_ids
from tenant_apps.staff.enums import ChangeKind, Decision
from tenant_apps.staff.models import CategoryPermission, PendingChange, StaffMember, UserGroup
from tenant_apps.staff.permissions import can_administer

RIGHTS = ("view_students", "view_incidents", "add_incidents")
VIEWS = Q(view_students=True) | Q(view_incidents=True)


@dataclass(frozen=True, slots=True)
class WaitingChange:
    """One change as a page shows it: what, of whom, who asked, and what this reader may do with it."""

    id: UUID
    kind: str
    user_id: UUID | None
    group_id: UUID | None
    what: str
    details: tuple[str, ...]
    concerns: str
    asked_by: str
    asked_at: datetime
    decision: str
    decided_by: str
    may_decide: bool
    may_take_back: bool

    @property
    def is_waiting(self) -> bool:
        """Whether nobody has decided yet."""
        return self.decision == Decision.WAITING

    @property
    def sentence(self) -> str:
        """As in "Mrs Marsh asked on 20 November 2026, 09:00, to change …"."""
        at = timezone.localtime(self.asked_at)
        return f"{self.asked_by} asked on {at.day} {at:%B %Y, %H:%M} to {self.what}."


def sees_restricting(*, user_id: UUID | None = None, group_id: UUID | None = None) -> bool:
    """Whether this user's group, or this group, may view students or incidents of a Restricting category."""
    rows = CategoryPermission.objects.filter(VIEWS, category_id__in=restricting_ids())
    if user_id is not None:
        return rows.filter(group__members__user_id=user_id).exists()
    return rows.filter(group_id=group_id).exists()


def move_widens(*, from_group: UUID, to_group: UUID) -> bool:
    """Whether a move lets somebody who will see a Restricting category do anything that they could not."""
    if from_group == to_group or not sees_restricting(group_id=to_group):
        return False
    return bool(_rights_of(to_group) - _rights_of(from_group))


def waiting_changes(access: Access) -> list[WaitingChange]:
    """Everything that waits in the school, the oldest first. Administrators only; else nothing."""
    return _views(access, _waiting()) if can_administer(access) else []


def waiting_about(
    access: Access, *, user_id: UUID | None = None, group_id: UUID | None = None
) -> list[WaitingChange]:
    """What waits about this person or this user group. Administrators only; else nothing."""
    if not can_administer(access):
        return []
    about = Q(user_id=user_id) if user_id is not None else Q(group_id=group_id)
    return _views(access, _waiting().filter(about))


def waiting_for(access: Access) -> list[WaitingChange]:
    """What waits about the person themselves or, with a key in the session, about their user group."""
    if access.user_id is None:
        return []
    concerned = Q(user_id=access.user_id)
    if access.is_elevated:
        concerned |= Q(group__members__user_id=access.user_id)
    return _views(access, _waiting().filter(concerned))


def get_change(access: Access, change_id: UUID) -> WaitingChange:
    """One change, decided or not, for those whom it concerns and administrators; else Http404."""
    change = PendingChange.objects.filter(pk=change_id).first()
    if change is None or not may_see(access, change):
        raise Http404("no such change")
    return _views(access, [change])[0]


def may_see(access: Access, change: PendingChange) -> bool:
    """Whoever asked, whoever it concerns, and administrators."""
    return can_administer(access) or access.user_id == change.asked_by_id or _is_concerned(access, change)


def may_decide(access: Access, change: PendingChange) -> bool:
    """A second person: an administrator or whom it concerns, never who asked and never the system itself."""
    if access.user_id is None or access.user_id == change.asked_by_id:
        return False
    return can_administer(access) or _is_concerned(access, change)


def change_to_mail(change_id: UUID) -> PendingChange:
    """The change whose mail is owed. For the outbox's handler."""
    return PendingChange.objects.get(pk=change_id)


def describe_change(change: PendingChange) -> tuple[str, str]:
    """What a change does, as "move Ms Nair from Teachers to DSL/SLT", and whom or which group it concerns."""
    view = _views(None, [change])[0]
    return view.what, view.concerns


def _is_concerned(access: Access, change: PendingChange) -> bool:
    if access.user_id is None:
        return False
    if change.user_id is not None:
        return change.user_id == access.user_id
    members = StaffMember.objects.filter(user_id=access.user_id, group_id=change.group_id)
    return access.is_elevated and members.exists()


def _waiting() -> QuerySet[PendingChange]:
    return PendingChange.objects.filter(decision=Decision.WAITING).order_by("asked_at", "id")


def _rights_of(group_id: UUID) -> set[tuple[str, object]]:
    group = UserGroup.objects.get(pk=group_id)
    rights: set[tuple[str, object]] = {("system", value) for value in group.system_permissions}
    for row in CategoryPermission.objects.filter(group_id=group_id).values("category_id", *RIGHTS):
        rights |= {(right, row["category_id"]) for right in RIGHTS if row[right]}
    return rights


def _views(access: Access | None, changes: Iterable[PendingChange]) -> list[WaitingChange]:
    changes = list(changes)
    if not changes:
        return []
    people = names_of(
        user for change in changes for user in (change.user_id, change.asked_by_id, change.decided_by_id)
    )
    groups = _group_names(changes)

    def name(user_id: UUID | None) -> str:
        return people[user_id].formal if user_id in people else ""

    found = []
    for change in changes:
        concerns = name(change.user_id) if change.user_id else groups.get(str(change.group_id), "")
        is_open = change.decision == Decision.WAITING
        found.append(
            WaitingChange(
                id=change.id,
                kind=change.kind,
                user_id=change.user_id,
                group_id=change.group_id,
                what=_what(change, concerns, groups),
                details=tuple(map(str, change.payload.get("says", ()))),
                concerns=concerns,
                asked_by=name(change.asked_by_id),
                asked_at=change.asked_at,
                decision=change.decision,
                decided_by=name(change.decided_by_id),
                may_decide=access is not None and is_open and may_decide(access, change),
                may_take_back=access is not None and is_open and access.user_id == change.asked_by_id,
            )
        )
    return found


def _group_names(changes: Collection[PendingChange]) -> dict[str, str]:
    wanted = {str(change.group_id) for change in changes if change.group_id}
    for change in changes:
        wanted |= {str(change.payload[key]) for key in ("from", "to") if change.payload.get(key)}
    if not wanted:
        return {}
    return {str(pk): name for pk, name in UserGroup.objects.filter(pk__in=wanted).values_list("pk", "name")}


def _what(change: PendingChange, concerns: str, groups: dict[str, str]) -> str:
    if change.kind == ChangeKind.EMAIL:
        return (
            f"change the email address of {concerns} from {change.payload['before']}"
            f" to {change.payload['email']}"
        )
    if change.kind == ChangeKind.KEYS_REMOVED:
        return f"remove all security keys of {concerns}"
    if change.kind == ChangeKind.MEMBERSHIP:
        before, after = (groups.get(str(change.payload[key]), "another group") for key in ("from", "to"))
        return f"move {concerns} from the user group “{before}” to “{after}”"
    return f"widen what the user group “{concerns}” may do"
