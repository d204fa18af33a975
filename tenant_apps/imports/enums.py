"""The choices of an import."""

from django.db import models


class ExtractKind(models.TextChoices):
    FULL = "full", "Full"
    CHANGES = "changes", "Changes"


class ImportSource(models.TextChoices):
    UPLOAD = "upload", "Upload"
    COMMAND = "command", "Command"
    API = "api", "From the MIS"


class ImportState(models.TextChoices):
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    APPLIED = "applied", "Applied"
    REFUSED = "refused", "Refused"
    HELD = "held", "Held"
