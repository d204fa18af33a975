""" "n people can read this": how many, and for editors who, in a fixed number of queries.

Counted are active members of staff who could open the record now: those with a registered key whose user
group and classes let them (whether or not they have used the key today), those with an alert that is open
(without a key where the school's "Non-key reading" lets anybody read from somewhere), and to whom it is
assigned until it is Closed; never those whom a block keeps from it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from shared_apps.people.selectors import names_of
from tenant_apps.alerts.selectors import recipients_who_may_open
from tenant_apps.categories.selectors import CategoryMap, category_map, close_upward, leaves
from tenant_apps.classes.selectors import ListedAt, listed_at
from tenant_apps.incidents.enums import Status
from tenant_apps.incidents.models import Incident, IncidentCategory, IncidentStudent
from tenant_apps.incidents.selectors.blocking import barred_from
from tenant_apps.school_settings.enums import NonKeyReading
from tenant_apps.school_settings.selectors import get_settings
from tenant_apps.staff.permissions import cat_ok
from tenant_apps.staff.selectors import StaffStanding, groups_viewing, staff_standings
from tenant_apps.students.selectors import groups_now


@dataclass(frozen=True)
class Readers:
    """Who could read one record."""

    user_ids: frozenset[UUID]
    names: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.user_ids)


def readers_of(incident: Incident) -> Readers:
    """Who can read an incident that the caller has found readable."""
    if incident.deleted_at:
        return Readers(frozenset())
    carried = IncidentCategory.objects.filter(incident=incident).values_list("category", flat=True)
    parts = list(IncidentStudent.objects.filter(incident=incident).values_list("student", "shows_full"))
    is_assigned = incident.assignee_id is not None and incident.status != Status.CLOSED
    unread, read = recipients_who_may_open(incident.pk)
    return readers_with(
        carried=carried,
        full_students=[student for student, shows_full in parts if shows_full],
        barred=barred_from([student for student, _ in parts], incident_id=incident.pk),
        unread=unread,
        read=read,
        assignee=incident.assignee_id if is_assigned else None,
    )


def readers_if_edited(
    incident: Incident,
    *,
    carried: Collection[UUID],
    full_students: Collection[UUID],
    added: Iterable[UUID],
    gone: Iterable[UUID] = (),
) -> Readers:
    """Who could read the incident if it carried these categories, closed upward, and stood with its full text
    in these students' logs; `added` are the students who would take part as well, `gone` those no more.
    """
    parts = set(IncidentStudent.objects.filter(incident=incident).values_list("student", flat=True))
    is_assigned = incident.assignee_id is not None and incident.status != Status.CLOSED
    unread, read = recipients_who_may_open(incident.pk)
    return readers_with(
        carried=carried,
        full_students=full_students,
        barred=barred_from(parts.union(added).difference(gone), incident_id=incident.pk),
        unread=unread,
        read=read,
        assignee=incident.assignee_id if is_assigned else None,
    )


def readers_if_added(
    *,
    category_ids: Collection[UUID],
    student_ids: Collection[UUID],
    is_unlisted: bool = False,
    alerted: Iterable[UUID],
    assignee_id: UUID | None,
    categories: CategoryMap,
) -> Readers:
    """Who could read what a form would add. Without a student, of no class yet, every class counts; one that
    is about nobody on the list (`is_unlisted`) is for those whom no class keeps from anybody.
    """
    return readers_with(
        carried=close_upward(category_ids, categories=categories),
        full_students=student_ids if student_ids or is_unlisted else None,
        barred=barred_from(student_ids),
        unread=set(alerted),
        read=set(),
        assignee=assignee_id,
        categories=categories,
    )


def readers_with(
    *,
    carried: Iterable[UUID],
    full_students: Collection[UUID] | None,
    barred: Collection[UUID],
    unread: set[UUID],
    read: set[UUID],
    assignee: UUID | None,
    categories: CategoryMap | None = None,
) -> Readers:
    """Who could read a record with these categories, closed upward, in these students' logs, and so on.

    `unread` and `read` are those with an alert that is open, and with read ones only.
    """
    staff = staff_standings()
    found = {
        person.user_id for person in _by_permission(staff, frozenset(carried), full_students, categories)
    }
    found |= _by_alert(staff, unread, read)
    found |= {person.user_id for person in staff if person.has_key and person.user_id == assignee}
    found -= set(barred)
    names = names_of(found)
    return Readers(frozenset(found), [names[one].full for one in sorted(found, key=lambda one: names[one])])


def _by_permission(
    staff: Iterable[StaffStanding],
    carried: frozenset[UUID],
    students: Collection[UUID] | None,
    categories: CategoryMap | None,
) -> list[StaffStanding]:
    """Key holders whose user group reads these categories and whose classes hold one of these students.

    Without any student these are those whom neither classes nor the want of a group keep from anybody; None
    leaves classes aside.
    """
    tree = category_map() if categories is None else categories
    restricting = {category.id for category in tree.values() if category.is_restricting}
    most_specific = leaves(carried, categories=tree) if carried else set()
    reading = {
        group_id
        for group_id, (_, viewable) in groups_viewing().items()
        if cat_ok(carried=carried, leaves=most_specific, view_incidents=viewable, restricting=restricting)
    }
    able = [person for person in staff if person.has_key and person.group_id in reading]
    if students is None or not able:
        return able
    places = groups_now(students)
    listed = listed_at({group_id for groups in places.values() for group_id in groups})
    return [
        person
        for person in able
        if _sees_everybody(person, listed) or any(_is_of(person, places[one], listed) for one in students)
    ]


def _sees_everybody(person: StaffStanding, listed: ListedAt) -> bool:
    return person.sees_ungrouped and (person.has_all_classes or not listed.restricted_kinds)


def _is_of(person: StaffStanding, groups: Mapping[UUID, str], listed: ListedAt) -> bool:
    """Whether a student in these groups (each with its kind) is the person's; see `student_visible`."""
    if person.has_all_classes or not listed.restricted_kinds:
        return bool(groups) or person.sees_ungrouped
    if any(listed.lists(group_id, person.user_id, person.group_id) for group_id in groups):
        return True
    return person.sees_ungrouped and not listed.restricted_kinds & set(groups.values())


def _by_alert(staff: Iterable[StaffStanding], unread: set[UUID], read: set[UUID]) -> set[UUID]:
    if not unread and not read:
        return set()
    settings = get_settings()
    without_key = settings.non_key_reading != NonKeyReading.KEY
    by_read = read if settings.keep_read_alerts and without_key else set()
    return {
        person.user_id
        for person in staff
        if (person.user_id in unread and (person.has_key or without_key)) or person.user_id in by_read
    }
