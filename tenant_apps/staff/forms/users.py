"""What is typed under "Admin" > "Users" about people."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils import timezone

from core.web.refusals import Refusable
from tenant_apps.staff.selectors import Choice, UserView, default_end
from tenant_apps.staff.services.user_rules import Absence, Name

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
HOUR = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
WRONG_EMAIL = {
    "required": "Enter an email address.",
    "invalid": "Enter an email address, as in m.coleman@school.sch.uk.",
    "max_length": "An email address has 254 characters at most.",
}
WRONG_DAY = {"invalid": "Enter a day, as in 17/07/2027."}
WRONG_HOUR = {"invalid": "Enter a time of day, as in 18:00."}


def sent(request: HttpRequest) -> QueryDict | None:
    """What was posted, though it be nothing; None where nothing was: the form is then as it was made."""
    return request.POST if request.method == "POST" else None


class ListForm(forms.Form):
    """What a list of users is asked for: part of a name or of a user group, and behind whom to go on."""

    q = forms.CharField(required=False, max_length=100)
    after = forms.UUIDField(required=False)

    def asked(self) -> dict[str, Any]:
        """What of it makes sense; the rest of a changed address is left out."""
        self.is_valid()
        return {"term": self.cleaned_data.get("q", ""), "after": self.cleaned_data.get("after")}


class _Select(forms.TypedChoiceField):
    """One entry of a list that comes from a selector."""

    def __init__(self, *, nothing: str, **given: Any) -> None:
        self.nothing = nothing
        wrong = {"required": "Choose from the list.", "invalid_choice": "Choose from the list."}
        super().__init__(
            coerce=UUID, empty_value=None, error_messages=wrong | given.pop("error_messages", {}), **given
        )

    def offer(self, entries: Iterable[Choice]) -> None:
        """Fill the list; first stands the line that chooses nobody."""
        self.choices = [("", self.nothing), *((str(entry.id), entry.label) for entry in entries)]


def _offer(form: forms.Form, field: str, entries: Iterable[Choice]) -> None:
    cast("_Select", form.fields[field]).offer(entries)


class NewUserForm(Refusable):
    """ "New User": somebody whom the MIS lists."""

    person = _Select(label="Name", nothing="Choose a member of staff")
    email = forms.EmailField(
        label="Email",
        required=False,
        max_length=254,
        help_text="Left empty, the address that the MIS holds.",
        error_messages=WRONG_EMAIL,
    )
    group = _Select(label="User Group", nothing="Choose a user group")
    sends_reset = forms.BooleanField(label="Send password reset email", required=False)

    def __init__(self, *args: Any, people: list[Choice], groups: list[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "person", people)
        _offer(self, "group", groups)


class _Ending(Refusable):
    """Fields for the end of an account, as day and time."""

    def end(self) -> datetime | None:
        """The end that was typed, at the end of the working day unless a time was given."""
        day, hour = self.cleaned_data.get("ends_on"), self.cleaned_data.get("ends_time")
        if day is None:
            return None
        return timezone.make_aware(datetime.combine(day, hour or time(18)))


class OutsideMISForm(_Ending):
    """ "Add Non-MIS Users": somebody whom the MIS does not list."""

    title = forms.CharField(label="Title", required=False, max_length=20)
    first_name = forms.CharField(
        label="First name", max_length=100, error_messages={"required": "Enter the first name."}
    )
    last_name = forms.CharField(
        label="Last name", max_length=100, error_messages={"required": "Enter the last name."}
    )
    email = forms.EmailField(label="Email", max_length=254, error_messages=WRONG_EMAIL)
    job_title = forms.CharField(label="Job or role", required=False, max_length=120)
    kind = forms.ChoiceField(
        label="Why are they here?",
        choices=[("staff", "Works here for longer"), ("short", "Supply or visitor")],
        widget=forms.RadioSelect,
        initial="staff",
        error_messages={"required": "Choose why they are here.", "invalid_choice": "Choose from the list."},
    )
    ends_on = forms.DateField(label="Account ends on", required=False, widget=DAY, error_messages=WRONG_DAY)
    ends_time = forms.TimeField(label="At", required=False, widget=HOUR, error_messages=WRONG_HOUR)
    group = _Select(label="User Group", nothing="Choose a user group")
    sends_reset = forms.BooleanField(label="Send password reset email", required=False)

    def __init__(self, *args: Any, groups: list[Choice], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        _offer(self, "group", groups)
        longer = timezone.localtime(default_end(today, is_short=False))
        self.fields[
            "ends_on"
        ].help_text = (
            f"Left empty: {longer.day} {longer:%B %Y}, the end of term; for supply and visitors today, 18:00."
        )

    def name(self) -> Name:
        """How the person is called."""
        given = self.cleaned_data
        return Name(
            title=given["title"],
            first_name=given["first_name"],
            last_name=given["last_name"],
            job_title=given["job_title"],
        )

    def end_or_default(self) -> datetime:
        """When the account ends: as typed, else by why the person is here."""
        is_short = self.cleaned_data["kind"] == "short"
        default = default_end(self.today, is_short=is_short)
        hour = self.cleaned_data.get("ends_time")
        if self.cleaned_data.get("ends_on") is None and hour is not None:
            return timezone.make_aware(datetime.combine(timezone.localtime(default).date(), hour))
        return self.end() or default


class DetailsForm(_Ending):
    """ "Personal Details" of a user."""

    title = forms.CharField(label="Title", required=False, max_length=20)
    first_name = forms.CharField(
        label="First name", max_length=100, error_messages={"required": "Enter the first name."}
    )
    last_name = forms.CharField(
        label="Last name", max_length=100, error_messages={"required": "Enter the last name."}
    )
    email = forms.EmailField(
        label="Email",
        max_length=254,
        help_text="Login, the link for a new password and alerts use it.",
        error_messages=WRONG_EMAIL,
    )
    extension = forms.CharField(
        label="Telephone extension",
        required=False,
        max_length=20,
        help_text="Stands in the notices of “Add Incident” for members of the default alert group.",
    )
    job_title = forms.CharField(label="Job title", required=False, max_length=120)
    ends_on = forms.DateField(label="Account ends on", required=False, widget=DAY, error_messages=WRONG_DAY)
    ends_time = forms.TimeField(label="At", required=False, widget=HOUR, error_messages=WRONG_HOUR)
    away_from = forms.DateField(label="Away from", required=False, widget=DAY, error_messages=WRONG_DAY)
    away_to = forms.DateField(label="Away to", required=False, widget=DAY, error_messages=WRONG_DAY)
    cover = _Select(label="Cover by", nothing="Nobody", required=False)

    def __init__(self, *args: Any, person: UserView, colleagues: list[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": _details(person), **kwargs})
        self.person = person
        known = {entry.id for entry in colleagues}
        if person.cover_id and person.cover_id not in known:
            colleagues = [*colleagues, Choice(person.cover_id, "As it stands (account deactivated)")]
        _offer(self, "cover", colleagues)

    def name(self) -> Name:
        """How the person is called, what they do and where they are rung."""
        given = self.cleaned_data
        return Name(
            title=given["title"],
            first_name=given["first_name"],
            last_name=given["last_name"],
            job_title=given["job_title"],
            extension=given["extension"],
        )

    def absence(self) -> Absence:
        """From when to when the person is away, and who covers."""
        given = self.cleaned_data
        return Absence(
            away_from=given.get("away_from"), away_to=given.get("away_to"), cover_id=given.get("cover")
        )


def _details(person: UserView) -> dict[str, object]:
    ends = timezone.localtime(person.ends_at) if person.ends_at else None
    return {
        "title": person.title,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
        "extension": person.extension,
        "job_title": person.job_title,
        "ends_on": ends.date() if ends else None,
        "ends_time": ends.time() if ends else None,
        "away_from": person.away_from,
        "away_to": person.away_to,
        "cover": person.cover_id,
    }


class PermissionsForm(Refusable):
    """ "Permissions" of a user."""

    group = _Select(label="User Group", nothing="Choose a user group")
    sees_ungrouped = forms.BooleanField(
        label="Can view students who don't have a group (typically archived)", required=False
    )

    def __init__(self, *args: Any, groups: list[Choice], person: UserView, **kwargs: Any) -> None:
        initial = {"group": person.group_id, "sees_ungrouped": person.sees_ungrouped}
        super().__init__(*args, **{"initial": initial, **kwargs})
        _offer(self, "group", groups)


class KeysForm(Refusable):
    """The tick without which no key is removed."""

    understood = forms.BooleanField(
        label="I confirm that I have read and understand this notice",
        error_messages={
            "required": "Nothing was removed. Tick that you have read and understand the notice."
        },
    )


class LeavingForm(Refusable):
    """Who takes over when an account is closed."""

    successor = _Select(label="Who takes over?", nothing="Choose a member of staff", required=False)

    def __init__(self, *args: Any, colleagues: list[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "successor", colleagues)


class ReactivateForm(_Ending):
    """Address and user group of an account that is opened again."""

    email = forms.EmailField(label="Email", max_length=254, error_messages=WRONG_EMAIL)
    group = _Select(label="User Group", nothing="Choose a user group")
    ends_on = forms.DateField(label="Account ends on", required=False, widget=DAY, error_messages=WRONG_DAY)
    ends_time = forms.TimeField(label="At", required=False, widget=HOUR, error_messages=WRONG_HOUR)

    def __init__(self, *args: Any, person: UserView, groups: list[Choice], **kwargs: Any) -> None:
        initial = {"email": person.email, "group": person.group_id}
        super().__init__(*args, **{"initial": initial, **kwargs})
        _offer(self, "group", groups)
        if person.ends_at is None:
            del self.fields["ends_on"], self.fields["ends_time"]
        elif not person.in_mis:
            self.fields["ends_on"].required = True
            self.fields["ends_on"].error_messages["required"] = "Enter when the account shall end now."


class DecisionForm(forms.Form):
    """What a second person decides, or that who asked takes it back."""

    decision = forms.ChoiceField(
        choices=[("confirm", "Confirm"), ("refuse", "Refuse"), ("take_back", "Take back")]
    )
