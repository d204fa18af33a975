"""The school's own fields on the forms of incidents and actions: which are asked, and what is answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django import forms

from tenant_apps.categories.selectors import CategoryMap, close_upward
from tenant_apps.form_builder.adapters import (
    AnswerGiven,
    answer_field,
    answer_name,
    given_answer,
    words_gone,
)
from tenant_apps.form_builder.selectors import StandingForm, StandingItem

WORDS_GONE = "A field was taken off the form. What you typed there stands above: put it here if it matters."


@dataclass(frozen=True)
class Stands:
    """What a record that is edited has: its answers by field as they are typed, and by which categories
    fields are asked of it. `stays` are those categories that no tick of this person takes off.
    """

    answers: Mapping[str, list[str]]
    categories: frozenset[UUID] = frozenset()
    stays: frozenset[UUID] = frozenset()


class OwnFields:
    """The school's own fields of one form.

    One that is limited to categories is asked once one of them is chosen; the server decides that anew from
    what was sent, and keeps nothing of a field that is not asked. Where a record is edited, what was answered
    stays on the form whatever the categories: an answer goes when somebody takes it out. A choice is enforced
    there unless the record stood without one.
    """

    def __init__(
        self,
        standing: StandingForm,
        *,
        categories: CategoryMap,
        offered: Iterable[UUID],
        chosen: Iterable[UUID],
        typed: Mapping[str, list[str]],
        stands: Stands | None = None,
    ) -> None:
        """`offered` are the categories that can be ticked, `chosen` those that are; `typed` is what stands in
        the fields, by their names in a post.
        """
        self.standing, self.stands, self._categories = standing, stands, categories
        self._answers = stands.answers if stands else {}
        stays = self._closed(stands.stays if stands else ())
        self._chosen = self._closed(chosen) | stays
        self._before = self._closed(stands.categories) if stands else frozenset()
        self.words_gone = words_gone(standing, typed)
        self.brought_by: dict[str, list[UUID]] = {}
        brings = {one: self._closed([one]) for one in offered}
        for item in standing.custom:
            bring = [one for one, all_of in brings.items() if item.category_ids and item.is_asked(all_of)]
            if item.key in self._answers or item.is_asked(stays):
                # No tick takes it off.
                self.brought_by[item.key] = []
            elif bring:
                self.brought_by[item.key] = bring
        self.items = [item for item in standing.custom if item.key in self.brought_by]
        self.fields = {
            answer_name(item.key): answer_field(
                item,
                typed=typed.get(answer_name(item.key), self._answers.get(item.key, [])),
                answered=self._answers.get(item.key, []),
                is_required=self._is_enforced(item),
            )
            for item in self.items
        }

    def is_asked(self, key: str) -> bool:
        """Whether the field is on the form as it stands now."""
        item = next(item for item in self.standing.custom if item.key == key)
        return key in self._answers or item.is_asked(self._chosen)

    def check(self, form: forms.Form) -> None:
        """Takes from a form what belongs to fields that are not asked.

        With words for a field that is gone it is refused: the page shows them, to be put elsewhere.
        """
        if self.words_gone:
            form.add_error("text", WORDS_GONE)
        for item in self.items:
            if not self.is_asked(item.key):
                form.errors.pop(answer_name(item.key), None)
                form.cleaned_data.pop(answer_name(item.key), None)

    def given(self, form: forms.Form) -> list[AnswerGiven]:
        """What was answered in the fields that are asked, those left empty too. For a form that is valid."""
        places = {item.key: place for place, item in enumerate(self.standing.items)}
        return [
            given_answer(item, places[item.key], form.cleaned_data[answer_name(item.key)])
            for item in self.items
            if self.is_asked(item.key)
        ]

    def _is_enforced(self, item: StandingItem) -> bool:
        stood_without = self.stands and item.key not in self._answers and item.is_asked(self._before)
        return item.is_enforced and not stood_without

    def _closed(self, category_ids: Iterable[UUID]) -> frozenset[UUID]:
        known = (one for one in category_ids if one in self._categories)
        return frozenset(close_upward(known, categories=self._categories))
