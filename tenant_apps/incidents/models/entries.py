"""What an incident and an action have in common."""

from typing import TypeVar

from django.contrib.postgres.indexes import OpClass
from django.db import models

from core.db.folded import Folded
from core.db.models import Record
from tenant_apps.incidents.enums import TrainingMark

# For parts of words. Extensions stand in public, which is not on the path of a migration. What is written is
# sorted in at once (`fastupdate=False` below): each search would read the list of what is not sorted in yet.
BY_TRIGRAMS = OpClass(Folded("text"), name="public.gin_trgm_ops")

Row_co = TypeVar("Row_co", bound=models.Model, covariant=True)


class Standing(models.Manager[Row_co]):
    """What stands. An entry that was removed as training is on no screen, in no count and in no search."""

    def get_queryset(self) -> models.QuerySet[Row_co]:
        return super().get_queryset().filter(removed_at__isnull=True)


class Entry(Record):
    """What an incident and an action have in common: who wrote what, about when, and when it was recorded.

    `objects` and every manager of related rows leave out what was removed as training (`removed_at`), so that
    no reading has to think of it. `every` is for ids that must stay taken and for bringing such rows back.
    """

    text = models.TextField()
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    author = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    source = models.CharField(
        max_length=100, blank=True, help_text="the integration or import, when nobody wrote it"
    )
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    deleted_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    deletion_reason = models.TextField(blank=True)
    training = models.CharField(
        max_length=8,
        choices=TrainingMark,
        blank=True,
        default=TrainingMark.NONE,
        db_default=TrainingMark.NONE,
    )
    removed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
