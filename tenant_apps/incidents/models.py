"""An incident is one row with participants; what people write beneath it are its actions.

Nothing here is ever deleted: hiding is `deleted_at`, and every state is kept whole in a version.
"""

from typing import TypeVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q

from core.db.folded import Folded
from core.db.models import Record
from core.db.unsampled import UnsampledGinIndex
from tenant_apps.form_builder.enums import Kind
from tenant_apps.incidents.enums import (
    About,
    CategoryState,
    DraftKind,
    LinkRole,
    Part,
    Status,
    TrainingMark,
    Tray,
)

# For parts of words. Extensions stand in public, which is not on the path of a migration. What is written is
# sorted in at once (`fastupdate=False` below): each search would read the list of what is not sorted in yet.
BY_TRIGRAMS = OpClass(Folded("text"), name="public.gin_trgm_ops")


Row_co = TypeVar("Row_co", bound=models.Model, covariant=True)


class Standing(models.Manager[Row_co]):
    """What stands. An entry that was removed as training is on no screen, in no count and in no search."""

    def get_queryset(self) -> models.QuerySet[Row_co]:
        return super().get_queryset().filter(removed_at__isnull=True)


class Entry(Record):
    """What an incident and an action have in common: who wrote what, about when, and when it was recorded.

    `objects` and every manager of related rows leave out what was removed as training (`removed_at`), so that
    no reading has to think of it. `every` is for ids that must stay taken and for bringing such rows back.
    """

    text = models.TextField()
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    author = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    source = models.CharField(
        max_length=100, blank=True, help_text="the integration or import, when nobody wrote it"
    )
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    deleted_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    deletion_reason = models.TextField(blank=True)
    training = models.CharField(
        max_length=8,
        choices=TrainingMark,
        blank=True,
        default=TrainingMark.NONE,
        db_default=TrainingMark.NONE,
    )
    removed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True


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


class Action(Entry):
    """A follow-up under one incident: what was done, by whom, when.

    `merged_from` is the incident it was until that was merged into this one. `split_into` is the incident
    that it became: the action is hidden then, as one that was deleted, and nobody restores it.
    """

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="actions")
    merged_from = models.ForeignKey(Incident, models.PROTECT, null=True, related_name="+", db_index=False)
    split_into = models.ForeignKey(Incident, models.PROTECT, null=True, related_name="+", db_index=False)

    objects = Standing["Action"]()
    every = models.Manager["Action"]()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(author__isnull=False) | ~Q(source=""), name="action_has_author_or_source"
            ),
            models.CheckConstraint(
                condition=Q(split_into__isnull=True) | Q(deleted_at__isnull=False),
                name="action_split_is_hidden",
            ),
        ]
        indexes = [
            models.Index(fields=["author", "recorded_at"], name="action_by_author"),
            UnsampledGinIndex(BY_TRIGRAMS, name="action_text", fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"action {self.pk}"


class ActionStudent(Record):
    """A linked student to whose chronology the action was copied as well."""

    action = models.ForeignKey(Action, models.PROTECT, related_name="copied_to")
    student = models.ForeignKey("students.Student", models.PROTECT, related_name="+")
    shares_documents = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["action", "student"], name="student_once_per_action")]

    def __str__(self) -> str:
        return f"student of {self.action_id}"


class ActionAgency(Record):
    """An agency involved in the action."""

    action = models.ForeignKey(Action, models.PROTECT, related_name="agencies")
    agency = models.ForeignKey("agencies.Agency", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["action", "agency"], name="agency_once_per_action")]

    def __str__(self) -> str:
        return f"agency {self.agency_id} on {self.action_id}"


class ActionCategory(Record):
    """A category that the action adds to its incident; one that would widen the readers can wait first."""

    action = models.ForeignKey(Action, models.PROTECT, related_name="added")
    category = models.ForeignKey("categories.Category", models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=CategoryState, default=CategoryState.IN_FORCE)
    decided_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["action", "category"], name="category_once_per_action")
        ]

    def __str__(self) -> str:
        return f"category {self.category_id} by {self.action_id}"


class Mark(Record):
    """A numbered mark on a map, at `x` and `y` as fractions of the picture from its left and its top.

    `action` is what its incident became when that was merged; `incident` the one beneath which it stands now.
    """

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="marks", db_index=False)
    action = models.ForeignKey(Action, models.PROTECT, null=True, related_name="marks")
    map = models.ForeignKey("maps.Map", models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveSmallIntegerField()
    x = models.FloatField()
    y = models.FloatField()
    text = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "action", "number"], nulls_distinct=False, name="mark_number_once"
            ),
            models.CheckConstraint(condition=Q(x__range=(0, 1), y__range=(0, 1)), name="mark_on_the_picture"),
        ]

    def __str__(self) -> str:
        return f"mark {self.number} on {self.incident_id}"


class Answer(Record):
    """What was answered in one of the school's own fields: with its name and options as they read then."""

    field = models.ForeignKey("form_builder.CustomField", models.PROTECT, related_name="+", db_index=False)
    name = models.TextField()
    kind = models.CharField(max_length=9, choices=Kind)
    values = ArrayField(models.TextField())
    position = models.PositiveSmallIntegerField(help_text="of the field on the form")

    class Meta:
        abstract = True


class IncidentAnswer(Answer):
    """An answer on the form of an incident."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="answers", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "field"], name="incident_answer_once")]

    def __str__(self) -> str:
        return f"answer on {self.incident_id}"


class ActionAnswer(Answer):
    """An answer on the form of an action."""

    action = models.ForeignKey(Action, models.PROTECT, related_name="answers", db_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["action", "field"], name="action_answer_once")]

    def __str__(self) -> str:
        return f"answer on {self.action_id}"


class Version(Record):
    """A whole snapshot of an incident or action as it stood from `made_at` on. Never changed."""

    made_at = models.DateTimeField()
    made_by = models.ForeignKey("people.User", models.PROTECT, null=True, related_name="+")
    snapshot = models.JSONField()

    class Meta:
        abstract = True


class IncidentVersion(Version):
    """A state of an incident: text, times, status, assignee, categories, students, agencies, marks."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="versions")

    def __str__(self) -> str:
        return f"version of {self.incident_id}"


class ActionVersion(Version):
    """A state of an action: text, time, categories, students, agencies."""

    action = models.ForeignKey(Action, models.PROTECT, related_name="versions")

    def __str__(self) -> str:
        return f"version of {self.action_id}"


class Draft(Record):
    """What its author has typed and not yet added. Its id becomes the incident's or the action's."""

    kind = models.CharField(max_length=10, choices=DraftKind)
    author = models.ForeignKey("people.User", models.PROTECT, related_name="+")
    incident = models.ForeignKey(Incident, models.PROTECT, null=True, related_name="+")
    content = models.JSONField(default=dict)
    begun_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    hidden_at = models.DateTimeField(null=True)
    # When its author, and the default alert group, were told that it waits; each once.
    lay_idle_at = models.DateTimeField(null=True)
    afternoon_at = models.DateTimeField(null=True)
    team_told_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="incident", incident__isnull=True)
                | Q(kind="action", incident__isnull=False),
                name="draft_action_names_its_incident",
            )
        ]
        indexes = [
            models.Index(
                fields=["author", "saved_at"],
                condition=Q(sent_at__isnull=True, hidden_at__isnull=True),
                name="draft_open_by_author",
            )
        ]

    def __str__(self) -> str:
        return f"draft {self.pk}"


class Counter(models.Model):
    """The last number given in this school, taken at a transaction's end so that writers barely wait."""

    name = models.CharField(primary_key=True, max_length=20)
    value = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.value}"
