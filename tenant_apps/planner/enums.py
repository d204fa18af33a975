"""The words of the planner."""

from django.conf import settings
from django.db import models


class ReminderKind(models.TextChoices):
    """What a reminder is about, by its owner's own judgement; both are seen by the owner alone."""

    PERSONAL = "personal", "Personal"
    RECORDS = "records", settings.BRAND


class When(models.TextChoices):
    """The quick choices of "Remind Me"."""

    HOUR = "hour", "In an hour"
    TOMORROW = "tomorrow", "Tomorrow, 08:30"
    SCHOOL_DAY = "school-day", "Next school day, 08:30"
    AT = "at", "At another time"


class Again(models.TextChoices):
    """The choices of "Remind me again in…"."""

    MINUTES = "15", "15 minutes"
    HOUR = "60", "1 hour"
    DAY = "1440", "1 day"
