"""Changes for those who may see Restricting categories: one person asks, a second one decides.

Whoever asked can take it back and nothing else. What a kind of change does when it is confirmed is registered
with `applies` by the service that owns it.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.http import Http404

from core.access import Access
from core.audit.selectors import has_done
from core.audit.services import record
from core.db.clock import now
from core.outbox.services import owe
from tenant_apps.staff.enums import ChangeKind, Decision
from tenant_apps.staff.models import PendingChange, StaffMember, UserGroup
from tenant_apps.staff.permissions import can_administer
from tenant_apps.staff.selectors import default_group_people
from tenant_apps.staff.selectors.second_person import may_decide, may_see

CHANGE_MAIL = "staff.change"
ENTRY_MAIL = "staff.new_reader"

# How long somebody whose way in the asker has changed is not a second person beside them.
OWN_AGAIN_AFTER: Final = timedelta(days=30)

Apply = Callable[[PendingChange, Access, datetime], None]

_appliers: dict[ChangeKind, Apply] = {}

SAID = {
    Decision.CONFIRMED: "confirmed",
    Decision.REFUSED: "refused",
    Decision.TAKEN_BACK: "taken back",
}


class AlreadyDecidedError(ValidationError):
    """Somebody else was quicker; nothing was changed by this request."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(f"This change was {SAID[decision]} in the meantime.")


def applies(kind: ChangeKind) -> Callable[[Apply], Apply]:
    """Make a function the one that carries out a confirmed change of this kind, in the same transaction.

    It gets the change, the access of who confirmed it, and the time. A ValidationError from it leaves the
    change waiting.
    """

    def register(function: Apply) -> Apply:
        if kind in _appliers:
            raise ValueError(f"Changes of kind {kind!r} are carried out already.")
        _appliers[kind] = function
        return function

    return register


@transaction.atomic
def ask(
    *,
    kind: ChangeKind,
    user_id: UUID | None = None,
    group_id: UUID | None = None,
    payload: Mapping[str, Any],
    by: Access,
    at: datetime | None = None,
) -> PendingChange:
    """Write down a change that waits; the person's present address and the default alert group are mailed.

    `payload` holds what `kind` needs to be carried out, as JSON: EMAIL {"before", "email"}, MEMBERSHIP
    {"from", "to"} (ids of user groups), KEYS_REMOVED {}, GROUP_RIGHTS what its owner needs; `says` is a list
    of sentences shown with it. Administrators, and the person about themselves. ValidationError while another
    of the kind waits.
    """
    if by.user_id is None or not (can_administer(by) or by.user_id == user_id):
        raise PermissionDenied
    # One after the other: two requests at once must not make two changes wait.
    if user_id is not None:
        StaffMember.objects.select_for_update(no_key=True).get(user_id=user_id)
        about = Q(user_id=user_id)
    else:
        assert group_id is not None
        UserGroup.objects.select_for_update(no_key=True).get(pk=group_id)
        about = Q(group_id=group_id)
    same = PendingChange.objects.filter(about, kind=kind, decision=Decision.WAITING)
    if same.exists():
        raise ValidationError(
            "Another change of this kind waits for a second person. It has to be confirmed, refused or taken"
            " back first."
        )
    asked_at = at or now()
    change = PendingChange.objects.create(
        kind=kind,
        user_id=user_id,
        group_id=group_id,
        payload=dict(payload),
        asked_by_id=by.user_id,
        asked_at=asked_at,
    )
    _note(change, "second_person.asked", by=by, at=at)
    return change


@transaction.atomic
def confirm(*, change_id: UUID, by: Access, at: datetime | None = None) -> PendingChange:
    """Put a waiting change into force, as a second person. Raises AlreadyDecidedError, PermissionDenied for
    who asked, Http404 for whom it does not concern, ValidationError for an account that who asked may hold
    in hand, and what carrying it out raises.
    """
    _refuse_in_hand(change_id, by)
    change = _decide(change_id, Decision.CONFIRMED, by, at)
    assert change.decided_at is not None
    _appliers[ChangeKind(change.kind)](change, by, change.decided_at)
    return change


@transaction.atomic
def refuse(*, change_id: UUID, by: Access, at: datetime | None = None) -> PendingChange:
    """Refuse a waiting change; nothing of it happens. The same errors as `confirm`."""
    return _decide(change_id, Decision.REFUSED, by, at)


@transaction.atomic
def take_back(*, change_id: UUID, by: Access, at: datetime | None = None) -> PendingChange:
    """End a waiting change that one asked for oneself. PermissionDenied for anybody else's."""
    return _decide(change_id, Decision.TAKEN_BACK, by, at)


@transaction.atomic
def end_changes_about(*, user_id: UUID, by: Access, at: datetime | None = None) -> None:
    """Refuse whatever waits about somebody who leaves, so that nothing comes into force afterwards."""
    changes = PendingChange.objects.select_for_update().filter(user_id=user_id, decision=Decision.WAITING)
    for change in changes.order_by("pk"):
        # The system closes accounts too; somebody has to stand as who decided, and the asker is known.
        change.decision, change.decided_at = Decision.REFUSED, at or now()
        change.decided_by_id = by.user_id or change.asked_by_id
        change.save(update_fields=["decision", "decided_at", "decided_by"])
        record("second_person.refused", by=by, record=("change", change.pk), at=at)


@transaction.atomic
def tell_of_new_reader(*, user_id: UUID, by: Access, at: datetime | None = None) -> None:
    """Mail the default alert group that an account was opened for somebody who may see a Restricting
    category.
    """
    event = record("second_person.reader_added", by=by, record=("user", user_id), at=at)
    for person in default_group_people():
        owe(
            ENTRY_MAIL,
            key=f"{event.pk}:{person.user_id}",
            payload={
                "user": str(user_id),
                "recipient": str(person.user_id),
                "by": str(by.user_id) if by.user_id else None,
            },
        )


def _decide(change_id: UUID, decision: Decision, by: Access, at: datetime | None) -> PendingChange:
    change = PendingChange.objects.select_for_update(of=["self"]).filter(pk=change_id).first()
    if change is None or not may_see(by, change):
        raise Http404("no such change")
    if change.decision != Decision.WAITING:
        raise AlreadyDecidedError(Decision(change.decision))
    own = by.user_id == change.asked_by_id
    if own != (decision == Decision.TAKEN_BACK) or not (own or may_decide(by, change)):
        raise PermissionDenied
    change.decision, change.decided_by_id, change.decided_at = decision, by.user_id, at or now()
    change.save(update_fields=["decision", "decided_by", "decided_at"])
    _note(change, f"second_person.{decision}", by=by, at=at)
    return change


def _refuse_in_hand(change_id: UUID, by: Access) -> None:
    """Whoever opened an account, or gave it another address or took its keys, could sign in with it.

    Accounts opened before anything was asked for count: a school that begins has no others.
    """
    change = PendingChange.objects.filter(pk=change_id, decision=Decision.WAITING).first()
    if change is None or by.user_id is None or by.user_id == change.asked_by_id:
        return
    did = partial(has_done, user_id=change.asked_by_id, to=by.user_id)
    lately = now() - OWN_AGAIN_AFTER
    if (
        did(events=["user.added", "user.activated"], since=change.asked_at)
        or did(events=["user.changed"], since=lately, fields=["email"])
        or did(events=["keys.removed", "user.activated"], since=lately)
    ):
        raise ValidationError(
            "Whoever asked for this has changed how you sign in within the last 30 days, or opened your"
            " account since. Somebody else has to confirm it."
        )


def _note(change: PendingChange, event: str, *, by: Access, at: datetime | None) -> None:
    """The audit event, and a mail to whom it concerns (at the address before the change) and to the default
    alert group, one row each: a mail that fails holds up no other.
    """
    written = record(
        event,
        by=by,
        record=("change", change.pk),
        detail={"kind": change.kind, "user": change.user_id, "group": change.group_id},
        at=at,
    )
    recipients = [person.user_id for person in default_group_people()]
    for recipient in dict.fromkeys([*([change.user_id] if change.user_id else []), *recipients]):
        owe(
            CHANGE_MAIL,
            key=f"{written.pk}:{recipient}",
            payload={"change": str(change.pk), "recipient": str(recipient), "step": event.partition(".")[2]},
        )
