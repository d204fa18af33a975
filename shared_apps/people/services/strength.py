"""How strong a password is. The scale and what is accepted: WEAK, FAIR, STRONG, VERY STRONG; from STRONG."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.views.decorators.debug import sensitive_variables
from zxcvbn import zxcvbn

from core.db.text import search_key
from shared_apps.people.enums import Rating

MINIMUM: Final = 10
MAXIMUM: Final = 256
# zxcvbn's time grows with the square of the length; what it reads is long enough to be strong.
READ: Final = 72
# Shorter parts of names stand in too many words to be refused.
PERSONAL: Final = 4


@dataclass(frozen=True, slots=True)
class Strength:
    """A rating, and in words what is in the way of STRONG."""

    rating: Rating
    advice: tuple[str, ...] = ()

    @property
    def is_accepted(self) -> bool:
        """Whether a password of this strength may be saved."""
        return self.rating in {Rating.STRONG, Rating.VERY_STRONG}


@sensitive_variables("password", "folded")
def rate(password: str, *, personal: Iterable[str] = ()) -> Strength:
    """Rate a password for a person. `personal` are the names, address and school that must not be in it."""
    folded = search_key(password).replace(" ", "")
    if any(part in folded for part in _parts(personal)):
        return Strength(Rating.WEAK, ("Leave out your name, your email address and the school’s name.",))
    # Nothing personal goes to zxcvbn: it keeps it in a table that all threads share.
    score = int(zxcvbn(password[:READ])["score"]) if password else 0
    advice = []
    if len(password) < MINIMUM:
        advice.append(f"Use {MINIMUM} characters or more.")
    if score < 3:
        advice.append("Add words, numbers, capital letters or punctuation.")
    if advice:
        return Strength(Rating.FAIR if score >= 2 else Rating.WEAK, tuple(advice))
    return Strength(Rating.VERY_STRONG if score == 4 else Rating.STRONG)


def _parts(personal: Iterable[str]) -> set[str]:
    """The words to look for, and each text as a whole, folded as the password is."""
    keys = [search_key(text) for text in personal]
    words = {word for key in keys for word in key.split()} | {key.replace(" ", "") for key in keys}
    return {word for word in words if len(word) >= PERSONAL}
