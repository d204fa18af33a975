""" "Practice" or "Real", which every entry is asked while training mode is on."""

from typing import Any

from django import forms

from tenant_apps.incidents.enums import TrainingMark

ENDED = (
    "Training mode ended while this form was open, so nothing was added. Add it again if it is real; leave"
    " this page if it was practice."
)


class MarkField(forms.ChoiceField):
    """The choice while the mode is on; afterwards a form that still says practice is refused."""

    def __init__(self, *, is_on: bool) -> None:
        super().__init__(
            choices=[(mark.value, mark.label) for mark in (TrainingMark.PRACTICE, TrainingMark.REAL)],
            required=is_on,
            error_messages={"required": "Training mode is on. Say whether this is practice or real."},
        )
        self._is_on = is_on

    def validate(self, value: Any) -> None:
        if value == TrainingMark.PRACTICE and not self._is_on:
            raise forms.ValidationError(ENDED)
        super().validate(value)
