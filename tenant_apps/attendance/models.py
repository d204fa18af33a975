"""The register as the MIS took it."""

from django.db import models

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
