"""What is asked on the lists "Staff who may not see this record"."""

from uuid import UUID

from django import forms

NOBODY_LEFT = "Nobody would be left who may see this record and lift the block again. Block somebody else."


class BlockForm(forms.Form):
    """One person to block, or one whose block is lifted."""

    block = forms.UUIDField(required=False, error_messages={"invalid": "Choose the person from the list."})
    lift = forms.UUIDField(required=False)

    def clean(self) -> None:
        super().clean()
        if not self.errors and not self.cleaned_data["block"] and not self.cleaned_data["lift"]:
            self.add_error("block", "Choose the person who may not see this record.")

    @property
    def lifts(self) -> bool:
        """Whether a block is lifted; else one is set."""
        return bool(self.cleaned_data["lift"])

    @property
    def user_id(self) -> UUID:
        """The person it is about."""
        user_id: UUID = self.cleaned_data["lift"] or self.cleaned_data["block"]
        return user_id
