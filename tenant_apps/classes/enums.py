"""The kinds of student group a MIS sends."""

from django.db import models


class GroupKind(models.TextChoices):
    """Each kind can be restricted by itself."""

    YEAR = "year", "Year group"
    TUTOR = "tutor", "Tutor group"
    HOUSE = "house", "House"
    CLASS = "class", "Class"
