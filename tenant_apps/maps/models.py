"""The pictures that an incident can be marked on."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from core.db.models import Record


class Map(Record):
    """A picture to set numbered marks on. Disabling takes it off the form and off no incident.

    `document` holds its picture; without one it is the outline that the product brings along. `width` and
    `height` are that picture's, in any unit: marks are fractions of it.
    """

    title = models.CharField(max_length=120)
    position = models.PositiveSmallIntegerField()
    is_enabled = models.BooleanField(default=True)
    document = models.ForeignKey("documents.Document", models.PROTECT, null=True, related_name="+")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(Lower("title"), name="map_title_once"),
            models.CheckConstraint(condition=Q(width__gt=0, height__gt=0), name="map_has_a_size"),
        ]

    def __str__(self) -> str:
        return self.title
