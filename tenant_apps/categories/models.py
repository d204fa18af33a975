"""What a school files incidents and monitoring under."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from core.db.models import Record
from tenant_apps.categories.enums import Colour


class Category(Record):
    """A category, or with a parent a sub-category of it. Permissions are each one's own."""

    name = models.CharField(max_length=120)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    colour = models.CharField(max_length=3, choices=Colour.choices, default=Colour.K1)
    is_restricting = models.BooleanField(default=False)
    starts_monitoring = models.BooleanField(default=True)
    always_alerts = models.BooleanField(default=False)
    is_enabled = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name_plural = "categories"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"), "parent", nulls_distinct=False, name="category_name_once_per_parent"
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="category_not_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.name
