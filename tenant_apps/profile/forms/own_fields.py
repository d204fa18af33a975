"""The school's own fields in "Edit Information"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django import forms

from tenant_apps.form_builder.adapters import (
    AnswerGiven,
    answer_field,
    answer_name,
    given_answer,
    typed_values,
)
from tenant_apps.form_builder.selectors import StandingForm
from tenant_apps.students.selectors import OwnAnswer


@dataclass
class Part:
    """What stands next on the page: a built-in field by its key, or those of the school's own that follow."""

    key: str
    advice: str = ""
    controls: list[tuple[forms.BoundField, forms.BoundField, str]] = field(default_factory=list)


class OwnFields:
    """The school's own fields of the student form, each with the answer that stood when it was opened."""

    def __init__(self, standing: StandingForm, answers: Sequence[OwnAnswer]) -> None:
        self.standing = standing
        stand = {str(answer.field_id): answer for answer in answers}
        self.fields: dict[str, forms.Field] = {}
        for item in standing.custom:
            answer = stand.get(item.key)
            values = typed_values(answer.kind, answer.values) if answer else []
            control = answer_field(item, typed=values, answered=values, is_required=item.is_enforced)
            self.fields[answer_name(item.key)] = control
            self.fields[seen_name(item.key)] = forms.UUIDField(
                required=False, widget=forms.HiddenInput, initial=answer.id if answer else None
            )

    def given(self, cleaned: dict[str, Any]) -> list[AnswerGiven]:
        """What was answered, fields left empty too."""
        places = {item.key: place for place, item in enumerate(self.standing.items)}
        return [
            given_answer(item, places[item.key], cleaned[answer_name(item.key)])
            for item in self.standing.custom
        ]

    def seen(self, cleaned: dict[str, Any]) -> dict[UUID, UUID | None]:
        """By field the answer that the writer had before them."""
        return {UUID(item.key): cleaned[seen_name(item.key)] for item in self.standing.custom}

    def parts(self, form: forms.Form) -> list[Part]:
        """The page in the school's order."""
        found: list[Part] = []
        for item in self.standing.items:
            if not item.is_custom:
                found.append(Part(item.key, item.advice))
            elif answer_name(item.key) in form.fields:
                if not found or found[-1].key:
                    found.append(Part(""))
                control, seen = form[answer_name(item.key)], form[seen_name(item.key)]
                found[-1].controls.append((control, seen, item.advice))
        return found


def seen_name(key: str) -> str:
    """What a post calls the answer that stood in a field."""
    return f"{answer_name(key)}-seen"
