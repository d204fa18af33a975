"""Where the forms of the school meet provisioning and the forms that people fill in."""

from tenant_apps.form_builder.adapters.answers import (
    AnswerGiven,
    answer_field,
    answer_name,
    given_answer,
    in_words,
    is_answer_name,
    typed_values,
    words_gone,
)
from tenant_apps.form_builder.adapters.seeding import seed

__all__ = [
    "AnswerGiven",
    "answer_field",
    "answer_name",
    "given_answer",
    "in_words",
    "is_answer_name",
    "seed",
    "typed_values",
    "words_gone",
]
