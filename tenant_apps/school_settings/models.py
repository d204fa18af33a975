"""What a school decided about the product, its academic year and its closures."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from core.db.models import Record
from tenant_apps.school_settings.enums import GroupType, NameFormat, NonKeyReading

# One row per school, under the same key in each: the table cannot come to hold two answers.
SETTINGS_ID = uuid.UUID("00000000-0000-7000-8000-000000000001")


class Settings(Record):
    """The school's settings. There is exactly one row; provisioning writes it."""

    id = models.UUIDField(primary_key=True, default=SETTINGS_ID, editable=False)

    security_message = models.TextField(blank=True, default="")
    idle_timeout_minutes = models.PositiveSmallIntegerField(default=15)
    non_key_library = models.BooleanField(default=True)
    non_key_reading = models.CharField(
        max_length=10,
        choices=NonKeyReading.choices,
        default=NonKeyReading.EVERYWHERE,
        db_default=NonKeyReading.EVERYWHERE,
    )
    # Address ranges of the school's own network, such as "203.0.113.0/24".
    network_ranges = ArrayField(models.CharField(max_length=43), default=list, db_default=[], blank=True)
    keep_read_alerts = models.BooleanField(default=False, db_default=False)
    # An uploaded image (owner kind "logo").
    logo_document = models.UUIDField(null=True, blank=True)
    # Empty: as the provider set it. `tenants.School.time_zone` follows, which every request goes by.
    time_zone = models.CharField(max_length=64, blank=True, default="", db_default="")
    use_legal_names = models.BooleanField(default=False)
    student_name_format = models.CharField(
        max_length=10, choices=NameFormat.choices, default=NameFormat.FIRST_LAST
    )
    dashboard_group_type = models.CharField(max_length=5, choices=GroupType.choices, default=GroupType.TUTOR)
    main_group_type = models.CharField(max_length=5, choices=GroupType.choices, default=GroupType.YEAR)
    attendance_trend_short_days = models.PositiveSmallIntegerField(default=10)
    attendance_trend_long_days = models.PositiveSmallIntegerField(default=30)

    enforce_alert = models.BooleanField(default=True)
    plain_alerts = models.BooleanField(default=False)
    non_key_active_only = models.BooleanField(default=True, db_default=True)
    allow_student_search = models.BooleanField(default=True)

    use_email_whitelist = models.BooleanField(default=True)
    email_whitelist = ArrayField(models.CharField(max_length=253), default=list, blank=True)
    disable_missing_users = models.BooleanField(default=True)
    reveal_unknown_email = models.BooleanField(default=False)

    # Training mode is on since then; begun and ended by its own services.
    training_since = models.DateTimeField(null=True, blank=True)

    head_name = models.CharField(max_length=120, blank=True, default="")
    chair_of_governors = models.CharField(max_length=200, blank=True, default="")
    out_of_hours_number = models.CharField(max_length=40, blank=True, default="")
    lado_number = models.CharField(max_length=40, blank=True, default="")
    safeguarding_line = models.CharField(max_length=40, blank=True, default="")

    immediate_danger_text = models.TextField(blank=True, default="")
    adult_concern_text = models.TextField(blank=True, default="")
    incident_hint = models.TextField(blank=True, default="")
    files_hint = models.TextField(blank=True, default="")

    year_start = models.DateField()
    year_end = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=SETTINGS_ID), name="settings_single_row"),
            models.CheckConstraint(condition=Q(year_start__lt=F("year_end")), name="settings_year_in_order"),
            models.CheckConstraint(
                condition=Q(idle_timeout_minutes__gte=1), name="settings_idle_timeout_positive"
            ),
            models.CheckConstraint(
                condition=Q(attendance_trend_short_days__gte=1)
                & Q(attendance_trend_short_days__lt=F("attendance_trend_long_days")),
                name="settings_trend_short_below_long",
            ),
        ]

    def __str__(self) -> str:
        return "Settings"


class Closure(Record):
    """A weekday within the academic year on which the school is closed."""

    date = models.DateField(unique=True)
    name = models.CharField(max_length=120)

    class Meta:
        ordering = ["date"]

    def __str__(self) -> str:
        return f"{self.date:%d/%m/%Y} {self.name}"
