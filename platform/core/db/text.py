"""Keys for finding and sorting names.

They are stored beside the name, because the database server may know no language at all: under its byte order
"Łukaszewski" comes after Z and "Ødegaard" is not found by "odegaard". A key holds lower-case letters without
accents, digits and single spaces, so that byte order is the order people expect.
"""

import re
import unicodedata

# Letters that Unicode does not take apart into a base letter and an accent.
PLAIN_LETTERS = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ŧ": "t",
        "ŋ": "n",
        "ı": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ĸ": "k",
    }
)
# "O'Connor" is typed with, without and with another apostrophe, "St. John" with and without its dot.
DROPPED = re.compile(r"['’‘`´ʼʹ′＇.]")
NOT_A_LETTER = re.compile(r"[\W_]+")


def search_key(text: str) -> str:
    """The text as searches compare it: "O’Connor-Hughes" gives "oconnor hughes", "Siân" gives "sian"."""
    letters = unicodedata.normalize("NFKD", text.casefold()).casefold()
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    letters = DROPPED.sub("", letters.translate(PLAIN_LETTERS))
    return NOT_A_LETTER.sub(" ", letters).strip()


def sort_key(surname: str, forename: str = "") -> str:
    """A key that sorts people by surname, then forename.

    Two spaces part them: a space comes before every letter, so all of "Smith" stand before "Smith-Jones".
    """
    return f"{search_key(surname)}  {search_key(forename)}".rstrip()


def natural_key(text: str) -> str:
    """A key that sorts names with numbers as people count: "Year 9" before "Year 10", "7B" before "10A"."""
    return re.sub(r"\d+", lambda digits: digits.group().zfill(4), search_key(text))
