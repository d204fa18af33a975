"""Forms that show what a service refused."""

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError


class Refusable(forms.Form):
    """A form that takes a service's refusal as if it were its own."""

    def take(self, refusal: ValidationError) -> None:
        """Show each sentence beside the field that it names, else above the form."""
        named = (
            refusal.message_dict if hasattr(refusal, "error_dict") else {NON_FIELD_ERRORS: refusal.messages}
        )
        for field, sentences in named.items():
            for sentence in sentences:
                self.add_error(field if field in self.fields else None, sentence)
