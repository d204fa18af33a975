"""File names as people give them, made safe to show, to send in a header and to save."""

import re
import unicodedata

MAX_CHARACTERS = 120
MAX_BYTES = 200
FALLBACK = "document"
# Control, format (right-to-left overrides, zero-width), surrogate and private characters; line separators.
UNSAFE_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# What file systems of visitors' machines refuse; a path part is cut off before.
REFUSED = re.compile(r'[<>:"|?*]')
EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,10}")


def clean_name(name: str, *, extensions: tuple[str, ...] = ()) -> str:
    """The last path part without what could mislead a reader, a header or a file system.

    `extensions` are those that fit the content: if the name ends in none of them, the first is appended, so
    that a picture named report.html is saved as report.html.png.
    """
    name = unicodedata.normalize("NFC", name)
    name = re.split(r"[/\\]", name)[-1]
    name = "".join(
        " " if c.isspace() else c for c in name if unicodedata.category(c) not in UNSAFE_CATEGORIES
    )
    name = REFUSED.sub("_", " ".join(name.split()))
    name = name.strip(". ") or FALLBACK
    if extensions and not name.lower().endswith(extensions):
        name += extensions[0]
    return _shorten(name)


def _shorten(name: str) -> str:
    stem, dot, extension = name.rpartition(".")
    if not stem or not EXTENSION.fullmatch(dot + extension):
        stem, extension = name, ""
    else:
        extension = dot + extension
    stem = stem[: MAX_CHARACTERS - len(extension)]
    while len((stem + extension).encode()) > MAX_BYTES:
        stem = stem[:-1]
    return stem.rstrip(". ") + extension
