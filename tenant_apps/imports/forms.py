"""What may be asked of the history of imports."""

from django import forms


class HistoryForm(forms.Form):
    """Which page of the history: the one that continues behind an import."""

    before = forms.UUIDField(required=False)
