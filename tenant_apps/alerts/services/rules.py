"""Automatic alerts: rules by which a person is alerted without anyone choosing them."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from tenant_apps.alerts.models import AutomaticAlert
from tenant_apps.alerts.selectors.rules import RUNNING
from tenant_apps.alerts.services.telling import BEYOND_MAIL, tell_default_group

# What a rule may name: the field of the model.
THINGS = ("category", "student", "group")
Target = tuple[str, UUID]


@transaction.atomic
def set_rules_of(
    *, user_id: UUID, wanted: Mapping[Target, bool], by: Access, at: datetime | None = None
) -> None:
    """Makes these the person's rules about categories, student groups and students.

    `wanted` maps ("category", id), ("group", id) or ("student", id) to whether the rule reaches beyond the
    person's categories. For administrators. Raises PermissionDenied for one who would let themselves read
    beyond their own.
    """
    if not by.is_administrator and not by.is_system:
        raise PermissionDenied("Automatic alerts of a user are set by administrators.")
    now_held = {_target(rule): rule for rule in _locked(user_id=user_id)}
    _change(now_held, {(user_id, target): beyond for target, beyond in wanted.items()}, by, at or now())


@transaction.atomic
def name_for_student(
    *, student_id: UUID, wanted: Mapping[UUID, bool], by: Access, at: datetime | None = None
) -> None:
    """Makes these the people alerted about the student.

    `wanted` maps each to whether beyond their own categories.

    For editors and administrators with a key; the caller has found the student visible to them.
    """
    if not (by.is_elevated and (by.is_editor or by.is_administrator)) and not by.is_system:
        raise PermissionDenied("People to alert about a student are named by editors and administrators.")
    now_held = {_target(rule): rule for rule in _locked(student_id=student_id)}
    student: Target = ("student", student_id)
    _change(now_held, {(user_id, student): beyond for user_id, beyond in wanted.items()}, by, at or now())


@transaction.atomic
def refile_rules(
    *, touching: Collection[UUID], moves: Mapping[UUID, UUID], by: Access, at: datetime | None = None
) -> int:
    """Lets rules about merged categories name what they became; how many.

    Somebody who had a rule about both has one, beyond their categories only if both were: a merge gives
    nobody a wider rule. The rule that gives way ends. The caller holds the tree.
    """
    moment = at or now()
    moved = 0
    for old, new in moves.items():
        kept = {rule.user_id: rule for rule in _locked(category_id=new)}
        for rule in _locked(category_id=old):
            twin = kept.get(rule.user_id)
            narrowed = twin is not None and twin.is_beyond and not rule.is_beyond
            if twin is None or narrowed:
                if twin is not None:
                    _end(twin, by, moment)
                AutomaticAlert.objects.create(
                    user_id=rule.user_id,
                    category_id=new,
                    is_beyond=rule.is_beyond,
                    set_by_id=rule.set_by_id,
                    set_at=rule.set_at,
                )
            _end(rule, by, moment)
            moved += 1
    if moved:
        record("automatic_alert.refiled", by=by, detail={"rules": moved}, at=at)
    return moved


def _end(rule: AutomaticAlert, by: Access, at: datetime) -> None:
    rule.ended_by_id, rule.ended_at = by.user_id, at
    rule.save(update_fields=["ended_by", "ended_at"])


def _locked(**whose: UUID) -> Collection[AutomaticAlert]:
    return AutomaticAlert.objects.select_for_update().filter(RUNNING, **whose).order_by("id")


def _target(rule: AutomaticAlert) -> tuple[UUID, Target]:
    thing = next(thing for thing in THINGS if getattr(rule, f"{thing}_id"))
    return rule.user_id, (thing, getattr(rule, f"{thing}_id"))


def _change(
    now_held: Mapping[tuple[UUID, Target], AutomaticAlert],
    wanted: Mapping[tuple[UUID, Target], bool],
    by: Access,
    at: datetime,
) -> None:
    for key, rule in now_held.items():
        if wanted.get(key) != rule.is_beyond:
            _end(rule, by, at)
            _record("automatic_alert.ended", key, rule.is_beyond, by, at)
    for key, is_beyond in wanted.items():
        if key in now_held and now_held[key].is_beyond == is_beyond:
            continue
        user_id, (thing, target_id) = key
        if by.user_id is None:
            raise PermissionDenied("A rule is somebody's decision: the system sets none.")
        if is_beyond and user_id == by.user_id:
            raise PermissionDenied("Somebody else has to let you read beyond your own categories.")
        rule = AutomaticAlert.objects.create(
            user_id=user_id,
            **{f"{thing}_id": target_id},
            is_beyond=is_beyond,
            set_by_id=by.user_id,
            set_at=at,
        )
        _record("automatic_alert.set", key, is_beyond, by, at)
        if is_beyond:
            tell_default_group(BEYOND_MAIL, rule.pk, but=by.user_id)


def _record(event: str, key: tuple[UUID, Target], is_beyond: bool, by: Access, at: datetime) -> None:
    user_id, (thing, target_id) = key
    record(
        event,
        by=by,
        students=[target_id] if thing == "student" else [],
        record=("user", user_id),
        detail={"thing": thing, "target": target_id, "beyond": int(is_beyond)},
        at=at,
    )
