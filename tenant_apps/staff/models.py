"""User groups and their permissions, who is in which, alert groups, and the staff of the MIS."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from core.db.models import Record


class UserGroup(Record):
    """A set of permissions. Each member of staff is in exactly one group, which sets them all.

    `is_key_group` says that members are expected to have a key; it is advice for the administration and gives
    nothing: what a session may do without a key is decided by the key itself.
    """

    name = models.CharField(max_length=120)
    is_key_group = models.BooleanField(default=True)
    system_permissions = ArrayField(
        # Values of core.access.enums.SystemPermission; the services refuse any other.
        models.CharField(max_length=40),
        default=list,
        blank=True,
    )

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(Lower("name"), name="user_group_name_once")]

    def __str__(self) -> str:
        return self.name


class CategoryPermission(Record):
    """What members of a group may do with one category. No row means nothing."""

    group = models.ForeignKey(UserGroup, on_delete=models.PROTECT, related_name="category_permissions")
    category = models.ForeignKey("categories.Category", on_delete=models.PROTECT, related_name="+")
    view_students = models.BooleanField(default=False)
    view_incidents = models.BooleanField(default=False)
    add_incidents = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "category"], name="category_permission_once"),
        ]


class StaffMember(Record):
    """The school's side of a user: the group, the link to the MIS, and switches of their own.

    `sees_ungrouped` overrides the group's "Can view students who don't have a group" where it is not null.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="staff_member"
    )
    group = models.ForeignKey(UserGroup, on_delete=models.PROTECT, related_name="members")
    mis_id = models.CharField(max_length=64, null=True, blank=True, unique=True)
    job_title = models.CharField(max_length=120, blank=True, default="")
    sees_ungrouped = models.BooleanField(null=True, blank=True)


class MISStaff(Record):
    """A member of staff as the school's MIS lists them, whether or not they are a user here.

    `is_listed` is false once an extract no longer names them; the row stays.
    """

    mis_id = models.CharField(max_length=64, unique=True)
    title = models.CharField(max_length=40, blank=True, default="")
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    email = models.CharField(max_length=254, blank=True, default="", db_index=True)
    job_title = models.CharField(max_length=120, blank=True, default="")
    start_date = models.DateField()
    end_date = models.DateField(null=True, blank=True)
    is_full_time = models.BooleanField(default=True)
    is_listed = models.BooleanField(default=True)

    class Meta:
        verbose_name_plural = "MIS staff"


class AlertGroup(Record):
    """People who are alerted together by one button. The default group is alerted when nobody else is."""

    name = models.CharField(max_length=120)
    sort_key = models.CharField(max_length=160)
    is_default = models.BooleanField(default=False)
    on_incidents = models.BooleanField(default=True)
    on_library = models.BooleanField(default=True)

    class Meta:
        ordering = ["sort_key", "id"]
        constraints = [
            models.UniqueConstraint(Lower("name"), name="alert_group_name_once"),
            models.UniqueConstraint(
                fields=["is_default"], condition=Q(is_default=True), name="alert_group_one_default"
            ),
            # The safety net of every form must be reachable from every form.
            models.CheckConstraint(
                condition=Q(is_default=False) | Q(on_incidents=True), name="alert_group_default_on_incidents"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class AlertGroupMember(Record):
    """One person's place in an alert group."""

    group = models.ForeignKey(AlertGroup, on_delete=models.PROTECT, related_name="places")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "user"], name="alert_group_member_once")]
