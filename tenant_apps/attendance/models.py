"""The register as the MIS took it."""

from django.db import models

from core.db.models import Record
from tenant_apps.attendance.enums import Session


class Mark(models.Model):
    """One pupil's mark for one session of one day, with the code as it came.

    The natural key is the key: a school gains hundreds of thousands of marks a year, nothing else
    names one, and a second index over each would only cost.
    """

    pk = models.CompositePrimaryKey("student_id", "date", "session")
    student = models.ForeignKey(
        "students.Student", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    date = models.DateField()
    session = models.TextField(choices=Session)
    code = models.TextField()
    minutes_late = models.PositiveSmallIntegerField(null=True, blank=True)


class YearElsewhere(Record):
    """A pupil's year of attendance at another school, in sessions, as a Common Transfer File told it.

    `year` stands as it was told. `marks` are that school's, one letter a session from `marks_since` on, and
    count in no figure of this school.
    """

    student = models.ForeignKey(
        "students.Student", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    year = models.TextField(blank=True, default="")
    la_number = models.TextField(blank=True, default="")
    establishment_number = models.TextField(blank=True, default="")
    school_name = models.TextField(blank=True, default="")
    possible = models.PositiveIntegerField(null=True, blank=True)
    attended = models.PositiveIntegerField(null=True, blank=True)
    authorised = models.PositiveIntegerField(null=True, blank=True)
    unauthorised = models.PositiveIntegerField(null=True, blank=True)
    marks_since = models.DateField(null=True, blank=True)
    marks = models.TextField(blank=True, default="")

    class Meta:
        verbose_name_plural = "years elsewhere"
        constraints = [
            models.UniqueConstraint(
                fields=["student", "year", "la_number", "establishment_number", "school_name"],
                name="attendance_year_elsewhere_once",
            ),
        ]
