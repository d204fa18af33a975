from django import forms


class SignInForm(forms.Form):
    """Everything at once: there is no half-opened session of an operator."""

    email = forms.EmailField(
        label="Email", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label="Password",
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label="6-digit number",
        max_length=10,
        help_text="The number in the app now.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )


class PageForm(forms.Form):
    """Behind which request the page of a list begins."""

    after = forms.UUIDField(required=False)


class DoneForm(forms.Form):
    """What the person who asked is told beyond that it is done."""

    answer = forms.CharField(
        label="Answer",
        help_text="Stands in the mail that says it is done.",
        max_length=5_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"max_length": "Write at most 5,000 characters."},
    )
