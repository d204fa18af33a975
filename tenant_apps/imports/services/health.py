"""Tells the administrators when the imports' health becomes another one."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction

from core.access import SYSTEM
from core.audit.services import record
from core.db.clock import now
from core.outbox.services import owe
from tenant_apps.imports.enums import HealthLevel
from tenant_apps.imports.models import HealthTurn
from tenant_apps.imports.selectors import import_health
from tenant_apps.staff.selectors import administrators

HEALTH_MAIL = "imports.health"


@transaction.atomic
def note_health(*, at: datetime | None = None) -> HealthTurn | None:
    """Note that the health has turned and owe a mail to every administrator; None when it has not.

    Harmless at any time and twice. The first state of a school is told to nobody, unless it is red.
    """
    moment = at or now()
    health = import_health(at=moment)
    with connection.cursor() as cursor:
        table = HealthTurn._meta.db_table  # noqa: SLF001 -- Django's documented way to a table's name
        cursor.execute(f"LOCK TABLE {table} IN SHARE UPDATE EXCLUSIVE MODE")
    last = HealthTurn.objects.order_by("-turned_at", "-id").first()
    if last is not None and last.level == health.level:
        return None
    turn = HealthTurn.objects.create(level=health.level, reason=health.reason, turned_at=moment)
    detail = {"level": health.level, "reason": health.reason}
    record("import_health.turned", by=SYSTEM, record=("import_health", turn.pk), detail=detail, at=at)
    if last is None and health.level != HealthLevel.RED:
        return turn
    for user_id in administrators():
        owe(
            HEALTH_MAIL,
            key=f"{turn.pk}:{user_id}",
            payload={"turn": str(turn.pk), "recipient": str(user_id)},
        )
    return turn
