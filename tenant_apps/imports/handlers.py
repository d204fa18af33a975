"""What a worker does for imports."""

from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from core.outbox.mail import send_mail
from core.outbox.models import OutboxEntry
from core.outbox.registry import Payload, every, handles
from core.tenancy import current_school
from shared_apps.people.selectors import get_user
from tenant_apps.imports.enums import HealthLevel
from tenant_apps.imports.selectors import SENTENCES, turn_to_mail
from tenant_apps.imports.services import (
    HEALTH_MAIL,
    TOPIC,
    apply_import,
    give_up,
    note_health,
    remove_old_extracts,
)
from tenants.models import School
from tenants.selectors import school_url

URLS = "config.urls_school"


def give_up_import(payload: Payload, entry: OutboxEntry) -> None:
    give_up(import_id=UUID(payload["import"]))


@handles(TOPIC, given_up=give_up_import)
def apply_extract(payload: Payload, entry: OutboxEntry) -> None:
    apply_import(import_id=UUID(payload["import"]))


@handles(HEALTH_MAIL)
def send_health_mail(payload: Payload, entry: OutboxEntry) -> None:
    """Tell one administrator that the imports' health turned, and why. Names nobody and counts nobody."""
    turn = turn_to_mail(UUID(payload["turn"]))
    recipient = get_user(UUID(payload["recipient"]))
    if not recipient.is_active:
        return
    school = current_school()
    assert isinstance(school, School)
    context = {
        "brand": settings.BRAND,
        "school": school.name,
        "level": HealthLevel(turn.level).label.lower(),
        "sentence": SENTENCES[turn.reason].format(missed="two or more"),
        "turned_at": turn.turned_at,
        "url": school_url(school, reverse("imports:home", urlconf=URLS)),
    }
    send_mail(
        to=recipient.email,
        subject=f"{settings.BRAND}: import health is {context['level']}",
        text=render_to_string("imports/mail/health.txt", context),
        html=render_to_string("imports/mail/health.html", context),
        message_id_key=f"{HEALTH_MAIL} {entry.key}",
    )


@every(minutes=10)
def watch_health() -> None:
    note_health()


@every(minutes=24 * 60)
def clear_away_extracts() -> None:
    remove_old_extracts()
