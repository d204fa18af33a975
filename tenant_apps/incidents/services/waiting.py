"""Drafts that wait: their author is reminded; on the next school day the default alert group learns of it.

What was typed, and about whom, stands in no mail.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from core.access import Access
from core.audit.services import record
from core.db.clock import now
from core.outbox.services import owe
from tenant_apps.incidents.models import Draft
from tenant_apps.incidents.selectors.blocking import barred_from, barred_from_incident
from tenant_apps.incidents.selectors.drafts import waiting_drafts
from tenant_apps.planner.selectors import next_school_day
from tenant_apps.staff.selectors import default_alert_group, members_of

DRAFT_MAIL = "incidents.draft"
DRAFT_TOLD_MAIL = "incidents.draft-told"

LIES_IDLE_AFTER = timedelta(minutes=30)
AFTERNOON = time(16)
MORNING = time(8)
SATURDAY = 5


@transaction.atomic
def tell_of_drafts(*, by: Access, at: datetime | None = None) -> int:
    """Owes the mails about drafts that wait now; how many occasions there were.

    Each draft has three, and each comes once: half an hour after the last word was saved, and at 16:00 of a
    school day, its author is reminded; at 8:00 of the school day after it was begun the default alert group
    learns that it exists. Two runs at once tell once.
    """
    moment = at or now()
    local = timezone.localtime(moment)
    count = 0
    for draft in waiting_drafts(moment).select_for_update(skip_locked=True).order_by("pk"):
        changed = []
        if draft.lay_idle_at is None and draft.saved_at <= moment - LIES_IDLE_AFTER:
            _tell_author(draft, "idle")
            changed.append("lay_idle_at")
        if draft.afternoon_at is None and _is_past_afternoon(draft, local):
            _tell_author(draft, "afternoon")
            changed.append("afternoon_at")
        if draft.team_told_at is None and local >= _team_learns_at(draft):
            _tell_team(draft)
            changed.append("team_told_at")
        for occasion in changed:
            setattr(draft, occasion, moment)
            record("draft.waits", by=by, record=("draft", draft.pk), detail={"told": occasion}, at=at)
        if changed:
            draft.save(update_fields=changed)
        count += len(changed)
    return count


def _tell_author(draft: Draft, occasion: str) -> None:
    owe(DRAFT_MAIL, key=f"{draft.pk}:{occasion}", payload={"draft": str(draft.pk)})


def _tell_team(draft: Draft) -> None:
    default = default_alert_group()
    team = set(members_of([default.id]) if default else [])
    # Whoever may not see the record is told nothing of it; the author knows.
    team -= _barred(draft) | {draft.author_id}
    for user_id in sorted(team):
        payload = {"draft": str(draft.pk), "to": str(user_id)}
        owe(DRAFT_TOLD_MAIL, key=f"{draft.pk}:{user_id}", payload=payload)


def _barred(draft: Draft) -> set[UUID]:
    if draft.incident_id is not None:
        return barred_from_incident(draft.incident_id)
    typed = [*draft.content.get("student", []), *draft.content.get("linked", [])]
    return barred_from(list(_ids(typed)))


def _ids(typed: Iterable[str]) -> Iterable[UUID]:
    for text in typed:
        try:
            yield UUID(text)
        except ValueError:
            continue


def _is_past_afternoon(draft: Draft, local: datetime) -> bool:
    four = datetime.combine(local.date(), AFTERNOON, local.tzinfo)
    return local >= four > draft.begun_at and _next_day(local.date() - timedelta(days=1)) == local.date()


def _team_learns_at(draft: Draft) -> datetime:
    day = _next_day(timezone.localdate(draft.begun_at))
    return datetime.combine(day, MORNING, timezone.get_current_timezone())


def _next_day(after: date) -> date:
    """The next school day; where the calendar ends, the next weekday: no draft waits for a calendar."""
    if found := next_school_day(after):
        return found
    day = after + timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return day
