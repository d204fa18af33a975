"""The choices of an import."""

from django.db import models


class ExtractKind(models.TextChoices):
    FULL = "full", "Full"
    CHANGES = "changes", "Changes"


class ImportSource(models.TextChoices):
    UPLOAD = "upload", "Upload"
    COMMAND = "command", "Command"
    API = "api", "From the MIS"


class ImportForm(models.TextChoices):
    """What was handed in: a MIS's own file, or a single spreadsheet whose columns somebody matches."""

    EXTRACT = "extract", "Extract of the MIS"
    CTF = "ctf", "Common Transfer File"
    PUPILS = "pupils", "Spreadsheet of students"
    STAFF = "staff", "Spreadsheet of staff"


class ImportState(models.TextChoices):
    MAPPING = "mapping", "Waiting for its columns"
    WAITING = "waiting", "Waiting"
    RUNNING = "running", "Running"
    APPLIED = "applied", "Applied"
    REFUSED = "refused", "Refused"
    HELD = "held", "Held"
    REJECTED = "rejected", "Rejected"


class Decision(models.TextChoices):
    """What an administrator made of an extract that was held."""

    APPLY = "apply", "Apply"
    JOINERS = "joiners", "Apply joiners and changes only"
    REJECT = "reject", "Reject"


class HealthLevel(models.TextChoices):
    GREEN = "green", "Green"
    AMBER = "amber", "Amber"
    RED = "red", "Red"
