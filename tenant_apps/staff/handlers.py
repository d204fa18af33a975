"""The outbox's side of staff: mails about changes that need a second person, and accounts past their end."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string
from django.urls import reverse

from core.access import SYSTEM
from core.outbox.mail import send_mail
from core.outbox.models import OutboxEntry
from core.outbox.registry import every, handles
from core.tenancy import current_school
from shared_apps.people.selectors import get_user, names_of
from tenant_apps.staff import selectors
from tenant_apps.staff.services import reach, second_person, user_groups, users_closing
from tenants.models import School
from tenants.selectors import school_url

URLS = "config.urls_school"
ENDS = {
    "asked": "It takes effect only when a second person confirms it",
    "confirmed": "It was confirmed by {by} and is in force now",
    "refused": "It was refused by {by}; nothing changed",
    "taken_back": "It was taken back by {by}; nothing changed",
}


@handles(second_person.CHANGE_MAIL)
def send_change_mail(payload: dict[str, Any], entry: OutboxEntry) -> None:
    """Tell one person what was asked for and what became of it.

    An address that changes is told at the address before the change: whoever lost it to somebody else has to
    hear of it.
    """
    change = selectors.change_to_mail(UUID(payload["change"]))
    recipient = get_user(UUID(payload["recipient"]))
    is_theirs = change.user_id == recipient.pk
    if not (recipient.is_active or is_theirs):
        return
    before = change.payload.get("before") if is_theirs else None
    what, _ = selectors.describe_change(change)
    names = names_of([change.asked_by_id, change.decided_by_id])
    decided_by = names[change.decided_by_id].formal if change.decided_by_id in names else "the system"
    context = {
        "brand": settings.BRAND,
        "asked_by": names[change.asked_by_id].formal,
        "what": what if is_theirs or not change.payload.get("email") else what.partition(" from ")[0],
        "end": ENDS[payload["step"]].format(by=decided_by),
        "url": _address(reverse("staff:change", args=[change.pk], urlconf=URLS)),
        "extension": selectors.safeguarding_extension(),
    }
    send_mail(
        to=before or recipient.email,
        subject=f"{settings.BRAND}: a change that needs a second person",
        text=render_to_string("staff/mail/change.txt", context),
        html=render_to_string("staff/mail/change.html", context),
        message_id_key=f"{second_person.CHANGE_MAIL} {entry.key}",
    )


@handles(second_person.ENTRY_MAIL)
def send_new_reader_mail(payload: dict[str, Any], entry: OutboxEntry) -> None:
    """Tell one member of the default alert group of a new account that may see Restricting categories."""
    recipient = get_user(UUID(payload["recipient"]))
    if not recipient.is_active:
        return
    user_id, by = UUID(payload["user"]), UUID(payload["by"]) if payload["by"] else None
    names = names_of([user_id, by])
    context = {
        "brand": settings.BRAND,
        "who": names[user_id].full,
        "group": selectors.group_name_of(user_id),
        "by": names[by].formal if by in names else "the system",
        "extension": selectors.safeguarding_extension(),
    }
    send_mail(
        to=recipient.email,
        subject=f"{settings.BRAND}: a new account",
        text=render_to_string("staff/mail/new_reader.txt", context),
        html=render_to_string("staff/mail/new_reader.html", context),
        message_id_key=f"{second_person.ENTRY_MAIL} {entry.key}",
    )


@handles(reach.REACH_MAIL)
def send_reach_mail(payload: dict[str, Any], entry: OutboxEntry) -> None:
    """Tell somebody who will be alerted from now on: by a place in an alert group, or for who is away."""
    recipient = get_user(UUID(payload["recipient"]))
    if not recipient.is_active:
        return
    by = UUID(payload["by"]) if payload["by"] else None
    away = UUID(payload["away"]) if "away" in payload else None
    user_id = UUID(payload["user"])
    names = names_of([user_id, by, away])
    context = {
        "brand": settings.BRAND,
        "who": names[user_id].full,
        "by": names[by].formal if by in names else "the system",
        "away": names[away].full if away in names else "",
        "group": selectors.alert_group_name(UUID(payload["group"])) if "group" in payload else "",
        "extension": selectors.safeguarding_extension(),
    }
    send_mail(
        to=recipient.email,
        subject=f"{settings.BRAND}: somebody more will be alerted",
        text=render_to_string("staff/mail/reach.txt", context),
        html=render_to_string("staff/mail/reach.html", context),
        message_id_key=f"{reach.REACH_MAIL} {entry.key}",
    )


@handles(user_groups.DELETE)
def delete_user_group(payload: dict[str, Any], entry: OutboxEntry) -> None:
    """Delete a user group on the school's written request; not one into which somebody was moved since."""
    group_id, request = UUID(payload["group"]), payload["request"]
    try:
        user_groups.delete_user_group(group_id=group_id, request=request, by=SYSTEM)
    except ValidationError:
        user_groups.refuse_deletion(group_id=group_id, request=request, by=SYSTEM)


@every(minutes=5)
def close_ended_accounts() -> None:
    """Deactivate the accounts whose end has come; sign-in refuses them from that moment on anyway."""
    users_closing.close_ended(by=SYSTEM)


def _address(path: str) -> str:
    school = current_school()
    assert isinstance(school, School)
    return school_url(school, path)
