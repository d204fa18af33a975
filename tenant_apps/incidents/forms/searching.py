"""What somebody looks for in a student's log."""

from typing import Any
from uuid import UUID

from django import forms

from tenant_apps.incidents.forms.ids import UUIDList
from tenant_apps.incidents.selectors.searching import Search, Searchable, is_long_enough

MOST_WORDS = 8
# Before what an author is called who is no member of staff.
SOURCE = "source:"


class SearchForm(forms.Form):
    """Words, categories, days and author; each may be left out."""

    words = forms.CharField(
        required=False,
        max_length=100,
        label="Words",
        help_text="Parts of words, in incidents and their actions. All of them have to stand in one text.",
        error_messages={"max_length": "Search for 100 characters at most."},
        widget=forms.TextInput(attrs={"type": "search", "class": "input", "autocomplete": "off"}),
    )
    since = forms.DateField(
        required=False,
        label="From",
        error_messages={"invalid": "Give the first day as a day, month and year."},
        widget=forms.DateInput(attrs={"type": "date", "class": "input"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        required=False,
        label="To",
        error_messages={"invalid": "Give the last day as a day, month and year."},
        widget=forms.DateInput(attrs={"type": "date", "class": "input"}, format="%Y-%m-%d"),
    )
    author = forms.ChoiceField(
        required=False,
        label="Written by",
        help_text="Who wrote the incident or one of its actions.",
        error_messages={"invalid_choice": "Choose an author of the list."},
        widget=forms.Select(attrs={"class": "input"}),
    )

    def __init__(self, *args: Any, offered: Searchable, **kwargs: Any) -> None:
        """`offered` is what this person can search this log by."""
        super().__init__(*args, **kwargs)
        self.fields["categories"] = UUIDList(
            required=False,
            offered=[category.id for category in offered.categories],
            wrong="Choose a category of the list.",
        )
        authors = [(str(author), name) for author, name in offered.author_names.items()]
        sources = [(f"{SOURCE}{source}", source) for source in offered.sources]
        self.fields["author"].choices = [("", "Anybody"), *authors, *sources]  # type: ignore[attr-defined] # a ChoiceField

    def clean_words(self) -> tuple[str, ...]:
        words = tuple(dict.fromkeys(self.cleaned_data["words"].split()))
        if len(words) > MOST_WORDS:
            raise forms.ValidationError(f"Search for {MOST_WORDS} words at most.")
        if words and not is_long_enough(words):
            raise forms.ValidationError("Type at least three letters of a word.")
        return words

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("since") and given.get("until") and given["since"] > given["until"]:
            self.add_error("until", "The last day is before the first. Change one of them.")
        return given

    def search(self) -> Search:
        """What was asked, of a form that is valid."""
        given = self.cleaned_data
        author = given["author"]
        is_source = author.startswith(SOURCE)
        return Search(
            words=given["words"],
            category_ids=tuple(given["categories"]),
            author_id=UUID(author) if author and not is_source else None,
            source=author.removeprefix(SOURCE) if is_source else "",
            since=given["since"],
            until=given["until"],
        )

    @staticmethod
    def filled_with(search: Search, *, with_words: bool) -> dict[str, Any]:
        """What stands in the form when a search is changed."""
        return {
            "words": " ".join(search.words) if with_words else "",
            "categories": [str(category) for category in search.category_ids],
            "author": str(search.author_id)
            if search.author_id
            else search.source and f"{SOURCE}{search.source}",
            "since": search.since,
            "until": search.until,
        }
