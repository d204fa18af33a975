"""Whatever is posted, by somebody who may post there, is answered with a sentence and never with a fault."""

import pytest
from django.urls import reverse

from core.db.keys import uuid7
from tests.access.conftest import FORMS, RELATIONS, undone, world
from tests.access.matrix import ROLES, ROWS

__all__ = ["world"]

LONG = "x" * 500_000
KINDS = {
    "nothing at all": lambda name, value: [],
    "only NUL": lambda name, value: ["\x00"],
    "NUL at the end": lambda name, value: [f"{one}\x00" for one in listed(value)],
    "500,000 letters": lambda name, value: [LONG],
    "half a surrogate": lambda name, value: ["\\ud800 \u202e\ufeff \x1b[0m"],
    "an id of nothing": lambda name, value: [str(uuid7())],
    "a list": lambda name, value: [*listed(value), "0", "-1", "true", "null", "[]", "{}"],
    "twice": lambda name, value: [*listed(value), *listed(value)],
    "a huge number": lambda name, value: ["9" * 40],
    "not a number": lambda name, value: ["NaN"],
    "a day that is none": lambda name, value: ["0000-00-00"],
    "the last day": lambda name, value: ["9999-12-31"],
    "a pair that is none": lambda name, value: ["category:", "student:x", f"planet:{uuid7()}"],
    "script": lambda name, value: ["<script>alert(1)</script>'\"--;%00${7*7}"],
    "lines": lambda name, value: ["a\r\nBcc: x@example.org\r\n\r\nb"],
}
MORE = (
    "confirmed",
    "confirmed_rights",
    "confirmed_readers",
    "next",
    "seen",
    "decision",
    "added",
    "q",
    "page",
)
POSTS = [row for row in ROWS if row.host == "school" and row.method == "POST"]


def listed(value):
    return value if isinstance(value, list) else [value]


def may(row):
    """The roles that this row lets in, one of each kind of answer."""
    found = {}
    for role, letter in zip(ROLES, row.letters, strict=True):
        if letter in "DKR":
            found.setdefault(letter, role)
    return list(found.values())[:1]


def forms(form):
    """The form with garbage of each kind in every field, then with each field alone spoilt."""
    fields = [name for name, value in form.items() if not hasattr(value, "read")]
    names = [*form, *(name for name in MORE if name not in form)]
    for kind, spoil in KINDS.items():
        sent = {name: spoil(name, form[name] if name in fields else "x") for name in names}
        yield kind, sent
    kinds = list(KINDS)
    for place, field in enumerate(fields):
        kind = kinds[place % len(kinds)]
        yield f"{kind} in {field}", form | {field: KINDS[kind](field, form[field])}


@pytest.mark.attack("A30", "A32", "A33", "A52")
@pytest.mark.parametrize("row", [row for row in POSTS if may(row)], ids=lambda row: row.title)
def test_garbage_is_refused_in_words(row, world, client_for):
    faults = []
    for role in may(row):
        browser = client_for(
            getattr(world.cast, role.part).user if role.part else None, elevated=role.is_elevated
        )
        browser.raise_request_exception = False
        with undone():
            fresh = type(world)(world.cast, world.students)
            address = reverse(row.route, urlconf="config.urls_school", kwargs=RELATIONS[row.relation](fresh))
            if row.route == "documents:upload":
                address += f"?draft={uuid7()}"
            form = FORMS[row.sent](fresh)
            for what, sent in forms(form):
                for value in sent.values():
                    if hasattr(value, "seek"):
                        value.seek(0)
                with undone():
                    response = browser.post(address, sent)
                if response.status_code >= 500:
                    faults.append((what, response.status_code))
    assert faults == []
