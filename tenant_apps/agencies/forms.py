"""What is typed under "Admin" > "Agencies"."""

from django import forms


class AgencyForm(forms.Form):
    """An agency's name."""

    name = forms.CharField(
        label="Name",
        max_length=120,
        error_messages={
            "required": "Give the agency a name.",
            "max_length": "A name has at most 120 characters.",
        },
    )
