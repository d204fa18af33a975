"""`python -m tests.faults.writing FILE NAME`: adds and edits incidents until it is ended.

It writes a line for each deed that the product has acknowledged: the incident and the text that stands from
then on. When the database is away it tries again, as a person would.
"""

import sys
import time
from itertools import count
from pathlib import Path

BRIEFLY = 0.05


def main() -> None:
    import django

    django.setup()
    from django.db import Error, connection

    from core.tenancy import in_school
    from tenants.selectors import get_school_by_subdomain

    path, name = Path(sys.argv[1]), sys.argv[2]
    school, deeds = None, None
    with path.open("a") as told:
        for number in count():
            text = f"{name} wrote text {number}."
            try:
                school = school or get_school_by_subdomain("ashgrove")
                with in_school(school):
                    deeds = deeds or Deeds()
                    incident = deeds.do(number, text)
                told.write(f"{incident} {text}\n")
                told.flush()
            except Error:
                connection.close()
                time.sleep(BRIEFLY)


class Deeds:
    """One person's, in one school: two edits after each new incident."""

    def __init__(self) -> None:
        from shared_apps.people.models import User
        from tenant_apps.categories.selectors import all_categories
        from tenant_apps.classes.selectors import load_access
        from tenant_apps.students.models import Student
        from tests.data.schools import CAST

        surname = next(last for part, _, _, last, _ in CAST if part == "lead")
        self.by = load_access(User.objects.get(last_name=surname), is_elevated=True)
        self.category = next(one.id for one in all_categories() if one.name == "Behaviour")
        self.student = Student.objects.values_list("pk", flat=True)[0]
        self.incident = None

    def do(self, number: int, text: str) -> object:
        from core.db.clock import now
        from core.db.keys import uuid7
        from tenant_apps.incidents.models import Incident
        from tenant_apps.incidents.selectors import latest_version
        from tenant_apps.incidents.services import add_incident, edit_incident

        common = {"text": text, "category_ids": [self.category], "by": self.by}
        if number % 3 == 0 or self.incident is None:
            added = add_incident(incident_id=uuid7(), student_id=self.student, happened_at=now(), **common)
            self.incident = added.pk
        else:
            incident = Incident.objects.get(pk=self.incident)
            edit_incident(
                incident_id=incident.pk,
                seen=latest_version(incident),
                happened_at=incident.happened_at,
                **common,
            )
        return self.incident


if __name__ == "__main__":
    main()
