"""Sessions and the DfE's attendance codes, each with the days on which it holds.

The codes are those of "Working together to improve school attendance" and the School Attendance (Pupil
Registration) (England) Regulations 2024, in force from 19 August 2024, and those that they replaced.
"""

from dataclasses import dataclass
from datetime import date

from django.db import models


class Session(models.TextChoices):
    AM = "AM", "AM"
    PM = "PM", "PM"


class Side(models.TextChoices):
    """On which side of the figure a code counts."""

    PRESENT = "present", "Present"
    AUTHORISED = "authorised", "Absent, authorised"
    UNAUTHORISED = "unauthorised", "Absent, unauthorised"
    NEITHER = "neither", "Counts as neither"


@dataclass(frozen=True, slots=True)
class Code:
    """One code with its meaning, from `since` to `until`; without a day it held before, or holds still."""

    code: str
    meaning: str
    side: Side
    since: date | None = None
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether this is what the code meant on that day."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


REGULATIONS_OF_2024 = date(2024, 8, 19)
BEFORE = date(2024, 8, 18)

CODES: tuple[Code, ...] = (
    Code("/", "Present in the morning", Side.PRESENT),
    Code("\\", "Present in the afternoon", Side.PRESENT),
    Code("L", "Late, before the register was closed", Side.PRESENT),
    Code("K", "Education arranged by the local authority", Side.PRESENT, since=REGULATIONS_OF_2024),
    Code("V", "Educational visit or trip", Side.PRESENT),
    Code("P", "Sporting activity", Side.PRESENT),
    Code("W", "Work experience", Side.PRESENT),
    Code("B", "Other approved educational activity", Side.PRESENT),
    Code("J", "Interview", Side.PRESENT, until=BEFORE),
    Code("C", "Leave in exceptional circumstances", Side.AUTHORISED),
    Code("C1", "Leave for a regulated performance or employment", Side.AUTHORISED, since=REGULATIONS_OF_2024),
    Code("C2", "Leave under a part-time timetable", Side.AUTHORISED, since=REGULATIONS_OF_2024),
    Code("E", "Suspended or excluded, no other provision yet", Side.AUTHORISED),
    Code("H", "Holiday that the school agreed to", Side.AUTHORISED, until=BEFORE),
    Code("I", "Illness", Side.AUTHORISED),
    Code("J1", "Interview for a job or for another school", Side.AUTHORISED, since=REGULATIONS_OF_2024),
    Code("M", "Medical or dental appointment", Side.AUTHORISED),
    Code("R", "Religious observance", Side.AUTHORISED),
    Code("S", "Study leave", Side.AUTHORISED),
    Code("T", "Parent travelling for work", Side.AUTHORISED),
    Code("G", "Holiday that the school did not agree to", Side.UNAUTHORISED),
    Code("N", "Reason not established yet", Side.UNAUTHORISED),
    Code("O", "Absent in other or unknown circumstances", Side.UNAUTHORISED),
    Code("U", "Late, after the register was closed", Side.UNAUTHORISED),
    Code("D", "Registered at another school too, and expected there", Side.NEITHER),
    Code("Q", "No arrangements for getting to school", Side.NEITHER, since=REGULATIONS_OF_2024),
    Code("X", "Not of compulsory school age, and not expected", Side.NEITHER),
    Code("Y", "Unable to attend in exceptional circumstances", Side.NEITHER, until=BEFORE),
    Code("Y1", "Unable: usual transport not provided", Side.NEITHER, since=REGULATIONS_OF_2024),
    Code("Y2", "Unable: travel widely disrupted", Side.NEITHER, since=REGULATIONS_OF_2024),
    Code("Y3", "Unable: part of the school closed", Side.NEITHER, since=REGULATIONS_OF_2024),
    Code("Y4", "Unable: whole school closed unexpectedly", Side.NEITHER, since=REGULATIONS_OF_2024),
    Code("Y5", "Unable: in criminal justice detention", Side.NEITHER, since=REGULATIONS_OF_2024),
    Code("Y6", "Unable: public health guidance or law", Side.NEITHER, since=REGULATIONS_OF_2024),
    Code("Y7", "Unable: other unavoidable cause", Side.NEITHER, since=REGULATIONS_OF_2024),
    Code("Z", "Not on the register yet", Side.NEITHER),
    Code("#", "School closed as planned", Side.NEITHER),
)
# Arriving after the session began, before or after the register was closed.
LATE_CODES = frozenset({"L", "U"})
