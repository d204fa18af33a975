"""The words of alerts."""

from django.db import models


class AlertKind(models.TextChoices):
    """The kind of record a person is alerted to."""

    INCIDENT = "incident", "Incident"
    ACTION = "action", "Action"
    DOCUMENT = "document", "Document"
    FILE = "file", "File"


class AlertReason(models.TextChoices):
    """Why this person was alerted. Of several reasons the first in this order is kept."""

    CHOSEN = "chosen", "Chosen by name"
    GROUP = "group", "Through an alert group"
    AUTOMATIC = "automatic", "Automatic alert"
    DEFAULT = "default", "Default alert group"
    ASSIGNED = "assigned", "Assigned"


class MailState(models.TextChoices):
    """What became of the mail about an alert."""

    OWED = "owed", "Mail not sent yet"
    SENT = "sent", "Mail sent"
    FAILED = "failed", "Mail not delivered"
