"""What people write beneath an incident."""

from django.db import models
from django.db.models import Q

from core.db.models import Record
from core.db.unsampled import UnsampledGinIndex
from tenant_apps.incidents.enums import CategoryState
from tenant_apps.incidents.models.entries import BY_TRIGRAMS, Entry, Standing
from tenant_apps.incidents.models.incidents import Incident


class Action(Entry):
    """A follow-up under one incident: what was done, by whom, when.

    `merged_from` is the incident it was until that was merged into this one. `split_into` is the incident
    that it became: the action is hidden then, as one that was deleted, and nobody restores it.
    """

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="actions")
    merged_from = models.ForeignKey(Incident, models.PROTECT, null=True, related_name="+", db_index=False)
    split_into = models.ForeignKey(Incident, models.PROTECT, null=True, related_name="+", db_index=False)

    objects = Standing["Action"]()
    every = models.Manager["Action"]()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(author__isnull=False) | ~Q(source=""), name="action_has_author_or_source"
            ),
            models.CheckConstraint(
                condition=Q(split_into__isnull=True) | Q(deleted_at__isnull=False),
                name="action_split_is_hidden",
            ),
        ]
        indexes = [
            models.Index(fields=["author", "recorded_at"], name="action_by_author"),
            UnsampledGinIndex(BY_TRIGRAMS, name="action_text", fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"action {self.pk}"


class ActionStudent(Record):
    """A linked student to whose chronology the action was copied as well."""

    action = models.ForeignKey(Action, models.PROTECT, related_name="copied_to")
    student = models.ForeignKey("students.Student", models.PROTECT, related_name="+")
    shares_documents = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["action", "student"], name="student_once_per_action")]

    def __str__(self) -> str:
        return f"student of {self.action_id}"


class ActionAgency(Record):
    """An agency involved in the action."""

    action = models.ForeignKey(Action, models.PROTECT, related_name="agencies")
    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["action", "agency"], name="agency_once_per_action")]

    def __str__(self) -> str:
        return f"agency {self.agency_id} on {self.action_id}"


class ActionCategory(Record):
    """A category that the action adds to its incident; one that would widen the readers can wait first."""

    action = models.ForeignKey(Action, models.PROTECT, related_name="added")
    category = models.ForeignKey("categories.Category", models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=CategoryState, default=CategoryState.IN_FORCE)
    decided_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["action", "category"], name="category_once_per_action")
        ]

    def __str__(self) -> str:
        return f"category {self.category_id} by {self.action_id}"
