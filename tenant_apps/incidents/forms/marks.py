"""The marks that an incident form sends: two lists of one length, and a place of the list of places."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any
from uuid import UUID

from django import forms

from tenant_apps.incidents.selectors.marks import Marked, maps_of

MOST_MARKS = 60
MOST_CHARACTERS = 500
UNREADABLE = "One of the marks cannot be read. Remove it and set it again."

# Where a mark is, and its words; `mark_remove` names by their place in the list those that shall go, and
# `mark_place` is one chosen from the list of places that was not added by its button.
FIELDS = ("mark", "mark_text", "mark_remove", "mark_place")


def value_of(one: Marked) -> str:
    """Where a mark is, as the form sends it."""
    parts = [one.map_id, one.x, one.y, *([one.number] if one.number else [])]
    return ",".join(map(str, parts))


def readable_marks(content: Mapping[str, Sequence[str]]) -> list[Marked]:
    """The marks in a draft or a post, those that cannot be read left out. For showing the form again."""
    found = []
    for value, text in _pairs(content):
        try:
            found.append(_read(value, text))
        except ValueError:
            continue
    return found[:MOST_MARKS]


class MarksInput(forms.Widget):
    """Takes all the fields of the marks together."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[tuple[str, str]]:
        return _pairs({field: data.getlist(field) for field in FIELDS})


class MarksField(forms.Field):
    """Marks on maps that this school has. One on a map that was disabled meanwhile is kept: it was set."""

    widget = MarksInput

    def to_python(self, value: Any) -> list[Marked]:
        if len(value or []) > MOST_MARKS:
            raise forms.ValidationError(f"No more than {MOST_MARKS} marks can be set on one incident.")
        try:
            found = [_read(where, text) for where, text in value or []]
        except ValueError:
            raise forms.ValidationError(UNREADABLE) from None
        for one in found:
            if len(one.text) > MOST_CHARACTERS:
                raise forms.ValidationError(
                    f"The words of a mark are over {MOST_CHARACTERS} characters. Put the rest into the text."
                )
            if "\0" in one.text:
                raise forms.ValidationError(UNREADABLE)
        if {one.map_id for one in found} - set(maps_of(found)):
            raise forms.ValidationError(UNREADABLE)
        return found


def _pairs(content: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    values, texts = content.get("mark", []), content.get("mark_text", [])
    gone = set(content.get("mark_remove", []))
    pairs = [
        pair for place, pair in enumerate(zip_longest(values, texts, fillvalue="")) if str(place) not in gone
    ]
    return pairs + [(value, "") for value in content.get("mark_place", []) if value]


def _read(value: str, text: str) -> Marked:
    """One mark; ValueError for what is none."""
    map_id, across, down, *number = value.split(",")
    x, y = float(across), float(down)
    # A comparison that no "nan" passes.
    if not (0 <= x <= 1 and 0 <= y <= 1) or len(number) > 1:
        raise ValueError(value)
    stored = int(number[0]) if number else None
    if stored is not None and not 0 < stored < 10_000:
        raise ValueError(value)
    return Marked(UUID(map_id), round(x, 4), round(y, 4), " ".join(text.split(" ")).strip(), stored)
