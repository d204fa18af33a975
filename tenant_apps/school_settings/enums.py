"""The choices a school's settings offer."""

from django.db import models


class NameFormat(models.TextChoices):
    """How a student's name is written everywhere."""

    FIRST_LAST = "first_last", "First Name Last Name"
    LAST_FIRST = "last_first", "Last Name First Name"


class GroupType(models.TextChoices):
    """The kind of group by which the dashboard and the reports are arranged."""

    TUTOR = "tutor", "Tutor group"
    YEAR = "year", "Year group"


class NonKeyReading(models.TextChoices):
    """From where a session without a key may read what it was alerted to."""

    EVERYWHERE = "everywhere", "Everywhere"
    NETWORK = "network", "School network only"
    KEY = "key", "Key needed"


# However long a school sets "Idle timeout": a screen left alone with records on it covers itself by then.
MOST_IDLE_MINUTES = 30
MOST_IDLE_MINUTES_WITHOUT_KEY = 15

DEFAULT_SECURITY_MESSAGE = (
    "It is your responsibility to logout and protect the security of student information"
)

# The texts of the form as they stand on the first day. Words in braces are filled when the form is shown.
DEFAULT_IMMEDIATE_DANGER_TEXT = (
    "If a child is in immediate danger, call 999 first. If a child has told you something today, tell a"
    " member of the safeguarding team in person or by phone now, before the child goes home, then write it"
    " here. {safeguarding_team} · out of hours {out_of_hours_number}. An alert is not the same as telling"
    " someone."
)
DEFAULT_ADULT_CONCERN_TEXT = (
    "Is it about an adult who works or volunteers here? Do not write it here. Tell {headteacher}; if it is"
    " about the headteacher, {chair_of_governors}; or the local authority designated officer {lado_number}."
)
DEFAULT_INCIDENT_HINT = (
    "What you saw and heard, in the child's own words in quotation marks. Who, where, when. What you did and"
    " whom you told. No opinion, no diagnosis."
)
DEFAULT_FILES_HINT = (
    "Never take, copy, forward or upload a nude or semi-nude image of anyone under 18, and do not photograph"
    " injuries: use the body map. Tell the safeguarding team."
)
