"""What a school's forms ask, in editions."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from core.db.models import Record
from tenant_apps.form_builder.enums import Form, Kind

NAME_LENGTH = 120
ADVICE_LENGTH = 2_000
OPTION_LENGTH = 200


class CustomField(Record):
    """A field of the school's own, the same through all editions; how it reads is told by their items.

    Its kind stays once it has been on the form, as answers were given in that kind. Never deleted in full,
    as answers name it; a deleted one is on no form.
    """

    form = models.CharField(max_length=8, choices=Form.choices)
    kind = models.CharField(max_length=9, choices=Kind.choices)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )

    def __str__(self) -> str:
        return f"{self.get_form_display()}, {self.get_kind_display()}"


class FormEdition(Record):
    """One state of a form. The newest published one stands; the one not published is what administrators
    work on, and nobody else sees it.
    """

    form = models.CharField(max_length=8, choices=Form.choices)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "form", condition=Q(published_at__isnull=True), name="form_edition_one_draft"
            ),
        ]

    def __str__(self) -> str:
        return self.get_form_display()


class FormItem(Record):
    """A field in its place on an edition: one that is built in, or a custom one as it reads there."""

    edition = models.ForeignKey(FormEdition, on_delete=models.PROTECT, related_name="items", db_index=False)
    position = models.PositiveSmallIntegerField()
    built_in = models.CharField(max_length=12, blank=True)
    field = models.ForeignKey(
        CustomField, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    name = models.CharField(max_length=NAME_LENGTH, blank=True)
    advice = models.CharField(max_length=ADVICE_LENGTH, blank=True)
    is_enforced = models.BooleanField(default=False)
    allows_multiple = models.BooleanField(default=False)
    options = ArrayField(models.CharField(max_length=OPTION_LENGTH), default=list, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint("edition", "position", name="form_item_place_once"),
            models.CheckConstraint(
                condition=Q(built_in="", field__isnull=False) | (~Q(built_in="") & Q(field__isnull=True)),
                name="form_item_built_in_or_custom",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.built_in


class FormItemCategory(Record):
    """A category to which a custom field is limited. A field without one is always shown."""

    item = models.ForeignKey(FormItem, on_delete=models.CASCADE, related_name="limits", db_index=False)
    category = models.ForeignKey(
        "categories.Category", on_delete=models.PROTECT, related_name="+", db_index=False
    )

    class Meta:
        verbose_name_plural = "form item categories"
        constraints = [models.UniqueConstraint("item", "category", name="form_item_category_once")]

    def __str__(self) -> str:
        return str(self.category_id)
