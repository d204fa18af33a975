"""What is not yet recorded, and the numbers that are given when it is."""

from django.db import models
from django.db.models import Q

from core.db.models import Record
from tenant_apps.incidents.enums import DraftKind
from tenant_apps.incidents.models.incidents import Incident


class Draft(Record):
    """What its author has typed and not yet added. Its id becomes the incident's or the action's."""

    kind = models.CharField(max_length=10, choices=DraftKind)
    author = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    incident = models.ForeignKey(Incident, models.PROTECT, null=True, related_name="+")
    content = models.JSONField(default=dict)
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    hidden_at = models.DateTimeField(null=True)
    # When its author, and the default alert group, were told that it waits; each once.
    lay_idle_at = models.DateTimeField(null=True)
    afternoon_at = models.DateTimeField(null=True)
    team_told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="incident", incident__isnull=True)
                | Q(kind="action", incident__isnull=False),
                name="draft_action_names_its_incident",
            )
        ]
        indexes = [
            models.Index(
                fields=["author", "saved_at"],
                condition=Q(sent_at__isnull=True, hidden_at__isnull=True),
                name="draft_open_by_author",
            )
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"


class Counter(models.Model):
    """The last number given in this school, taken at a transaction's end so that writers barely wait."""

    name = models.CharField(primary_key=True, max_length=20)
    value = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"
