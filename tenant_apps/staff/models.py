"""User groups and their permissions, who is in which, alert groups, and the staff of the MIS."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from core.db.models import Record
from tenant_apps.staff.enums import ChangeKind, Decision


class StandingGroups(models.Manager["UserGroup"]):
    """The groups that stand. One that the provider deleted is in no list, no choice and no comparison."""

    def get_queryset(self) -> models.QuerySet["UserGroup"]:
        return super().get_queryset().filter(deleted_at__isnull=True)


class UserGroup(Record):
    """A set of permissions. Each member of staff is in exactly one group, which sets them all.

    `is_key_group` says that members are expected to have a key; it is advice for the administration and gives
    nothing: what a session may do without a key is decided by the key itself. A deleted group stays as a row
    without any right, for what was decided about it and for the accounts that were closed in it;
    `deletion_request` is the reference of the school's written request.
    """

    name = models.CharField(max_length=120)
    is_key_group = models.BooleanField(default=True)
    system_permissions = ArrayField(
        # Values of core.access.enums.SystemPermission; the services refuse any other.
        models.CharField(max_length=40),
        default=list,
        blank=True,
    )
    overview_blocks = ArrayField(
        # Values of core.access.enums.OverviewBlock; the services refuse any other.
        models.CharField(max_length=20),
        default=list,
        db_default=[],
        blank=True,
    )

    deleted_at = models.DateTimeField(null=True, blank=True)
    deletion_request = models.CharField(max_length=60, blank=True, default="", db_default="")

    objects = StandingGroups()
    all_groups: models.Manager["UserGroup"] = models.Manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"), condition=Q(deleted_at__isnull=True), name="user_group_name_once"
            ),
        ]

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
    Someone who is not in the MIS has an end date (`ends_at`), after which the account is closed. From
    `away_from` to `away_to`, both included, alerts and assignments go to `cover` as well.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="staff_member"
    )
    group = models.ForeignKey(UserGroup, on_delete=models.PROTECT, related_name="members")
    mis_id = models.CharField(max_length=64, null=True, blank=True, unique=True)
    job_title = models.CharField(max_length=120, blank=True, default="")
    sees_ungrouped = models.BooleanField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    away_from = models.DateField(null=True, blank=True)
    away_to = models.DateField(null=True, blank=True)
    cover = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(away_from__isnull=True, away_to__isnull=True, cover__isnull=True)
                | Q(away_from__lte=models.F("away_to"), cover__isnull=False),
                name="staff_member_away_with_cover",
            ),
            models.CheckConstraint(
                condition=Q(cover__isnull=True) | ~Q(cover=models.F("user")),
                name="staff_member_cover_is_another",
            ),
        ]


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
    # An administrator insisted that a group of many people is offered on incidents all the same.
    is_large_on_purpose = models.BooleanField(default=False, db_default=False)

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


class PendingChange(Record):
    """A change to who may read Restricting categories that waits for a second person.

    It takes effect when another administrator, or the person concerned, confirms it; whoever asked for it
    never can. `payload` holds ids and values of the change, as `kind` needs them; it is applied as asked.
    """

    kind = models.CharField(max_length=20, choices=ChangeKind.choices)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    group = models.ForeignKey(UserGroup, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    payload = models.JSONField(default=dict)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decision = models.CharField(max_length=10, choices=Decision.choices, default=Decision.WAITING)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False) | Q(group__isnull=False),
                name="pending_change_concerns_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decision=Decision.WAITING, decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(decision=Decision.WAITING) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="pending_change_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True)
                | ~Q(decision=Decision.CONFIRMED)
                | ~Q(decided_by=models.F("asked_by")),
                name="pending_change_needs_a_second_person",
            ),
        ]
