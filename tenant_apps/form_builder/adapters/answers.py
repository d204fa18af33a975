"""Custom fields on the forms that people fill in: how each kind is asked, kept as text, and told again.

An answer is kept as a list of texts: the labels of the options chosen, the words, a day as YYYY-MM-DD, or a
moment with its offset. Nothing typed is a list without any.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.utils import timezone

from tenant_apps.form_builder.enums import Kind
from tenant_apps.form_builder.selectors import StandingForm, StandingItem

PREFIX = "answer-"
ANSWER_NAME = re.compile(PREFIX + r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LONGEST_LINE = 1_000
LONGEST_TEXT = 100_000
TYPED_MOMENT = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True, slots=True)
class AnswerGiven:
    """What somebody answered, with the field as it read then. Without `values` it is taken out.

    `position` is the field's place on the form, by which answers are shown in order.
    """

    field_id: UUID
    name: str
    kind: str
    values: tuple[str, ...]
    position: int


class OneLine(forms.CharField):
    """One line of text, also where more was sent."""

    def to_python(self, value: Any) -> str:
        return " ".join((super().to_python(value) or "").split())


def answer_name(key: str) -> str:
    """What a post calls the field."""
    return f"{PREFIX}{key}"


def is_answer_name(name: str) -> bool:
    """Whether a post calls some custom field so."""
    return ANSWER_NAME.fullmatch(name) is not None


def answer_field(
    item: StandingItem, *, typed: Sequence[str] = (), answered: Sequence[str] = (), is_required: bool = False
) -> forms.Field:
    """The control for a custom field. `typed` stands in it; `answered` are options to be offered still."""
    # Who edits what several were chosen in, as once could be, loses none of them unseen.
    takes_several = item.allows_multiple or len(answered) > 1
    shared: dict[str, Any] = {
        "label": item.name,
        "required": is_required,
        "initial": list(typed) if takes_several else next(iter(typed), ""),
        "error_messages": {"required": "Choose an option."},
    }
    messages = shared["error_messages"]
    if item.kind == Kind.DROPDOWN:
        options = [(label, label) for label in dict.fromkeys((*item.options, *answered))]
        messages["invalid_choice"] = messages["invalid_list"] = "This option is not offered. Choose again."
        if takes_several:
            return forms.MultipleChoiceField(choices=options, widget=forms.CheckboxSelectMultiple, **shared)
        chosen = forms.Select(attrs={"class": "input"})
        return forms.ChoiceField(choices=[("", "Choose an option"), *options], widget=chosen, **shared)
    if item.kind == Kind.DATE:
        messages["invalid"] = "Give the date as a day, month and year."
        day = forms.DateInput(attrs={"type": "date", "class": "input auto"}, format="%Y-%m-%d")
        return forms.DateField(input_formats=["%Y-%m-%d"], widget=day, **shared)
    if item.kind == Kind.DATETIME:
        messages["invalid"] = "Give the date and the time."
        attrs = {"type": "datetime-local", "class": "input auto"}
        moment = forms.DateTimeInput(attrs=attrs, format=TYPED_MOMENT)
        typed_as = [TYPED_MOMENT, f"{TYPED_MOMENT}:%S"]
        return forms.DateTimeField(input_formats=typed_as, widget=moment, **shared)
    longest = LONGEST_TEXT if item.kind == Kind.MULTILINE else LONGEST_LINE
    messages["max_length"] = f"This is over {longest:,} characters. Shorten it."
    if item.kind == Kind.MULTILINE:
        area = forms.Textarea(attrs={"rows": 4, "class": "input"})
        return forms.CharField(max_length=longest, widget=area, **shared)
    return OneLine(max_length=longest, widget=forms.TextInput(attrs={"class": "input"}), **shared)


def words_gone(standing: StandingForm, typed: Mapping[str, Sequence[str]]) -> list[str]:
    """What was typed into fields that are on the form no more: taken off while it stood open, or lay as a
    draft.
    """
    there = {answer_name(item.key) for item in standing.custom}
    gone = (values for name, values in typed.items() if is_answer_name(name) and name not in there)
    return [value for values in gone for value in values if value.strip()]


def given_answer(item: StandingItem, position: int, cleaned: Any) -> AnswerGiven:
    """What the field's control has found, to be kept."""
    return AnswerGiven(UUID(item.key), item.name, item.kind or Kind.TEXT, _kept(cleaned), position)


def typed_values(kind: str, values: Sequence[str]) -> list[str]:
    """What stands in the control for an answer that was kept."""
    if kind != Kind.DATETIME:
        return list(values)
    return [f"{timezone.localtime(datetime.fromisoformat(value)):{TYPED_MOMENT}}" for value in values]


def in_words(kind: str, values: Sequence[str]) -> str:
    """An answer as it is read: options beside each other, days and moments in the school's zone."""
    if kind == Kind.DATE:
        return ", ".join(f"{date.fromisoformat(value):%d/%m/%Y}" for value in values)
    if kind == Kind.DATETIME:
        moments = (timezone.localtime(datetime.fromisoformat(value)) for value in values)
        return ", ".join(f"{moment:%d/%m/%Y %H:%M}" for moment in moments)
    return ", ".join(values)


def _kept(cleaned: Any) -> tuple[str, ...]:
    if not cleaned:
        return ()
    if isinstance(cleaned, list):
        return tuple(cleaned)
    # A browser sends the ends of lines in its own way.
    return (cleaned.isoformat() if isinstance(cleaned, date) else cleaned.replace("\r\n", "\n"),)
