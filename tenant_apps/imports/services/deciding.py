"""What an administrator makes of an extract that was held: applied after all, in part, or rejected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from core.db.keys import uuid7
from core.outbox.services import owe
from tenant_apps.imports.enums import Decision, ImportState
from tenant_apps.imports.models import Import
from tenant_apps.imports.permissions import can_decide, may_name_pupils
from tenant_apps.imports.selectors import is_overtaken
from tenant_apps.imports.services.packed import OWNER_KIND
from tenant_apps.imports.services.running import TOPIC
from tenant_apps.students.selectors import visible_among
from tenant_apps.students.services import DIFFERENT, SAME


class NotHeldError(ValidationError):
    """Somebody else was quicker, or the extract is under way; this request changed nothing."""

    def __init__(self) -> None:
        super().__init__("Somebody has decided on this extract in the meantime. Nothing was changed by you.")


class OvertakenError(ValidationError):
    """A newer extract was applied since; this one would bring back what is out of date."""

    def __init__(self) -> None:
        super().__init__("A newer extract was applied since this one was held. It can only be rejected.")


class UnansweredError(ValidationError):
    """Somebody has to say first whether students are the same children."""

    def __init__(self) -> None:
        super().__init__(
            "Say of each student whether it is the same child. Whoever may not see the student cannot say it."
        )


@transaction.atomic
def decide_import(
    *,
    import_id: UUID,
    decision: Decision,
    by: Access,
    answers: Mapping[str, str] | None = None,
    at: datetime | None = None,
) -> None:
    """Apply a held extract (all of it, or joiners and changes only: a worker does it) or reject it.

    Of two administrators at once one decides, the other gets NotHeldError; OvertakenError when a newer
    extract was applied since. The worker asks both again, and holds the extract anew if it would now do more
    than was shown. `answers` says of each question about a student SAME or DIFFERENT; without it, or about a
    student whom this person may not see, UnansweredError.
    """
    if not can_decide(by):
        raise PermissionDenied
    entry = Import.objects.select_for_update().filter(pk=import_id).first()
    if entry is None:
        raise Http404
    if entry.state != ImportState.HELD:
        raise NotHeldError
    if decision != Decision.REJECT and is_overtaken(entry.generated_at):
        raise OvertakenError
    moment = at or now()
    if decision != Decision.REJECT:
        _answer(entry, answers or {}, by, at)
    entry.decision, entry.decided_by_id, entry.decided_at = decision, by.user_id, moment
    if decision == Decision.REJECT:
        entry.state, entry.differences, entry.counts = ImportState.REJECTED, None, {}
    else:
        entry.state, entry.finished_at = ImportState.WAITING, None
        # Its first debt is paid; one with the same key would be thought the same.
        owe(TOPIC, key=f"{entry.pk}:{uuid7()}", payload={"import": str(entry.pk)})
    entry.save()
    record("extract.decided", by=by, record=(OWNER_KIND, entry.pk), detail={"decision": decision}, at=at)


def _answer(entry: Import, answers: Mapping[str, str], by: Access, at: datetime | None) -> None:
    questions = (entry.differences or {}).get("questions", ())
    asked = {UUID(one["student"]) for one in questions}
    if asked and not (may_name_pupils(by) and visible_among(by, asked) == asked):
        raise UnansweredError
    given = {one["key"]: answers.get(one["key"], "") for one in questions}
    if not set(given.values()) <= {SAME, DIFFERENT}:
        raise UnansweredError
    for one in questions:
        record(
            "extract.child_told",
            by=by,
            students=[UUID(one["student"])],
            record=(OWNER_KIND, entry.pk),
            detail={"answer": given[one["key"]], "reason": one["reason"]},
            at=at,
        )
    entry.answers = {**(entry.answers or {}), **given}
