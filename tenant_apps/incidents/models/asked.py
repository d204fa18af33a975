"""What a form asks beyond the text: marks on maps, and answers in the school's own fields."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from core.db.models import Record
from tenant_apps.form_builder.enums import Kind
from tenant_apps.incidents.models.actions import Action
from tenant_apps.incidents.models.incidents import Incident


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
