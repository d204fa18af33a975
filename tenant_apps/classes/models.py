"""Student groups, and who may see the students of which."""

from django.conf import settings
from django.db import models

from core.db.models import Record
from tenant_apps.classes.enums import GroupKind


class StudentGroup(Record):
    """A year group, tutor group, house or class as the MIS has it. One that is gone there has ended.

    `awaits_people_since` is set when an import brings the group while its kind is restricted: nobody is
    listed then, and administrators are told until they have saved who may see its students.
    """

    mis_id = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=5, choices=GroupKind.choices)
    name = models.CharField(max_length=120)
    sort_key = models.CharField(max_length=160)
    teacher = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_on = models.DateField(null=True, blank=True)
    awaits_people_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "sort_key", "id"]

    def __str__(self) -> str:
        return self.name


class RestrictedKind(Record):
    """A kind of group under "Restrict Access": its groups are seen only by those listed for each."""

    kind = models.CharField(max_length=5, choices=GroupKind.choices, unique=True)

    def __str__(self) -> str:
        return self.kind


class ClassAccess(Record):
    """One person who may see the students of one group whose kind is restricted.

    A group of students lists people (these rows) and user groups (ClassAccessGroup); either opens it.
    """

    group = models.ForeignKey(StudentGroup, on_delete=models.PROTECT, related_name="people")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "user"], name="class_access_once")]


class ClassAccessGroup(Record):
    """One user group whose members, whoever they are at the moment, may see the students of one group.

    Counts like a ClassAccess row of every present member: a person's classes are `ClassAccess` by `user_id`
    together with these rows by `user_group_id`, the id of the one user group the person is in.
    """

    group = models.ForeignKey(StudentGroup, on_delete=models.PROTECT, related_name="user_groups")
    # A user group can be deleted once it has no members: what lists it then opens nothing to anybody.
    user_group = models.ForeignKey("staff.UserGroup", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "user_group"], name="class_access_group_once")
        ]
