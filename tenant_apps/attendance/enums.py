"""Sessions and the DfE's attendance codes."""

from django.db import models


class Session(models.TextChoices):
    AM = "AM", "AM"
    PM = "PM", "PM"


# Attending, or at an approved educational activity: counted as present.
PRESENT_CODES = frozenset({"/", "\\", "L", "K", "V", "P", "W", "B"})
# Absent with and without leave.
AUTHORISED_CODES = frozenset({"C", "C1", "C2", "E", "I", "J1", "M", "R", "S", "T"})
UNAUTHORISED_CODES = frozenset({"G", "N", "O", "U"})
# Not a possible session, or nobody expected: neither side of the figure.
UNCOUNTED_CODES = frozenset({"#", "D", "Q", "X", "Y", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7", "Z"})

KNOWN_CODES = PRESENT_CODES | AUTHORISED_CODES | UNAUTHORISED_CODES | UNCOUNTED_CODES
