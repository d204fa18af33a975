import logging
import sys

import pytest

from core.web.logging import PlainFormatter, redact

NAME, TOKEN = "Zebedee Quillfeather", "c2VjcmV0LXRva2VuLW9mLWEtcmVzZXQtbGluaw2"


def line(message, *arguments, error=None):
    record = logging.LogRecord("test", logging.INFO, __file__, 1, message, arguments, None)
    if error is not None:
        record.exc_info = (type(error), error, error.__traceback__)
    return PlainFormatter().format(record)


@pytest.mark.attack("A54")
@pytest.mark.parametrize(
    ("text", "leak"),
    [
        ("GET /students/search/?q=Quillfeather", "Quillfeather"),
        ("refused z.quillfeather@school.example", "quillfeather"),
        (f"reset link {TOKEN} used", TOKEN),
        (f"session={TOKEN}", TOKEN),
        ("key 0123456789abcdef0123456789abcdef", "0123456789abcdef"),
    ],
)
def test_what_looks_personal_is_taken_out(text, leak):
    """A54."""
    assert leak not in line("%s", text)


def test_ids_and_places_stay_readable():
    text = "entry 01938f3e-7c1a-7000-8000-0242ac120002 of core.outbox.services"
    assert redact(text) == text


def test_an_exceptions_words_are_not_logged():
    """A54: the words of a database error quote the row."""
    try:
        try:
            raise ValueError(f"duplicate key (name)=({NAME})")
        except ValueError as cause:
            raise RuntimeError(f"could not save {NAME}") from cause
    except RuntimeError:
        text = line("A request failed", error=sys.exc_info()[1])
    assert "Quillfeather" not in text
    assert "RuntimeError" in text
    assert "ValueError" in text
    assert "test_logging.py" in text


def test_nobody_forges_a_line():
    assert "\n" not in line("route %s", "a\n2026-01-01T00:00:00Z INFO forged")
