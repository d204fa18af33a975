"""What can wait for a second person, and what may become of it."""

from django.db import models


class ChangeKind(models.TextChoices):
    """A change that widens, or may take over, a way to Restricting categories."""

    EMAIL = "email", "Email address"
    KEYS_REMOVED = "keys_removed", "Security keys removed"
    MEMBERSHIP = "membership", "User group of a person"
    GROUP_RIGHTS = "group_rights", "Permissions of a user group"


class Decision(models.TextChoices):
    """How a waiting change ended."""

    WAITING = "waiting", "Waiting"
    CONFIRMED = "confirmed", "Confirmed"
    REFUSED = "refused", "Refused"
    TAKEN_BACK = "taken_back", "Taken back"
