"""An incident is one row with participants, whoever is linked to it."""

from django.db import models
from django.db.models import F, Q

from core.db.models import Record
from core.db.unsampled import UnsampledGinIndex
from tenant_apps.incidents.enums import About, LinkRole, Part, Status, Tray
from tenant_apps.incidents.models.entries import BY_TRIGRAMS, Entry, Standing


class Incident(Entry):
    """One concern about one student, with those linked to it. Its number is what people say and write.

    One whose author did not find the student, or meant nobody in particular (`about`), has no main student
    while it lies in the tray or is kept there; `unlisted_name` and `unlisted_class` are as they were typed.
    """

    number = models.PositiveIntegerField(null=True, unique=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.ACTIVE)
    assignee = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    about = models.CharField(max_length=10, choices=About, blank=True, default="", db_default="")
    unlisted_name = models.CharField(max_length=200, blank=True, default="", db_default="")
    unlisted_class = models.CharField(max_length=100, blank=True, default="", db_default="")
    tray = models.CharField(max_length=10, choices=Tray, blank=True, default="", db_default="")
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="surplus",
        help_text="where its words stand now, as an action or again as an incident; its number leads there",
    )

    objects = Standing["Incident"]()
    every = models.Manager["Incident"]()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(author__isnull=False) | ~Q(source=""), name="incident_has_author_or_source"
            ),
            models.CheckConstraint(
                condition=Q(about="", tray="") | (~Q(about="") & ~Q(tray="")), name="incident_tray_says_why"
            ),
            # So every reading that leaves out what was deleted leaves these out too.
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(deleted_at__isnull=False),
                name="incident_merged_is_hidden",
            ),
        ]
        indexes = [
            models.Index(F("happened_at").desc(), F("number").desc(), name="incident_newest_first"),
            models.Index(fields=["author", "recorded_at"], name="incident_by_author"),
            models.Index(fields=["assignee"], condition=Q(status="active"), name="incident_assigned_active"),
            UnsampledGinIndex(BY_TRIGRAMS, name="incident_text", fastupdate=False),
            models.Index(
                fields=["recorded_at"], condition=Q(tray__in=["waiting", "kept"]), name="incident_in_tray"
            ),
        ]

    def __str__(self) -> str:
        return f"incident {self.number}"


class IncidentStudent(Record):
    """A student's part in an incident. A reference (`shows_full` off) shows its number and no text of it."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="participants")
    student = models.ForeignKey("students.Student", models.PROTECT, related_name="+")
    part = models.CharField(max_length=10, choices=Part)
    link_role = models.CharField(max_length=10, choices=LinkRole, blank=True)
    shows_full = models.BooleanField(default=True)
    shows_own_part = models.BooleanField(
        default=False,
        db_default=False,
        help_text="with the reference stand the actions that were copied to this student",
    )
    shares_documents = models.BooleanField(default=False)
    pinned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "student"], name="student_once_per_incident"),
            models.UniqueConstraint(
                fields=["incident"], condition=Q(part="main"), name="incident_about_one_student"
            ),
        ]
        indexes = [
            models.Index(
                fields=["student"], condition=Q(pinned_at__isnull=False), name="incident_pinned_for_student"
            )
        ]

    def __str__(self) -> str:
        return f"{self.part} student of {self.incident_id}"


class BlockedReader(Record):
    """One member of staff who may not see this incident, besides those blocked for one of its students.

    It stands from `set_at` until it is lifted; the row stays afterwards.
    """

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="blocked_readers")
    user = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    set_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField()
    lifted_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "incident"],
                condition=Q(lifted_at__isnull=True),
                name="incident_blocked_reader_once",
            )
        ]

    def __str__(self) -> str:
        return f"block on {self.incident_id}"


class IncidentCategory(Record):
    """A category that an incident carries, closed upward. `is_leaf`: none of its sub-categories is."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="carried")
    category = models.ForeignKey("categories.Category", models.PROTECT, related_name="+")
    is_leaf = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "category"], name="category_once_per_incident")
        ]
        indexes = [models.Index(fields=["category", "incident"], name="incident_by_category")]

    def __str__(self) -> str:
        return f"category {self.category_id} on {self.incident_id}"


class IncidentAgency(Record):
    """An agency involved in the incident."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="agencies")
    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["incident", "agency"], name="agency_once_per_incident")
        ]

    def __str__(self) -> str:
        return f"agency {self.agency_id} on {self.incident_id}"
