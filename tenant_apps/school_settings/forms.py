"""The shape of what administrators type. The groups are the sections of the page, in its order."""

import hashlib
from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import QueryDict

from core.web.refusals import Refusable
from tenant_apps.school_settings.enums import MOST_IDLE_MINUTES, GroupType, NameFormat, NonKeyReading
from tenant_apps.school_settings.selectors import NOTICE_FIELDS, chosen_time_zone, get_settings, time_zones

MOST_CHARACTERS = 2_000
LONGEST_SPAN = 365


class LinesField(forms.CharField):
    """Several short values, one a line or parted by commas; a list without the empty ones."""

    widget = forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> list[str]:  # type: ignore[override] # lines instead of one text
        text = super().to_python(value) or ""
        return [part.strip() for part in text.replace(",", "\n").splitlines() if part.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != self.to_python(data))


class DateField(forms.DateField):
    """A day, typed or picked; dates stand in the browser's own form."""

    def __init__(self, **kwargs: Any) -> None:
        invalid = {"invalid": "Give a date as day, month and year.", "required": "Give a date."}
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=widget, error_messages=invalid, **kwargs)


def tick(label: str, help_text: str) -> forms.BooleanField:
    return forms.BooleanField(label=label, help_text=help_text, required=False)


def text(label: str, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def line(label: str, help_text: str, *, most: int) -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=most)


class SettingsForm(Refusable):
    """ "Settings": every field but the first is a setting of the same name."""

    # What the page showed, in short: two administrators at once must not undo each other unknowingly.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    security_message = text(
        "Security message", "Stands at the top of every page for everybody; empty leaves it out."
    )
    idle_timeout_minutes = forms.IntegerField(
        label="Idle timeout",
        help_text=(
            f"Minutes without use until the screen is covered, at most {MOST_IDLE_MINUTES}; "
            "without a key never more than 15."
        ),
        min_value=1,
        max_value=MOST_IDLE_MINUTES,
        error_messages={
            "required": "Give a number of minutes.",
            "invalid": "Give a whole number of minutes.",
            "min_value": f"Give a number of minutes from 1 to {MOST_IDLE_MINUTES}.",
            "max_value": f"Give a number of minutes from 1 to {MOST_IDLE_MINUTES}.",
        },
    )
    time_zone = forms.ChoiceField(
        label="Time zone", help_text="Choose another one only if the school is not on UK time."
    )

    use_legal_names = tick(
        "Use legal names instead of preferred names",
        "Shows each student's legal name in place of the preferred one, everywhere.",
    )
    student_name_format = forms.ChoiceField(
        label="Student Name Format",
        help_text="The order in which students' names are written, everywhere.",
        choices=NameFormat.choices,
    )
    dashboard_group_type = forms.ChoiceField(
        label="Dashboard group type",
        help_text="The groups that the dashboard lists.",
        choices=GroupType.choices,
    )
    main_group_type = forms.ChoiceField(
        label="Main group type", help_text="The groups that reports begin with.", choices=GroupType.choices
    )
    attendance_trend_short_days = forms.IntegerField(
        label="Attendance Trend Values: latest days",
        help_text="How many of the latest school days are compared with the longer span below.",
        min_value=1,
        max_value=LONGEST_SPAN - 1,
        error_messages={"required": "Give a number of school days."},
    )
    attendance_trend_long_days = forms.IntegerField(
        label="Attendance Trend Values: longer span",
        help_text="The school days they are compared with; more than the latest days.",
        min_value=2,
        max_value=LONGEST_SPAN,
        error_messages={"required": "Give a number of school days."},
    )

    enforce_alert = tick(
        "Enforce at least one alert for all incidents?",
        "Refuses an incident for which nobody is alerted; off, the default alert group is told.",
    )
    allow_student_search = tick(
        "Allow student search on add incident form",
        "Offers students as their names are typed; off, they are chosen from two lists, group then name.",
    )
    plain_alerts = tick(
        "Plain alerts", "Mails about alerts name no category, only that there is something to read."
    )

    non_key_library = tick(
        "Non key access to the library?",
        "Lets people without a key into the library; off keeps it to key holders.",
    )
    non_key_reading = forms.ChoiceField(
        label="Non-key reading",
        help_text="From where people may open, without a key, what they were alerted to.",
        choices=NonKeyReading.choices,
    )
    network_ranges = LinesField(
        label="School network",
        help_text="Address ranges for “School network only”, one a line, such as 203.0.113.0/24.",
        required=False,
        max_length=MOST_CHARACTERS,
    )
    keep_read_alerts = tick(
        "Keep read alerts readable for non-key users",
        "An incident still opens for them after they have marked its alert as read.",
    )

    non_key_active_only = tick(
        "Non-key users add with status “Active” only",
        "Without a key an incident is added as Active; off, it may be added as Closed too.",
    )

    use_email_whitelist = tick(
        "Use email address domain whitelist", "Accounts may have addresses of the domains below only."
    )
    email_whitelist = LinesField(
        label="Domains",
        help_text="What stands behind the @, one a line.",
        required=False,
        max_length=20_000,
    )
    disable_missing_users = tick(
        "Disable user accounts which no longer appear in automatic extracts",
        "Deactivates at the next import staff who are no longer in the MIS extract.",
    )
    reveal_unknown_email = tick(
        "Say when an email address is unknown",
        "Tells whoever asks for a password link that there is no account; off, every address is answered "
        "alike.",
    )

    head_name = line(NOTICE_FIELDS["head_name"], "The name as people say it, such as Dr Coleman.", most=120)
    chair_of_governors = line(
        NOTICE_FIELDS["chair_of_governors"], "The name and how to reach that person.", most=200
    )
    out_of_hours_number = line(
        NOTICE_FIELDS["out_of_hours_number"], "Where to ring when the school is closed.", most=40
    )
    lado_number = line(NOTICE_FIELDS["lado_number"], "For concerns about adults who work here.", most=40)
    safeguarding_line = line(
        NOTICE_FIELDS["safeguarding_line"], "The telephone of the safeguarding team.", most=40
    )
    immediate_danger_text = text(
        "In immediate danger",
        "First above the form. {safeguarding_team} and {out_of_hours_number} are filled in; empty brings the "
        "first day's words back.",
    )
    adult_concern_text = text(
        "About an adult",
        "Second above the form. {headteacher}, {chair_of_governors} and {lado_number} are filled in.",
    )
    incident_hint = text("How to write", "Above the text of an incident.")
    files_hint = text("Files", "Beside the files of an incident.")

    groups = (
        ("Every page", ("security_message", "idle_timeout_minutes", "time_zone")),
        (
            "Names and groups",
            (
                "use_legal_names",
                "student_name_format",
                "dashboard_group_type",
                "main_group_type",
                "attendance_trend_short_days",
                "attendance_trend_long_days",
            ),
        ),
        ("Incidents and alerts", ("enforce_alert", "allow_student_search", "plain_alerts")),
        (
            "People without a key",
            (
                "non_key_library",
                "non_key_reading",
                "network_ranges",
                "keep_read_alerts",
                "non_key_active_only",
            ),
        ),
        (
            "Accounts",
            ("use_email_whitelist", "email_whitelist", "disable_missing_users", "reveal_unknown_email"),
        ),
        (
            "Notices on the form",
            (
                *NOTICE_FIELDS,
                "immediate_danger_text",
                "adult_concern_text",
                "incident_hint",
                "files_hint",
            ),
        ),
    )

    def __init__(self, data: QueryDict | None = None) -> None:
        settings = get_settings()
        now = {name: getattr(settings, name) for name in self.base_fields if name != "seen"}
        now["time_zone"] = chosen_time_zone()
        self.shown_now = hashlib.sha256(repr(sorted(now.items())).encode()).hexdigest()[:16]
        super().__init__(data, initial={**now, "seen": self.shown_now})
        zones = dict.fromkeys((now["time_zone"], "Europe/London", *time_zones()))
        zone = self.fields["time_zone"]
        zone.choices = [(name, name.replace("_", " ")) for name in zones]  # type: ignore[attr-defined] # a ChoiceField
        for field in self.fields.values():
            # Choices, minutes and days always have a value; "(optional)" beside a tick says nothing.
            field.error_messages.setdefault("required", "Give a value.")

    def sections(self) -> Iterator[tuple[str, list[forms.BoundField]]]:
        """The headings of the page, each with its fields."""
        for heading, names in self.groups:
            yield heading, [self[name] for name in names]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        short = cleaned.get("attendance_trend_short_days")
        long = cleaned.get("attendance_trend_long_days")
        if short and long and short >= long:
            self.add_error(
                "attendance_trend_long_days", "The longer span needs more days than the latest days."
            )
        if cleaned.get("seen") not in ("", None, self.shown_now):
            self.add_error(
                None,
                "Somebody else changed the settings while this page was open. What you typed stands below: "
                "compare it with the settings as they are now, then save again.",
            )
            # The page is shown again as one that has seen what stands now.
            self.data = {**dict(self.data.items()), "seen": self.shown_now}
        return cleaned

    def changes(self) -> dict[str, Any]:
        """What differs from the page as it was opened, for the service."""
        return {name: self.cleaned_data[name] for name in self.changed_data if name != "seen"}


class YearForm(Refusable):
    """ "Calendar": the academic year."""

    year_start = DateField(label="Start of the academic year")
    year_end = DateField(label="End of the academic year")

    def __init__(self, data: QueryDict | None = None) -> None:
        settings = get_settings()
        initial = {"year_start": settings.year_start, "year_end": settings.year_end}
        super().__init__(data, initial=initial)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("year_start"), cleaned.get("year_end")
        if start and end and end <= start:
            self.add_error("year_end", "The end of the year must be after its start.")
        return cleaned


class ClosureForm(Refusable):
    """A day, or days from the first to the last, on which the school is closed."""

    date = DateField(label="First day closed")
    until = DateField(label="Last day closed", help_text="Only for more than one day.", required=False)
    name = forms.CharField(
        label="Reason",
        help_text="Such as Half term or Training day; no person's name.",
        max_length=120,
        error_messages={"required": "Give the reason in a word or two."},
    )
