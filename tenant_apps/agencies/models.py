"""The services outside the school that take part."""

from django.db import models
from django.db.models.functions import Lower

from core.db.models import Record


class Agency(Record):
    """An agency that incidents and actions can be tagged with. Disabling takes it off the forms only."""

    name = models.CharField(max_length=120)
    sort_key = models.CharField(max_length=160)
    is_enabled = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "agencies"
        ordering = ["sort_key", "id"]
        constraints = [models.UniqueConstraint(Lower("name"), name="agency_name_once")]

    def __str__(self) -> str:
        return self.name
