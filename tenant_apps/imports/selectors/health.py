"""How current the school's data are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.utils import timezone

from core.db.clock import now
from tenant_apps.imports.enums import HealthLevel, ImportForm, ImportState
from tenant_apps.imports.models import HealthTurn, Import
from tenant_apps.school_settings.selectors import school_days_between

# An extract of a school night is missing once the next school morning begins, and belongs to the day before
# when it was made after midnight.
MORNING = time(7)
NOON = 12
LONGEST_COUNTED = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Health:
    """How the imports stand: a level, a code for the reason, and the words for people."""

    level: HealthLevel
    reason: str
    sentence: str
    last_at: datetime | None

    @property
    def tag(self) -> str:
        """The kind of tag that shows it."""
        return {HealthLevel.GREEN: "ok", HealthLevel.AMBER: "warn", HealthLevel.RED: "danger"}[self.level]

    @property
    def word(self) -> str:
        """Colour and word: nobody has to tell colours apart."""
        return "Red: failing" if self.level == HealthLevel.RED else self.level.label


FAILING = (
    "Lists of classes and staff and attendance are out of date. How to start it again: “Contact Support”."
)
SENTENCES = {
    "current": "Every school night has brought its extract.",
    "one_missed": "The extract of one school night has not come.",
    "held": "An extract is held: it would change more than one night should, and waits for an administrator.",
    "never": "Nothing has been imported from the MIS yet.",
    "missed": "The extracts of {missed} school nights have not come. " + FAILING,
    "failed": "The last extract was refused and changed nothing. " + FAILING,
}


def import_health(*, at: datetime | None = None) -> Health:
    """How current the school's data are, counted in school nights by the calendar.

    Green: none was missed. Amber: one was, or an extract is held. Red: two or more were, or the last extract
    was refused.
    """
    moment = at or now()
    # What somebody brings by hand says nothing of whether the MIS still sends.
    imports = Import.objects.filter(form=ImportForm.EXTRACT).order_by()
    last = (
        imports.filter(state=ImportState.APPLIED, generated_at__isnull=False)
        .order_by("-generated_at")
        .values_list("generated_at", flat=True)
        .first()
    )
    latest = (
        imports.filter(state__in=(ImportState.APPLIED, ImportState.REFUSED, ImportState.HELD))
        .order_by("-uploaded_at", "-id")
        .values_list("state", "generated_at")
        .first()
    )
    missed = len(_nights_missed(last, moment)) if last is not None else 0
    if latest is not None and latest[0] == ImportState.REFUSED:
        level, reason = HealthLevel.RED, "failed"
    elif missed > 1:
        level, reason = HealthLevel.RED, "missed"
    elif latest is not None and latest[0] == ImportState.HELD:
        level, reason = HealthLevel.AMBER, "held"
    elif last is None:
        level, reason = HealthLevel.AMBER, "never"
    elif missed:
        level, reason = HealthLevel.AMBER, "one_missed"
    else:
        level, reason = HealthLevel.GREEN, "current"
    return Health(level, reason, SENTENCES[reason].format(missed=missed), last)


def turn_to_mail(turn_id: UUID) -> HealthTurn:
    """For the mail about it."""
    return HealthTurn.objects.get(pk=turn_id)


def _nights_missed(last: datetime, at: datetime) -> list[date]:
    """The school days whose night should have brought an extract since the last one that was applied."""
    local, here = timezone.localtime(last), timezone.localtime(at)
    covered = local.date() if local.hour >= NOON else local.date() - timedelta(days=1)
    today = here.date() if here.time() >= MORNING else here.date() - timedelta(days=1)
    first = max(covered + timedelta(days=1), today - LONGEST_COUNTED)
    return school_days_between(first, today - timedelta(days=1))
