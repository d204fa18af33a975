"""What people type to sign in, to set a password and to set up a key."""

from collections.abc import Collection
from typing import Any

from django import forms

from shared_apps.people.enums import Theme
from shared_apps.people.selectors import SOFT
from shared_apps.people.services.strength import MAXIMUM, MINIMUM


class LoginForm(forms.Form):
    """Email address and password."""

    email = forms.EmailField(
        label="Email",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
        error_messages={"required": "Enter your email address.", "invalid": "Enter an email address."},
    )
    password = forms.CharField(
        label="Password",
        max_length=MAXIMUM,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "Enter your password."},
    )


class ResetForm(forms.Form):
    """The address a link is asked for."""

    email = forms.EmailField(
        label="Email",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
        error_messages={"required": "Enter an email address.", "invalid": "Enter an email address."},
    )


class NewPasswordForm(forms.Form):
    """The new password; how strong it must be is for the service to say."""

    password = forms.CharField(
        label="New password",
        max_length=MAXIMUM,
        strip=False,
        help_text=(
            f"{MINIMUM} characters or more, rated STRONG. Numbers, capital letters and punctuation make it "
            "stronger. Leave out your name and the school’s."
        ),
        widget=forms.PasswordInput(
            attrs={
                "autocomplete": "new-password",
                "autofocus": True,
                "aria-describedby": "id_password_helptext password-strength",
            }
        ),
        error_messages={
            "required": "Enter a new password.",
            "max_length": f"Use {MAXIMUM} characters at most.",
        },
    )

    def __init__(self, *args: Any, strength_url: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if strength_url:
            self.fields["password"].widget.attrs |= {
                "hx-post": strength_url,
                "hx-trigger": "input changed delay:300ms",
                "hx-target": "#password-strength",
                "hx-swap": "outerHTML",
            }


class CodeForm(forms.Form):
    """Six digits from the app, or a recovery code."""

    code = forms.CharField(
        label="6-digit number",
        max_length=40,
        help_text="The number in the app now. A recovery code works too.",
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
        error_messages={"required": "Enter the 6-digit number."},
    )


class NextCodeForm(CodeForm):
    """The code of somebody who has the given kinds of key."""

    def __init__(self, *args: Any, kinds: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if SOFT not in kinds:
            code = self.fields["code"]
            code.label, code.help_text = "Recovery code", "Instead of the U2F key, if it is lost."
            code.widget.attrs.pop("autofocus", None)


class AnswerForm(forms.Form):
    """What a U2F key answered, as the browser wrote it down."""

    answer = forms.CharField(max_length=20_000)


class ConfirmForm(forms.Form):
    """The password again, and the key again where the account has one."""

    password = forms.CharField(
        label="Current password",
        max_length=MAXIMUM,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
        error_messages={"required": "Enter your password."},
    )
    code = forms.CharField(
        label="6-digit number",
        max_length=40,
        help_text="The number in the app now. A recovery code works too.",
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": "Enter the 6-digit number."},
    )
    answer = forms.CharField(required=False, max_length=20_000, widget=forms.HiddenInput)

    def __init__(self, *args: Any, kinds: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not kinds:
            del self.fields["code"], self.fields["answer"]
            return
        if SOFT not in kinds:
            self.fields["code"].label = "Recovery code"
            self.fields["code"].help_text = "Instead of the U2F key, if it is lost."
        self.fields["code"].required = not self.data.get("answer")


class KeyNameForm(forms.Form):
    """A key's name."""

    name = forms.CharField(
        label="Name",
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Give the key a name."},
    )


class NewU2fKeyForm(forms.Form):
    """A U2F key's name, and its answer."""

    name = forms.CharField(
        label="Device Name",
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Give the key a name."},
    )
    answer = forms.CharField(max_length=20_000)


class NewEmailForm(forms.Form):
    """The account's new address."""

    email = forms.EmailField(
        label="New email address",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True}),
        error_messages={"required": "Enter an email address.", "invalid": "Enter an email address."},
    )


class NewDeviceForm(forms.Form):
    """A device's label and the number its app shows."""

    name = forms.CharField(
        label="Name",
        max_length=64,
        help_text="For example “iPad” or “My Phone”.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": "Give the device a name."},
    )
    code = forms.CharField(
        label="Code",
        max_length=10,
        help_text="The 6-digit number in the app now.",
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "spellcheck": "false",
                "class": "code",
            }
        ),
        error_messages={"required": "Enter the 6-digit number."},
    )


class ThemeForm(forms.Form):
    """How the pages shall look."""

    theme = forms.ChoiceField(choices=Theme.choices)


class UnlockForm(forms.Form):
    """The password again, and the number of the key where that is asked for."""

    password = forms.CharField(
        label="Password",
        max_length=MAXIMUM,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
        error_messages={"required": "Enter your password."},
    )
    code = forms.CharField(
        label="6-digit number",
        max_length=40,
        required=False,
        help_text="The number in the app now. A recovery code works too.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
        error_messages={"required": "Enter the 6-digit number."},
    )
    without_key = forms.BooleanField(required=False)

    def __init__(self, *args: Any, asks_key: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = asks_key and "without_key" not in self.data


class ScreenForm(forms.Form):
    """What the button "Blank Screen" and the cover's own button send."""

    screen = forms.ChoiceField(choices=[("covered", "Covered"), ("shown", "Shown")])
