"""The outbox's side of incidents: what was deleted or moved, or waits unsent, and by whom; never what."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from core.access import SYSTEM
from core.outbox.mail import send_mail
from core.outbox.models import OutboxEntry
from core.outbox.registry import every, handles
from core.tenancy import current_school
from shared_apps.people.selectors import get_user, names_of
from tenant_apps.incidents import selectors, services
from tenant_apps.incidents.enums import DraftKind
from tenants.models import School
from tenants.selectors import school_url

TOPICS = (
    services.DELETION_MAIL,
    services.DRAFT_MAIL,
    services.DRAFT_TOLD_MAIL,
    services.MOVING_MAIL,
)
URLS = "config.urls_school"


@handles(services.DELETION_MAIL)
def send_deletion_mail(payload: dict[str, Any], entry: OutboxEntry) -> None:
    """Tell one person that a record with an alert that was still unread was deleted."""
    by = UUID(payload["by"])
    context = {"by": names_of([by])[by].full}
    _send(UUID(payload["to"]), entry, "deletion", "a record was deleted", context)


@handles(services.DRAFT_MAIL)
def send_draft_mail(payload: dict[str, Any], entry: OutboxEntry) -> None:
    """Remind an author of a draft that waits. One that was added or put away meanwhile is not told of."""
    draft = selectors.draft_to_mail(UUID(payload["draft"]))
    if draft is None:
        return
    is_today = timezone.localdate(draft.begun_at) == timezone.localdate()
    context = {"thing": _thing(draft.kind), "begun_at": draft.begun_at, "is_today": is_today}
    _send(draft.author_id, entry, "draft", "something unfinished", context)


@handles(services.DRAFT_TOLD_MAIL)
def send_draft_told_mail(payload: dict[str, Any], entry: OutboxEntry) -> None:
    """Tell a member of the default alert group that somebody has a draft that waits."""
    draft = selectors.draft_to_mail(UUID(payload["draft"]))
    if draft is None:
        return
    author = names_of([draft.author_id])[draft.author_id].formal
    context = {"thing": _thing(draft.kind), "begun_at": draft.begun_at, "author": author}
    _send(UUID(payload["to"]), entry, "draft_told", "something unfinished", context)


@handles(services.MOVING_MAIL)
def send_moving_mail(payload: dict[str, Any], entry: OutboxEntry) -> None:
    """Tell one person that a record they were alerted to was moved to another student."""
    by = UUID(payload["by"])
    context = {"by": names_of([by])[by].full}
    _send(UUID(payload["to"]), entry, "moving", "a record was moved", context)


@every(minutes=5)
def tell_of_drafts() -> None:
    """Remind authors of what they have not added, and let the default alert group know the day after."""
    services.tell_of_drafts(by=SYSTEM)


def _thing(kind: str) -> str:
    return "an action" if kind == DraftKind.ACTION else "an incident"


def _send(to: UUID, entry: OutboxEntry, template: str, about: str, context: dict[str, Any]) -> None:
    recipient = get_user(to)
    if not recipient.is_active:
        return
    school = current_school()
    assert isinstance(school, School)
    subject = f"{settings.BRAND}: {about} at {school.name}"
    context |= {"subject": subject, "link": school_url(school, reverse("people:login", urlconf=URLS))}
    send_mail(
        to=recipient.email,
        subject=subject,
        text=render_to_string(f"incidents/mail/{template}.txt", context),
        html=render_to_string(f"incidents/mail/{template}.html", context),
        message_id_key=f"{entry.topic} {entry.key}",
    )
