from django.db.models import TextChoices


class Status(TextChoices):
    ACTIVE = "active", "Active"
    CLOSED = "closed", "Closed"


class Part(TextChoices):
    """How a student stands in an incident: it is about them, or they are linked to it."""

    MAIN = "main", "Student"
    LINKED = "linked", "Linked student"


class About(TextChoices):
    """Whom an incident was written about: somebody on the list, or what its author said instead."""

    STUDENT = "", "A student on the list"
    NOT_LISTED = "not_listed", "Not in the list"
    NOBODY = "nobody", "Not about one pupil"


class Tray(TextChoices):
    """What became of an incident that was not added about a student of the list."""

    NEVER = "", "Never in the tray"
    WAITING = "waiting", "Waiting"
    ATTACHED = "attached", "Attached to a student"
    KEPT = "kept", "Kept without a student"


class LinkRole(TextChoices):
    SIBLING = "sibling", "sibling"
    OTHER = "other", "other pupil involved"
    ALLEGED = "alleged", "alleged to have done it"
    WITNESS = "witness", "witness"


class TrainingMark(TextChoices):
    """What the author of an entry said while training mode was on. Practice goes when the mode ends."""

    NONE = "", "Not made in training mode"
    PRACTICE = "practice", "Practice"
    REAL = "real", "Real"


class DraftKind(TextChoices):
    INCIDENT = "incident", "Incident"
    ACTION = "action", "Action"


class CategoryState(TextChoices):
    """A category that an action adds counts at once, or waits for a key user if it widens the readers."""

    IN_FORCE = "in_force", "In force"
    WAITING = "waiting", "Waiting for a key user"
    DECLINED = "declined", "Declined"
