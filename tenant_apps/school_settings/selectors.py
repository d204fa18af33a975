"""Reads of the school's settings. They hold nothing about a person's records, so no access is asked for."""

import re
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS

from core.audit.context import current
from core.db.prepared import PreparedQuery
from core.tenancy import current_school
from tenant_apps.school_settings.enums import (
    DEFAULT_ADULT_CONCERN_TEXT,
    DEFAULT_FILES_HINT,
    DEFAULT_IMMEDIATE_DANGER_TEXT,
    DEFAULT_INCIDENT_HINT,
    MOST_IDLE_MINUTES,
    MOST_IDLE_MINUTES_WITHOUT_KEY,
)
from tenant_apps.school_settings.models import SETTINGS_ID, Closure, Settings

SATURDAY = 5
AUGUST = 8
# Zones that are places; the others are abbreviations and offsets, which know no summer time.
AREAS = (
    "Africa/",
    "America/",
    "Antarctica/",
    "Arctic/",
    "Asia/",
    "Atlantic/",
    "Australia/",
    "Europe/",
    "Indian/",
    "Pacific/",
)

# Shown in place of a word in braces for which the school has entered nothing yet. Each still reads as a
# sentence and says whom to ask, because it stands where somebody may be in a hurry.
UNKNOWN = {
    "safeguarding_team": "Ask at the school office for the safeguarding team",
    "out_of_hours_number": "ask the safeguarding team beforehand for the number",
    "headteacher": "the headteacher",
    "chair_of_governors": "the chair of governors",
    "lado_number": "(ask the school office for the number)",
    "safeguarding_line": "ask at the school office",
}

# What an administrator is told is still missing.
NOTICE_FIELDS = {
    "head_name": "Headteacher",
    "chair_of_governors": "Chair of governors",
    "out_of_hours_number": "Out-of-hours number",
    "lado_number": "Local authority designated officer (LADO) number",
    "safeguarding_line": "Safeguarding line",
}


@dataclass(frozen=True, slots=True)
class TeamPerson:
    """Someone to turn to in person: the name as it is spoken and the extension, empty where none is known."""

    user_id: UUID
    formal_name: str
    extension: str

    def __str__(self) -> str:
        return f"{self.formal_name} (ext. {self.extension})" if self.extension else self.formal_name


@dataclass(frozen=True, slots=True)
class FormNotices:
    """The texts of "Add Incident" with every name and number filled in."""

    immediate_danger: str
    adult_concern: str
    incident_hint: str
    files_hint: str


def get_settings() -> Settings:
    """The school's settings: one query, and one only while a request is answered.

    Raises Settings.DoesNotExist in a school that was never provisioned.
    """
    context = current()
    if context is None:
        return _read()
    # Kept by school: what one school decided must not answer for another that the same request enters.
    kept: dict[UUID, Settings] = context.request.__dict__.setdefault("_school_settings", {})
    school_id = current_school().id
    if school_id not in kept:
        kept[school_id] = _read()
    return kept[school_id]


FIELDS = Settings._meta.concrete_fields  # noqa: SLF001 -- Django's documented way to a model's fields
COLUMNS = [field.attname for field in FIELDS]
# Every page asks for them.
ROW = PreparedQuery(
    lambda: Settings.objects.filter(pk=SETTINGS_ID).values_list(*COLUMNS), is_planned_once=True
)


def _read() -> Settings:
    rows = ROW.rows()
    if not rows:
        raise Settings.DoesNotExist("This school was never provisioned.")
    return Settings.from_db(DEFAULT_DB_ALIAS, COLUMNS, rows[0])


def idle_minutes(*, is_elevated: bool) -> int:
    """After how many idle minutes the screen is covered, within the limits that no school can lift."""
    most = MOST_IDLE_MINUTES if is_elevated else MOST_IDLE_MINUTES_WITHOUT_KEY
    return min(get_settings().idle_timeout_minutes, most)


def accepts_email(email: str) -> bool:
    """Whether accounts may have this address: its domain is on the list, or the list is not in use."""
    settings = get_settings()
    domain = email.strip().lower().rpartition("@")[2]
    return not settings.use_email_whitelist or domain in settings.email_whitelist


@lru_cache(maxsize=1)
def time_zones() -> tuple[str, ...]:
    """The zones that a school may choose, as places, in alphabetical order."""
    return tuple(sorted(name for name in zoneinfo.available_timezones() if name.startswith(AREAS)))


def chosen_time_zone() -> str:
    """The zone the school chose; until it did, the one that the provider set."""
    return get_settings().time_zone or current_school().time_zone


def form_notices(*, team: Sequence[TeamPerson]) -> FormNotices:
    """The texts of the form filled for today; `team` are the people of the default alert group.

    A text that was emptied stands as on the first day: these notices are never absent. What is not known yet
    reads as a neutral phrase.
    """
    settings = get_settings()
    known = {
        "safeguarding_team": ", ".join(str(person) for person in team),
        "out_of_hours_number": settings.out_of_hours_number,
        "headteacher": settings.head_name,
        "chair_of_governors": settings.chair_of_governors,
        "lado_number": settings.lado_number,
        "safeguarding_line": settings.safeguarding_line,
    }
    if settings.safeguarding_line and known["safeguarding_team"]:
        known["safeguarding_team"] += f" · safeguarding line {settings.safeguarding_line}"

    def filled(text: str, default: str) -> str:
        return re.sub(
            r"\{(\w+)\}",
            # An unknown word in braces is the school's own text and stays as typed.
            lambda word: known.get(word[1]) or UNKNOWN.get(word[1], word[0]),
            text.strip() or default,
        )

    return FormNotices(
        immediate_danger=filled(settings.immediate_danger_text, DEFAULT_IMMEDIATE_DANGER_TEXT),
        adult_concern=filled(settings.adult_concern_text, DEFAULT_ADULT_CONCERN_TEXT),
        incident_hint=filled(settings.incident_hint, DEFAULT_INCIDENT_HINT),
        files_hint=filled(settings.files_hint, DEFAULT_FILES_HINT),
    )


def missing_notice_fields() -> list[str]:
    """What administrators still have to enter for the notices on the form, in their words."""
    settings = get_settings()
    return [label for field, label in NOTICE_FIELDS.items() if not getattr(settings, field)]


def is_school_day(day: date) -> bool:
    """Whether school is held: a weekday within the academic year that is not a closure."""
    settings = get_settings()
    return (
        settings.year_start <= day <= settings.year_end
        and day.weekday() < SATURDAY
        and not Closure.objects.filter(date=day).exists()
    )


def school_days_between(first: date, last: date) -> list[date]:
    """The school days from `first` to `last`, both included.

    Beyond the academic year that the school has entered every weekday outside August counts: a calendar that
    nobody keeps must not make everything look well.
    """
    settings = get_settings()
    closed = set(Closure.objects.filter(date__range=(first, last)).values_list("date", flat=True))
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [
        day
        for day in days
        if day.weekday() < SATURDAY
        and day not in closed
        and (settings.year_start <= day <= settings.year_end or day.month != AUGUST)
    ]


def closures() -> list[Closure]:
    """The days on which the school is closed, in order."""
    return list(Closure.objects.order_by("date"))


def school_days_before(day: date, *, count: int) -> list[date]:
    """The last `count` school days before a day, the latest first; fewer where the year began since."""
    settings = get_settings()
    closed = set(Closure.objects.filter(date__lt=day).values_list("date", flat=True))
    found: list[date] = []
    past = min(day, settings.year_end + timedelta(days=1)) - timedelta(days=1)
    while past >= settings.year_start and len(found) < count:
        if past.weekday() < SATURDAY and past not in closed:
            found.append(past)
        past -= timedelta(days=1)
    return found


def academic_year_of(day: date) -> tuple[date, date]:
    """The English academic year that a day lies in: 1 September to 31 August, both included."""
    first = day.year if day.month >= 9 else day.year - 1
    return date(first, 9, 1), date(first + 1, 8, 31)
