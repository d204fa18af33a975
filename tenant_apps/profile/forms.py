"""What may be asked of the quick search."""

from django import forms


class SearchForm(forms.Form):
    """ "Quick Student Search" with its two check boxes."""

    q = forms.CharField(required=False, max_length=100, label="Quick Student Search")
    monitored = forms.BooleanField(required=False, label="Monitored Students")
    archived = forms.BooleanField(required=False, label="Include Archived Students")
    after = forms.UUIDField(required=False, widget=forms.HiddenInput)
