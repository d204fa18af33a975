"""What may be asked of the dashboard."""

from django import forms


class AlertsForm(forms.Form):
    """Where the list of alerts goes on."""

    before = forms.UUIDField(required=False)
