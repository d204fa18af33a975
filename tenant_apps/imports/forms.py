"""What may be asked of the history of imports, and decided on a held extract."""

from django import forms

from tenant_apps.imports.enums import Decision


class HistoryForm(forms.Form):
    """Which page of the history: the one that continues behind an import."""

    before = forms.UUIDField(required=False)


class DecisionForm(forms.Form):
    """What becomes of a held extract."""

    decision = forms.ChoiceField(choices=Decision.choices)
