"""What people write to the helpdesk. Nothing typed is lost when it is asked about again."""

from typing import Any

from django import forms

from core.outbox.mail import one_line

MOST_CHARACTERS = 5_000


class ContactForm(forms.Form):
    """For people without a key: a message. `confirm` is asked once a pupil's name seems to stand in it."""

    message = forms.CharField(
        label="Message",
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={
            "required": "Write what you need.",
            "max_length": f"Write at most {MOST_CHARACTERS:,} characters.",
        },
    )
    confirm = forms.BooleanField(
        label="No pupil is named in it, or it cannot be said without. Send it as it is.", required=False
    )

    @property
    def typed(self) -> str:
        """All words that were typed."""
        return "\n".join(
            str(self.cleaned_data[name]) for name in self.fields if name not in ("confirm", "phone")
        )


class KeyContactForm(ContactForm):
    """For key users: subject and phone number as well."""

    subject = forms.CharField(
        label="Subject",
        max_length=120,
        error_messages={"required": "Give a subject.", "max_length": "Write at most 120 characters."},
    )
    phone = forms.CharField(
        label="Phone number",
        help_text="Where the helpdesk can ring you back.",
        max_length=40,
        error_messages={"required": "Give a phone number.", "max_length": "Write at most 40 characters."},
    )
    field_order = ["subject", "phone", "message", "confirm"]

    def clean_subject(self) -> Any:
        return one_line(self.cleaned_data["subject"])

    def clean_phone(self) -> Any:
        return one_line(self.cleaned_data["phone"])
