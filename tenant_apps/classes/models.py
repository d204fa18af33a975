"""Student groups, and who may see the students of which."""

from django.conf import settings
from django.db import models

from core.db.models import Record
from tenant_apps.classes.enums import GroupKind


class StudentGroup(Record):
    """A year group, tutor group, house or class as the MIS has it. One that is gone there has ended."""

    mis_id = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=5, choices=GroupKind.choices)
    name = models.CharField(max_length=120)
    sort_key = models.CharField(max_length=160)
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "sort_key", "id"]

    def __str__(self) -> str:
        return self.name


class RestrictedKind(Record):
    """A kind of group under "Restrict Access": its groups are seen only by the people listed for each."""

    kind = models.CharField(max_length=5, choices=GroupKind.choices, unique=True)

    def __str__(self) -> str:
        return self.kind


class ClassAccess(Record):
    """One person who may see the students of one group whose kind is restricted."""

    group = models.ForeignKey(StudentGroup, on_delete=models.PROTECT, related_name="people")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "user"], name="class_access_once")]
