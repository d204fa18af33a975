"""Hides pupils' names in free text, while the session hides names.

A word counts as a name if it is written like one and some pupil has it, now or formerly, as forename or
surname. That hides a "Will" or a "May" too many rather than a pupil too few.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from uuid import UUID

from core.db.text import search_key
from core.web.hiding import ShownAs, keep, shown_as
from tenant_apps.students.models import Student

BLOCK = "█████"
STARS = "****"
# Letters with the marks that stand inside a name; digits and underscores part words, as in names of files.
WORD = re.compile(r"[^\W\d_]+(?:[-'’‘`.][^\W\d_]+)*")
HUMP = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")
PIECE = re.compile(r"[^\W\d_]+(?:['’‘`][^\W\d_]+)*")
POSSESSIVE = re.compile(r"['’‘`]s$")
WRITTEN = (
    "legal_forename",
    "legal_surname",
    "preferred_forename",
    "preferred_surname",
    "former_surname",
    "middle_names",
)
# Initials and particles hide nobody and stand in half the words of a text.
SHORTEST = 2


def hidden_part(part: str) -> str:
    """One part of a name as it is shown now: "Kasia", "K****" or a block."""
    how = shown_as()
    if how is ShownAs.NAMES or not part:
        return part
    return BLOCK if how is ShownAs.BLOCK else f"{part[0]}{STARS}"


def hidden_name(name: str) -> str:
    """A name that somebody typed, as it is shown now: each word of it like a part of a pupil's name."""
    return " ".join(hidden_part(word) for word in name.split())


def hide_names(text: str, *, about: Collection[UUID] = (), typed: str = "") -> str:
    """The text with pupils' names hidden, where the session hides them; else the text.

    A name in small letters is hidden if it belongs to one of the pupils in `about`, or to `typed`, the name
    of somebody who is on no list. One query in a request.
    """
    if shown_as() is ShownAs.NAMES or not text:
        return text
    by_pupil: dict[UUID, frozenset[str]] = keep("pupils' names", _names)
    everybody: frozenset[str] = keep("everybody's names", lambda: frozenset().union(*by_pupil.values()))
    theirs = _words_of([typed]).union(*(by_pupil.get(pupil, frozenset()) for pupil in about))

    def is_name(word: str) -> bool:
        key = search_key(POSSESSIVE.sub("", word)).replace(" ", "")
        return key in theirs or (word[0].isupper() and key in everybody)

    def hide(found: re.Match[str]) -> str:
        word = found.group()
        if is_name(word):
            return hidden_part(word)
        return PIECE.sub(
            lambda piece: (
                "".join(hidden_part(hump) if is_name(hump) else hump for hump in HUMP.split(piece.group()))
                if not is_name(piece.group())
                else hidden_part(piece.group())
            ),
            word,
        )

    return WORD.sub(hide, text)


def _names() -> dict[UUID, frozenset[str]]:
    """Every pupil's words of names, as searches compare them; "O'Connor-Hughes" whole and in its pieces."""
    return {row[0]: _words_of(row[1:]) for row in Student.objects.values_list("pk", *WRITTEN)}


def _words_of(names: Iterable[str | None]) -> frozenset[str]:
    return frozenset(
        key
        for name in names
        for word in (name or "").split()
        for key in (search_key(word).replace(" ", ""), *search_key(word).split())
        if len(key) >= SHORTEST
    )
