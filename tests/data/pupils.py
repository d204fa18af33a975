"""Pupils in groups, made in the current school without an import."""

from datetime import date
from typing import Any

LONG_AGO = date(2024, 9, 2)


def make_group(kind: str, name: str) -> Any:
    from tenant_apps.classes.models import StudentGroup

    return StudentGroup.objects.create(mis_id=f"{kind}-{name}", kind=kind, name=name, sort_key=name.lower())


def make_pupil(forename: str, surname: str, *groups: Any, start_date: date = LONG_AGO, **more: Any) -> Any:
    """A pupil with the stored keys of their names, in these groups since they started."""
    from tenant_apps.students.models import Membership, Student
    from tenant_apps.students.services import name_keys

    names = {
        "legal_forename": forename,
        "legal_surname": surname,
        **{
            name: more.pop(name, "")
            for name in ("preferred_forename", "preferred_surname", "former_surname", "middle_names")
        },
    }
    archived = more.get("archived_at")
    pupil = Student.objects.create(
        **names, **name_keys(names), **{"year_group": "7", "start_date": start_date, **more}
    )
    Membership.objects.bulk_create(
        Membership(
            student=pupil,
            group=group,
            start_date=start_date,
            end_date=archived.date() if archived else None,
        )
        for group in groups
    )
    return pupil
