"""What is asked of "Edit Information"."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import QueryDict

from core.db.text import search_key
from tenant_apps.agencies.selectors import AgencyView
from tenant_apps.form_builder.adapters import answer_name, words_gone
from tenant_apps.form_builder.enums import Form
from tenant_apps.form_builder.selectors import standing_form
from tenant_apps.profile.forms.lists import IdsField
from tenant_apps.profile.forms.own_fields import OwnFields, Part, seen_name
from tenant_apps.profile.selectors import Editing
from tenant_apps.profile.services import OwnFactsChange, StudentChange
from tenant_apps.students.services import AnswerChangedError

GONE = "A category that you ticked is not there any more."
LONGEST_KEYWORD = 60


class StudentForm(forms.Form):
    """ "Edit Information" of one pupil. The `_seen` fields tell what stood on the page when it was opened."""

    use_required_attribute = False

    summary = forms.CharField(
        required=False,
        max_length=250,
        label="Summary",
        help_text="One line that stands at the top of the overview.",
    )
    summary_seen = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)
    keywords = forms.CharField(
        required=False,
        max_length=2000,
        label="Keywords",
        help_text="Words by which the student can be searched later, parted by commas.",
        widget=forms.TextInput,
    )
    keywords_seen = forms.CharField(required=False, max_length=2500, widget=forms.HiddenInput)
    categories = forms.TypedMultipleChoiceField(
        coerce=UUID,
        required=False,
        label="Categories",
        error_messages={"invalid_choice": GONE, "invalid_list": GONE},
    )
    categories_seen = IdsField(required=False)
    agencies = IdsField(required=False)
    agencies_seen = IdsField(required=False)
    agency = forms.TypedChoiceField(
        coerce=UUID,
        empty_value=None,
        required=False,
        label="Agency",
        error_messages={"invalid_choice": "Choose the agency from the list."},
    )

    def __init__(self, *args: Any, editing: Editing, **kwargs: Any) -> None:
        self.editing = editing
        involved = [agency.id for agency in editing.agencies]
        monitored = sorted(editing.monitored)
        kwargs["initial"] = {
            "summary": editing.summary,
            "summary_seen": editing.summary_number,
            "keywords": ", ".join(editing.keywords),
            "keywords_seen": ", ".join(editing.keywords),
            "categories": monitored,
            "categories_seen": monitored,
            "agencies": involved,
            "agencies_seen": involved,
        }
        super().__init__(*args, **kwargs)
        self.own = OwnFields(standing_form(Form.STUDENT), editing.answers)
        fields: Any = self.fields
        fields["categories"].choices = [(category.id, category.name) for category in editing.categories]
        if not editing.categories:
            del fields["categories"], fields["categories_seen"]
        if editing.has_own_facts:
            fields.update(self.own.fields)
            fields["agency"].choices = [
                ("", "Choose an agency"),
                *((agency.id, agency.name) for agency in editing.offered_agencies),
            ]
        else:
            for name in ("summary", "keywords", "agencies", "agency"):
                del fields[name]
                fields.pop(f"{name}_seen", None)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for words in words_gone(self.own.standing, dict(cast("QueryDict", self.data).lists())):
            self.add_error(None, f"A field was taken off the form. You typed into it: {words}")
        return cleaned

    def clean_keywords(self) -> list[str]:
        """The single words, each once; the longest has LONGEST_KEYWORD characters."""
        words = _words(self.cleaned_data["keywords"])
        if any(len(word) > LONGEST_KEYWORD for word in words):
            raise forms.ValidationError(f"A keyword has at most {LONGEST_KEYWORD} characters.")
        if unreadable := [word for word in words if not search_key(word)]:
            raise forms.ValidationError(f"“{unreadable[0]}” has no letter or figure to search for.")
        return words

    @property
    def parts(self) -> list[Part]:
        """The page in the school's order."""
        return self.own.parts(self)

    def say_changed(self, error: AnswerChangedError) -> None:
        """Somebody else answered meanwhile: their answer is told, and is what was seen from now on."""
        key, data = str(error.field_id), cast("QueryDict", self.data).copy()
        data[seen_name(key)] = str(error.number or "")
        self.data = data
        told = f"It reads now: {error.words}" if error.words else "It is empty now"
        self.add_error(
            answer_name(key),
            f"Somebody else changed this while you were writing. {told}. Yours stands here: save again to"
            " keep it.",
        )

    def shown_agencies(self) -> list[AgencyView]:
        """The agencies that stand in the form now, with one just chosen and without one just taken off."""
        if not self.is_bound:
            return list(self.editing.agencies)
        kept = IdsField().clean(self._sent("agencies"))
        if "add_agency" in self.data:
            kept |= IdsField().clean(self._sent("agency"))
        kept -= IdsField().clean(self._sent("remove_agency"))
        known = {agency.id: agency for agency in (*self.editing.agencies, *self.editing.offered_agencies)}
        return sorted((known[one] for one in kept if one in known), key=lambda agency: agency.name)

    def keep_open(self) -> None:
        """Empties the list of agencies once its choice was added, or taken off again."""
        if self._sent("agency") == self._sent("remove_agency") or "add_agency" in self.data:
            sent: Any = self.data
            data = sent.copy()
            data["agency"] = ""
            self.data = data

    def _sent(self, name: str) -> list[str]:
        data: Any = self.data
        return list(data.getlist(name))

    @property
    def only_rearranges(self) -> bool:
        """Whether "Add" or an "x" was pressed: the list changes, nothing is saved yet."""
        return "add_agency" in self.data or "remove_agency" in self.data

    def change(self) -> StudentChange:
        """What the person changed against the page they had."""
        given = self.cleaned_data
        seen = given.get("categories_seen", set())
        ticked = set(given.get("categories", ()))
        return StudentChange(
            started=ticked - seen,
            # Only what was offered can have been taken off.
            ended=(seen - ticked) & {category.id for category in self.editing.categories},
            own_facts=self._own_facts() if self.editing.has_own_facts else None,
        )

    def _own_facts(self) -> OwnFactsChange:
        given = self.cleaned_data
        words = _by_key(given["keywords"])
        before = _by_key(_words(given["keywords_seen"]))
        agencies = given["agencies"] | ({given["agency"]} if given["agency"] else set())
        return OwnFactsChange(
            summary=given["summary"],
            summary_seen=given["summary_seen"] or 0,
            keywords_added=tuple(word for key, word in words.items() if key not in before),
            keywords_removed=tuple(word for key, word in before.items() if key not in words),
            agencies_added=agencies - given["agencies_seen"],
            agencies_removed=given["agencies_seen"] - agencies,
            answers=self.own.given(given),
            answers_seen=self.own.seen(given),
        )


def _by_key(words: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in words:
        found.setdefault(search_key(word), word)
    return found


def _words(text: str) -> list[str]:
    return list(dict.fromkeys(word for part in text.split(",") if (word := " ".join(part.split()))))
