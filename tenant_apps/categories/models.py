"""What a school files incidents and monitoring under."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from core.db.models import Record
from tenant_apps.categories.enums import Colour


class Category(Record):
    """A category, or with a parent a sub-category of it. Permissions are each one's own.

    One that was merged stays as a row that leads to the other (`merged_into`, never two steps): kept versions
    and forms that stand open name it. No list shows it, and its name is free again.
    """

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
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name_plural = "categories"
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                "parent",
                condition=Q(merged_into__isnull=True),
                nulls_distinct=False,
                name="category_name_once",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="category_not_own_parent"
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(is_enabled=False),
                name="category_merged_is_offered_nowhere",
            ),
        ]

    def __str__(self) -> str:
        return self.name
