"""Writes of the school's settings."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from ipaddress import ip_network
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone

from core.access import Access
from core.audit.context import current
from core.audit.services import record
from core.db.clock import now
from core.db.keys import uuid7
from core.outbox.services import owe
from tenant_apps.school_settings.enums import (
    DEFAULT_ADULT_CONCERN_TEXT,
    DEFAULT_FILES_HINT,
    DEFAULT_IMMEDIATE_DANGER_TEXT,
    DEFAULT_INCIDENT_HINT,
    DEFAULT_SECURITY_MESSAGE,
    MOST_IDLE_MINUTES,
    NonKeyReading,
)
from tenant_apps.school_settings.models import SETTINGS_ID, Closure, Settings
from tenant_apps.school_settings.selectors import SATURDAY, academic_year_of, get_settings, time_zones

CHANGEABLE = frozenset(field.name for field in Settings._meta.fields) - {"id", "training_since"}  # noqa: SLF001 -- Django's documented model API
MOST_RANGES = 50
# Wider than this is no school's network: with it "School network only" would let the internet in.
WIDEST_RANGE = {4: 8, 6: 24}
LONGEST_YEAR = timedelta(days=400)
SHORTEST_YEAR = timedelta(days=90)
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
    if "network_ranges" in changes:
        changes["network_ranges"] = _clean_ranges(changes["network_ranges"])  # type: ignore[arg-type] # cleaned there
    changed = sorted(name for name, value in changes.items() if getattr(settings, name) != value)
    if not changed:
        return settings
    for name in changed:
        setattr(settings, name, changes[name])
    settings.full_clean()
    _refuse_what_does_not_fit(settings, changed)
    settings.save(update_fields=changed)
    _forget()
    if "time_zone" in changed:
        owe("school_settings.time_zone", key=str(uuid7()), payload={})
    record("settings.updated", by=by, detail={"fields": changed}, at=at)
    return settings


@transaction.atomic
def set_training(*, is_on: bool, by: Access, at: datetime | None = None) -> bool:
    """Switch training mode on or off; whether that changed anything. Administrators only.

    Waits for entries that are being added, which hold the mode as it was: see `hold_training`.
    """
    if not (by.is_administrator or by.is_system):
        raise PermissionDenied
    settings = Settings.objects.select_for_update().get(pk=SETTINGS_ID)
    if (settings.training_since is not None) == is_on:
        return False
    settings.training_since = (at or now()) if is_on else None
    settings.save(update_fields=["training_since"])
    _forget()
    record("settings.updated", by=by, detail={"fields": ["training_since"]}, at=at)
    return True


def hold_training() -> bool:
    """Whether training mode is on; if it is, it stays on until the transaction ends.

    Comes before any other lock. Those who hold it do not wait for each other.
    """
    if get_settings().training_since is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT training_since IS NOT NULL FROM school_settings_settings WHERE id = %s FOR SHARE",
            [SETTINGS_ID],
        )
        return bool(cursor.fetchone()[0])


@transaction.atomic
def add_closure(
    *, date: date, name: str, by: Access, until: date | None = None, at: datetime | None = None
) -> list[Closure]:
    """Close the school on a day, or on every weekday up to and including `until`; what was closed stays so.

    Raises PermissionDenied; ValidationError by field ("date", "until", "name") for days outside the academic
    year, a weekend, and days that are all closed already.
    """
    if not (by.is_administrator or by.is_system):
        raise PermissionDenied
    settings = Settings.objects.get(pk=SETTINGS_ID)
    last = until or date
    if last < date:
        raise ValidationError({"until": "The last day is before the first day."})
    for field, day in (("date", date), ("until", last)):
        if not settings.year_start <= day <= settings.year_end:
            raise ValidationError({field: f"The day is outside the academic year, {_span(settings)}."})
    days = [date + timedelta(days=number) for number in range((last - date).days + 1)]
    weekdays = [day for day in days if day.weekday() < SATURDAY]
    if not weekdays:
        raise ValidationError({"date": "The school is closed at weekends anyway. Give a weekday."})
    closed = set(Closure.objects.filter(date__in=weekdays).values_list("date", flat=True))
    added = [Closure(date=day, name=name.strip()) for day in weekdays if day not in closed]
    if not added:
        raise ValidationError({"date": "The school is closed then already."})
    for closure in added:
        closure.full_clean()
    Closure.objects.bulk_create(added)
    for closure in added:
        record("closure.added", by=by, record=("closure", closure.id), detail={"date": closure.date}, at=at)
    return added


@transaction.atomic
def remove_closure(*, closure_id: UUID, by: Access, at: datetime | None = None) -> None:
    """The school is open on this day after all. Raises PermissionDenied, and Http404 for no such closure."""
    if not (by.is_administrator or by.is_system):
        raise PermissionDenied
    closure = get_object_or_404(Closure.objects.select_for_update(), pk=closure_id)
    day = closure.date
    closure.delete()
    record("closure.removed", by=by, record=("closure", closure_id), detail={"date": day}, at=at)


def _span(settings: Settings) -> str:
    return f"{settings.year_start:%d/%m/%Y} to {settings.year_end:%d/%m/%Y}"


def _refuse_what_does_not_fit(settings: Settings, changed: Iterable[str]) -> None:
    """ValidationError by field for values that the columns would take and the product may not."""
    faults: dict[str, str] = {}
    if "idle_timeout_minutes" in changed and not 1 <= settings.idle_timeout_minutes <= MOST_IDLE_MINUTES:
        faults["idle_timeout_minutes"] = f"Give a number of minutes from 1 to {MOST_IDLE_MINUTES}."
    if "time_zone" in changed and settings.time_zone and settings.time_zone not in time_zones():
        faults["time_zone"] = "Choose a time zone from the list."
    if settings.non_key_reading == NonKeyReading.NETWORK and not settings.network_ranges:
        faults["network_ranges"] = "Give the address ranges of the school's network, one a line."
    if settings.use_email_whitelist and not settings.email_whitelist and "email_whitelist" in changed:
        faults["email_whitelist"] = "Give at least one domain, or switch the whitelist off."
    if {"year_start", "year_end"} & set(changed):
        length = settings.year_end - settings.year_start
        if not SHORTEST_YEAR <= length <= LONGEST_YEAR:
            faults["year_end"] = "An academic year is three to thirteen months long. Check both dates."
    if faults:
        raise ValidationError(faults)


def _clean_ranges(ranges: Iterable[str]) -> list[str]:
    """Each address range once, as a network; ValidationError for what is none or far too wide."""
    cleaned: dict[str, None] = {}
    for given in ranges:
        try:
            network = ip_network(given.strip(), strict=False)
        except ValueError:
            raise ValidationError(
                {"network_ranges": f"“{given.strip()}” is not an address range such as 203.0.113.0/24."}
            ) from None
        if network.prefixlen < WIDEST_RANGE[network.version]:
            raise ValidationError({"network_ranges": f"“{network}” is wider than any school's network."})
        cleaned[str(network)] = None
    if len(cleaned) > MOST_RANGES:
        raise ValidationError({"network_ranges": f"Give at most {MOST_RANGES} address ranges."})
    return list(cleaned)


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
