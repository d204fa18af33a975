"""Every state of an incident and an action, kept whole."""

from django.db import models

from core.db.models import Record
from tenant_apps.incidents.models.actions import Action
from tenant_apps.incidents.models.incidents import Incident


class Version(Record):
    """A whole snapshot of an incident or action as it stood from `made_at` on. Never changed."""

    made_at = models.DateTimeField()
    made_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    snapshot = models.JSONField()

    class Meta:
        abstract = True


class IncidentVersion(Version):
    """A state of an incident: text, times, status, assignee, categories, students, agencies, marks."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="versions")

    def __str__(self) -> str:
        return f"version of {self.incident_id}"


class ActionVersion(Version):
    """A state of an action: text, time, categories, students, agencies."""

    action = models.ForeignKey(Action, models.PROTECT, related_name="versions")

    def __str__(self) -> str:
        return f"version of {self.action_id}"
