"""How long texts are compared when people search in them: by any part, whatever the case and the accents.

Names have stored keys (`text.search_key`). A record's text has none: an index on `Folded` finds it, so no
second copy of what people wrote stands in the database. `fold` does in Python what `Folded` does in SQL.
"""

import re
import unicodedata
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Func, TextField
from django.db.models.sql.compiler import SQLCompiler

ACCENTS = re.compile("[\u0300-\u036f]+")
# What is typed in two ways: letters that Unicode does not take apart, and the apostrophes of phones.
SAME = {"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "’": "'", "‘": "'"}


def fold(text: str) -> str:
    """The text as `Folded` compares it: "Łukasz’s CAFÉ" gives "lukasz's cafe"."""
    letters = ACCENTS.sub("", unicodedata.normalize("NFKD", text))
    # One by one, as PostgreSQL does it: in a whole word Python gives a last sigma another shape.
    lowered = "".join(letter.lower() for letter in letters)
    for letter, instead in SAME.items():
        lowered = lowered.replace(letter, instead)
    return lowered


class Folded(Func):
    """A text column as searches compare it. Immutable functions of PostgreSQL only, so it can be indexed.

    A text of plain ASCII, which most are, only becomes lower-case, and by no language's rules: that is twenty
    times as fast. Indexes stand on the very words of this expression: whoever changes it migrates them too.
    """

    arity = 1
    output_field = TextField()

    def as_sql(
        self,
        compiler: SQLCompiler,
        connection: BaseDatabaseWrapper,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **extra_context: Any,
    ) -> tuple[str, tuple[Any, ...]]:
        inner, parameters = compiler.compile(self.source_expressions[0])
        folded = f"lower(regexp_replace(normalize({inner}, NFKD), '[\\u0300-\\u036f]+', '', 'g'))"
        for letter, instead in SAME.items():
            folded = f"replace({folded}, '{letter}', '{instead.replace(chr(39), chr(39) * 2)}')"
        is_plain = f"octet_length({inner}) = length({inner})"
        plain = f'lower({inner} COLLATE "C")'
        statement = f"CASE WHEN {is_plain} THEN {plain} ELSE {folded} END"
        return f"({statement})", (*parameters,) * 4
