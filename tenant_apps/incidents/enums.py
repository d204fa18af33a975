from django.db.models import TextChoices


class Status(TextChoices):
    ACTIVE = "active", "Active"
    CLOSED = "closed", "Closed"


class Part(TextChoices):
    """How a student stands in an incident: it is about them, or they are linked to it."""

    MAIN = "main", "Student"
    LINKED = "linked", "Linked student"


class LinkRole(TextChoices):
    SIBLING = "sibling", "sibling"
    OTHER = "other", "other pupil involved"
    ALLEGED = "alleged", "alleged to have done it"
    WITNESS = "witness", "witness"


class DraftKind(TextChoices):
    INCIDENT = "incident", "Incident"
    ACTION = "action", "Action"


class CategoryState(TextChoices):
    """A category that an action adds counts at once, or waits for a key user if it widens the readers."""

    IN_FORCE = "in_force", "In force"
    WAITING = "waiting", "Waiting for a key user"
    DECLINED = "declined", "Declined"
