"""What made monitoring begin."""

from django.db import models


class MonitoringSource(models.TextChoices):
    """Where a monitoring started; `source_id` names the record for the first two."""

    INCIDENT = "incident", "Incident"
    ACTION = "action", "Action"
    HAND = "hand", "By hand"
