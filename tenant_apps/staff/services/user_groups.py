"""User groups: their system permissions, their rights in each category, and their end.

A right taken away counts from each member's next request. One that is given counts at once too, unless it
opens Restricting records further: then it waits for a second person, and the rest of the same save does not.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404

from core.access import SYSTEM, Access, SystemPermission
from core.access.enums import OverviewBlock
from core.audit.services import record
from core.db.clock import now
from core.outbox.services import owe
from tenant_apps.categories.selectors import category_map
from tenant_apps.staff.enums import ChangeKind, Decision
from tenant_apps.staff.models import CategoryPermission, PendingChange, UserGroup
from tenant_apps.staff.permissions import can_administer
from tenant_apps.staff.services import second_person
from tenant_apps.staff.services.administrators import keep_an_administrator
from tenant_apps.staff.services.default_permissions import Rights
from tenant_apps.staff.services.gains import (
    Gain,
    GainsToConfirmError,
    Held,
    gain_of,
    held_by,
    payload_of,
    token_of,
    without_waiting,
)

__all__ = [
    "Gain",
    "GainsToConfirmError",
    "SavedUserGroup",
    "delete_user_group",
    "owe_deletion",
    "refuse_deletion",
    "save_user_group",
    "set_rights_of_category",
]

DELETE = "staff.delete_user_group"


@dataclass(frozen=True, slots=True)
class SavedUserGroup:
    """The group's id, and what of the save waits for a second person."""

    id: UUID
    waiting: PendingChange | None = None


def save_user_group(
    *,
    name: str,
    system_permissions: Collection[SystemPermission],
    category_rights: Mapping[UUID, Rights],
    by: Access,
    group_id: UUID | None = None,
    is_key_group: bool = True,
    overview_blocks: Collection[OverviewBlock] = (),
    confirmed: str = "",
    at: datetime | None = None,
) -> SavedUserGroup:
    """A new user group, or with `group_id` the whole of an old one. Administrators only.

    `category_rights` is complete: a category that it leaves out gives nothing. Where members would see more,
    `confirmed` has to be the token of exactly that gain, else GainsToConfirmError. Raises PermissionDenied;
    Http404 for a group that is not there; LastAdministratorError; ValidationError for a name that is blank or
    taken, and while another change of the group waits for a second person.
    """
    if not can_administer(by):
        raise PermissionDenied
    after = Held(
        system=frozenset(SystemPermission(one).value for one in system_permissions),
        blocks=frozenset(OverviewBlock(one).value for one in overview_blocks),
        rights=category_rights,
    )
    if group_id is None:
        return _add(name, is_key_group, after, by, at)
    with keep_an_administrator():
        group = _locked(group_id)
        gain = gain_of(group, held_by(group), after, category_map())
        if gain is not None:
            _refuse_unconfirmed([gain], confirmed, by)
        waits = gain is not None and gain.waits and not by.is_system
        given = without_waiting(after, gain) if gain is not None and waits else after
        _refuse_taken(name, but=group_id)
        group.name, group.is_key_group = name.strip(), is_key_group
        group.system_permissions, group.overview_blocks = sorted(given.system), sorted(given.blocks)
        group.full_clean()
        group.save(update_fields=["name", "is_key_group", "system_permissions", "overview_blocks"])
        CategoryPermission.objects.filter(group=group).delete()
        CategoryPermission.objects.bulk_create(_rows(group.pk, given.rights))
        _record("user_group.changed", group, given, gain, by, at)
        return SavedUserGroup(group.pk, _ask(gain, by, at) if gain is not None and waits else None)


@transaction.atomic
def set_rights_of_category(
    *,
    category_id: UUID,
    rights: Mapping[UUID, Rights],
    by: Access,
    confirmed: str = "",
    is_new: bool = False,
    at: datetime | None = None,
) -> list[PendingChange]:
    """ "User Group Permissions" of one category for the groups given, by their ids; its parent and
    sub-categories keep their own. Gives what waits for a second person.

    Administrators only. The same rows as "Category Permissions" of the groups: a change here is a change
    there, with the same confirming and the same waiting, all groups under one token. `is_new`: the category
    was made in this transaction and holds no record yet, so nobody gains anything by seeing it.
    """
    if not can_administer(by):
        raise PermissionDenied
    categories = category_map()
    if category_id not in categories:
        raise Http404("no such category")
    groups = list(UserGroup.objects.filter(pk__in=rights).order_by("pk").select_for_update(no_key=True))
    gains: dict[UUID, Gain] = {}
    for group in groups:
        before = held_by(group)
        after = Held(
            system=before.system,
            blocks=before.blocks,
            rights={**before.rights, category_id: rights[group.pk]},
        )
        gain = None if is_new else gain_of(group, before, after, categories)
        if gain is not None:
            gains[group.pk] = gain
    _refuse_unconfirmed(list(gains.values()), confirmed, by)
    waiting = {key: gain for key, gain in gains.items() if gain.waits and not by.is_system}
    CategoryPermission.objects.filter(category_id=category_id, group__in=groups).delete()
    for group in groups:
        given = rights[group.pk]
        if group.pk in waiting:
            held = Held(rights={category_id: given})
            given = without_waiting(held, waiting[group.pk]).of(category_id)
        CategoryPermission.objects.bulk_create(_rows(group.pk, {category_id: given}))
    record(
        "category.permissions_changed",
        by=by,
        record=("category", category_id),
        detail={
            "groups": sorted(str(group.pk) for group in groups),
            "gained": sorted(map(str, gains)),
            "waiting": sorted(map(str, waiting)),
        },
        at=at,
    )
    return [_ask(gain, by, at) for gain in waiting.values()]


@transaction.atomic
def owe_deletion(*, name: str, request: str) -> None:
    """Have a worker delete the user group of this name, as the school asked the provider in writing.

    `request` is the provider's reference of that letter: the same one twice is carried out once. Raises
    ValidationError for a group that is not there, and for what `delete_user_group` would refuse.
    """
    group = UserGroup.objects.filter(name__iexact=name.strip()).first()
    if group is None:
        raise ValidationError("The school has no user group of this name.")
    _refuse_deletion(group)
    owe(DELETE, key=request, payload={"group": str(group.pk), "request": request})
    record(
        "user_group.deletion_requested",
        by=SYSTEM,
        record=("user_group", group.pk),
        detail={"request": request},
    )


@transaction.atomic
def delete_user_group(*, group_id: UUID, request: str, by: Access, at: datetime | None = None) -> None:
    """Delete a user group on the school's written request, of which `request` is the reference.

    The provider's work only, in the school, never an administrator's. Refused with a ValidationError while
    somebody with an open account is in the group, or a change of it waits. The group loses every right, so
    that an account that was closed in it opens with none.
    """
    if not by.is_system:
        raise PermissionDenied
    group = _locked(group_id)
    _refuse_deletion(group)
    CategoryPermission.objects.filter(group=group).delete()
    group.system_permissions, group.overview_blocks = [], []
    group.deleted_at, group.deletion_request = at or now(), request
    group.save(
        update_fields=["system_permissions", "overview_blocks", "deleted_at", "deletion_request"],
    )
    record("user_group.deleted", by=by, record=("user_group", group.pk), detail={"request": request}, at=at)


@transaction.atomic
def refuse_deletion(*, group_id: UUID, request: str, by: Access) -> None:
    """Note that a deletion asked for was not carried out: by then somebody was in the group."""
    record("user_group.deletion_refused", by=by, record=("user_group", group_id), detail={"request": request})


@second_person.applies(ChangeKind.GROUP_RIGHTS)
def _apply_group_rights(change: PendingChange, by: Access, at: datetime) -> None:
    """Add what was asked for to what the group has by now; categories that are gone are left out."""
    assert change.group_id is not None
    group = UserGroup.objects.select_for_update(no_key=True).filter(pk=change.group_id).first()
    if group is None:
        raise ValidationError("This user group is not there any more.")
    categories = category_map()
    held = dict(held_by(group).rights)
    for right, value in change.payload["views"]:
        category_id = UUID(value)
        if category_id in categories:
            held[category_id] = held.get(category_id, Rights())._replace(**{right: True})
    group.system_permissions = sorted({*group.system_permissions, *change.payload["system"]})
    group.save(update_fields=["system_permissions"])
    CategoryPermission.objects.filter(group=group).delete()
    CategoryPermission.objects.bulk_create(_rows(group.pk, held))
    record(
        "user_group.widened",
        by=by,
        record=("user_group", group.pk),
        detail={
            "change": str(change.pk),
            "system": list(change.payload["system"]),
            "categories": sorted({value for _, value in change.payload["views"]}),
        },
        at=at,
    )


@transaction.atomic
def _add(name: str, is_key_group: bool, held: Held, by: Access, at: datetime | None) -> SavedUserGroup:
    """Nobody is in a new group, so nobody gains by it; who is moved into it may have to wait for that."""
    _refuse_taken(name)
    group = UserGroup(
        name=name.strip(),
        is_key_group=is_key_group,
        system_permissions=sorted(held.system),
        overview_blocks=sorted(held.blocks),
    )
    group.full_clean()
    group.save(force_insert=True)
    CategoryPermission.objects.bulk_create(_rows(group.pk, held.rights))
    _record("user_group.added", group, held, None, by, at)
    return SavedUserGroup(group.pk)


def _locked(group_id: UUID) -> UserGroup:
    group = UserGroup.objects.select_for_update(no_key=True).filter(pk=group_id).first()
    if group is None:
        raise Http404("no such user group")
    return group


def _refuse_deletion(group: UserGroup) -> None:
    inside = group.members.filter(user__is_active=True).count()
    if inside:
        raise ValidationError(f"Users in this user group: {inside}. They have to be moved first.")
    if PendingChange.objects.filter(group=group, decision=Decision.WAITING).exists():
        raise ValidationError("A change of this user group waits for a second person.")


def _refuse_taken(name: str, *, but: UUID | None = None) -> None:
    same = UserGroup.objects.filter(name__iexact=name.strip()).values_list("pk", flat=True)
    if set(same) - {but}:
        raise ValidationError({"name": "There is a user group of this name already. Choose another name."})


def _refuse_unconfirmed(gains: list[Gain], confirmed: str, by: Access) -> None:
    if gains and not by.is_system and confirmed != token_of(gains):
        raise GainsToConfirmError(gains)


def _ask(gain: Gain, by: Access, at: datetime | None) -> PendingChange:
    return second_person.ask(
        kind=ChangeKind.GROUP_RIGHTS, group_id=gain.group_id, payload=payload_of(gain), by=by, at=at
    )


def _record(
    event: str, group: UserGroup, held: Held, gain: Gain | None, by: Access, at: datetime | None
) -> None:
    gained = sorted({str(category_id) for _, category_id in gain.views}) if gain else []
    record(
        event,
        by=by,
        record=("user_group", group.pk),
        detail={
            "system": sorted(held.system),
            "blocks": sorted(held.blocks),
            "categories": sum(map(any, held.rights.values())),
            "gained_system": list(gain.system) if gain else [],
            "gained_categories": gained,
            "people": gain.people if gain else 0,
        },
        at=at,
    )


def _rows(group_id: UUID, category_rights: Mapping[UUID, Rights]) -> list[CategoryPermission]:
    """No row for no right: an absent row and three unticked boxes must not differ."""
    return [
        CategoryPermission(group_id=group_id, category_id=category_id, **rights._asdict())
        for category_id, rights in category_rights.items()
        if any(rights)
    ]
