"""Writes of the school's settings."""

import re
from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from core.access import Access
from core.audit.context import current
from core.audit.services import record
from tenant_apps.school_settings.enums import (
    DEFAULT_ADULT_CONCERN_TEXT,
    DEFAULT_FILES_HINT,
    DEFAULT_IMMEDIATE_DANGER_TEXT,
    DEFAULT_INCIDENT_HINT,
    DEFAULT_SECURITY_MESSAGE,
)
from tenant_apps.school_settings.models import SETTINGS_ID, Closure, Settings
from tenant_apps.school_settings.selectors import academic_year_of

CHANGEABLE = frozenset(field.name for field in Settings._meta.fields) - {"id"}  # noqa: SLF001 -- Django's documented model API
DOMAIN = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")


@transaction.atomic
def create_settings(*, email_domains: Iterable[str], by: Access, at: datetime | None = None) -> Settings:
    """The first settings of a new school, with every text filled and the academic year of today.

    Today is the school's own date. Telephone numbers and names stay blank until an administrator enters them;
    the form reads well without.
    """
    today = timezone.localdate(at)
    year_start, year_end = academic_year_of(today)
    settings = Settings(
        security_message=DEFAULT_SECURITY_MESSAGE,
        immediate_danger_text=DEFAULT_IMMEDIATE_DANGER_TEXT,
        adult_concern_text=DEFAULT_ADULT_CONCERN_TEXT,
        incident_hint=DEFAULT_INCIDENT_HINT,
        files_hint=DEFAULT_FILES_HINT,
        email_whitelist=_clean_domains(email_domains),
        year_start=year_start,
        year_end=year_end,
    )
    settings.full_clean()
    settings.save(force_insert=True)
    record("settings.created", by=by, at=at)
    return settings


@transaction.atomic
def update_settings(*, by: Access, at: datetime | None = None, **changes: object) -> Settings:
    """Change the named settings and leave the others. Administrators only.

    Raises PermissionDenied, ValidationError by field, and TypeError for a name that is no setting. Nothing is
    written where nothing differs.
    """
    if not (by.is_administrator or by.is_system):
        raise PermissionDenied
    if unknown := changes.keys() - CHANGEABLE:
        raise TypeError(f"Not a setting: {', '.join(sorted(unknown))}")
    settings = Settings.objects.select_for_update().get(pk=SETTINGS_ID)
    if "email_whitelist" in changes:
        changes["email_whitelist"] = _clean_domains(changes["email_whitelist"])  # type: ignore[arg-type] # cleaned there
    changed = sorted(name for name, value in changes.items() if getattr(settings, name) != value)
    if not changed:
        return settings
    for name in changed:
        setattr(settings, name, changes[name])
    settings.full_clean()
    settings.save(update_fields=changed)
    _forget()
    record("settings.updated", by=by, detail={"fields": changed}, at=at)
    return settings


@transaction.atomic
def add_closure(*, date: date, name: str, by: Access, at: datetime | None = None) -> Closure:
    """Close the school on a day. Raises PermissionDenied; ValidationError for a day already closed."""
    if not (by.is_administrator or by.is_system):
        raise PermissionDenied
    closure = Closure(date=date, name=name.strip())
    closure.full_clean()
    closure.save(force_insert=True)
    record("closure.added", by=by, record=("closure", closure.id), detail={"date": date}, at=at)
    return closure


def _clean_domains(domains: Iterable[str]) -> list[str]:
    """Each domain once, in lower case, in alphabetical order; ValidationError for what is not a domain."""
    cleaned = sorted({domain.strip().lower().removeprefix("@") for domain in domains})
    for domain in cleaned:
        if not DOMAIN.fullmatch(domain):
            raise ValidationError({"email_whitelist": f"“{domain}” is not a domain."})
    return cleaned


def _forget() -> None:
    """What this request has read of the settings no longer counts."""
    if context := current():
        context.request.__dict__.pop("_school_settings", None)
