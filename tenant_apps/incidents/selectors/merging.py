"""What an editor finds who merges an incident into another, takes an action out, or moves an incident."""

from collections.abc import Collection
from uuid import UUID

from core.access import Access
from shared_apps.people.selectors import names_of
from tenant_apps.alerts.selectors import recipients_who_may_open
from tenant_apps.categories.selectors import category_map, close_upward, leaves
from tenant_apps.incidents.enums import Part, Status, TrainingMark
from tenant_apps.incidents.models import Action, Incident, IncidentCategory, IncidentStudent
from tenant_apps.incidents.permissions import readable_by, whole_for
from tenant_apps.incidents.selectors.audience import (
    Readers,
    readers_if_edited,
    readers_of,
    readers_with,
)
from tenant_apps.incidents.selectors.blocking import barred_from
from tenant_apps.incidents.selectors.editing import ReadersAfter
from tenant_apps.staff.permissions import cat_ok
from tenant_apps.staff.selectors import groups_viewing


def by_number(access: Access, number: int) -> Incident | None:
    """The incident that goes by this number now, or that it was merged into; None for one not to be read."""
    rows = Incident.objects.filter(number=number).values_list("id", "merged_into")
    found = rows.first()
    if found is None:
        return None
    # What an alert alone lets somebody read is not theirs to change.
    return Incident.objects.filter(readable_by(access), whole_for(access), pk=found[1] or found[0]).first()


def stands_now(incident_id: UUID) -> UUID | None:
    """Where the words of an incident that was merged stand now; None for every other."""
    return Incident.objects.filter(pk=incident_id).values_list("merged_into", flat=True).first()


def main_student(incident_id: UUID) -> UUID | None:
    """Whom the incident is about."""
    parts = IncidentStudent.objects.filter(incident=incident_id, part=Part.MAIN)
    return parts.values_list("student", flat=True).first()


def is_mixed(one: Incident, other: Incident) -> bool:
    """Whether one of two incidents is practice and the other is not: practice goes when its mode ends."""
    return TrainingMark.PRACTICE in {one.training, other.training} and one.training != other.training


def changed_groups(filed: Collection[UUID], refiled: Collection[UUID]) -> tuple[list[str], list[str]]:
    """Names of the user groups that would gain, and of those that would lose, a view of an incident that is
    filed under other categories.
    """
    categories = category_map()
    before, after = (close_upward(some, categories=categories) for some in (filed, refiled))
    could, can = _groups_reading(before), _groups_reading(after)
    return sorted(can - could), sorted(could - can)


def groups_changed_by_merging(surplus: Incident, main: Incident) -> tuple[list[str], list[str]]:
    """The user groups that would gain a view of what either says, and those that would lose it."""
    carried = [_carried(one) for one in (surplus, main)]
    gained: set[str] = set()
    lost: set[str] = set()
    for filed in carried:
        more, fewer = changed_groups(filed, carried[0] | carried[1])
        gained.update(more)
        lost.update(fewer)
    return sorted(gained), sorted(lost)


def readers_after_merging(surplus: Incident, main: Incident) -> ReadersAfter:
    """People who would read what they could not, of either incident, and those who would no longer."""
    before = [readers_of(one).user_ids for one in (surplus, main)]
    opening = [recipients_who_may_open(one.pk) for one in (surplus, main)]
    unread = opening[0][0] | opening[1][0]
    parts = IncidentStudent.objects.filter(incident__in=[surplus.pk, main.pk])
    students = set(parts.values_list("student", flat=True))
    assignee = main.assignee_id or surplus.assignee_id
    is_open = Status.ACTIVE in (surplus.status, main.status)
    after = readers_with(
        carried=_carried(surplus) | _carried(main),
        full_students=set(parts.filter(incident=main, shows_full=True).values_list("student", flat=True)),
        barred=barred_from(students, incident_id=main.pk) | barred_from([], incident_id=surplus.pk),
        unread=unread,
        read=(opening[0][1] | opening[1][1]) - unread,
        assignee=assignee if is_open else None,
    ).user_ids
    return _after(gained=after - (before[0] & before[1]), lost=(before[0] | before[1]) - after)


def readers_after_splitting(action: Action, carried: Collection[UUID]) -> ReadersAfter:
    """Who would gain and who would lose sight of an action that stands by itself under these categories."""
    incident = action.incident
    unread, read = recipients_who_may_open(incident.pk, record_id=action.pk)
    parts = {part.student_id: part for part in incident.participants.all()}
    copied = action.copied_to.values_list("student", flat=True)
    takes_part = [part for part in parts.values() if part.part == Part.MAIN or part.student_id in set(copied)]
    after = readers_with(
        carried=carried,
        full_students=[part.student_id for part in takes_part if part.shows_full or part.shows_own_part],
        barred=barred_from([part.student_id for part in takes_part], incident_id=incident.pk),
        unread=unread,
        read=read,
        assignee=None,
    )
    return _compared(readers_of(incident), after)


def readers_after_moving(incident: Incident, student_id: UUID) -> ReadersAfter:
    """Who would gain and who would lose sight of an incident that is about this student instead."""
    parts = list(incident.participants.all())
    linked = {part.student_id for part in parts if part.part == Part.LINKED and part.shows_full}
    after = readers_if_edited(
        incident,
        carried=_carried(incident),
        full_students={*linked, student_id},
        added=[student_id],
        gone=[part.student_id for part in parts if part.part == Part.MAIN],
    )
    return _compared(readers_of(incident), after)


def numbers_known(access: Access, incident_ids: Collection[UUID]) -> dict[UUID, int]:
    """Of these incidents the numbers of those that this person may read, or whose words they may read now."""
    if not incident_ids:
        return {}
    rows = Incident.objects.filter(pk__in=incident_ids).values_list("id", "number", "merged_into")
    stand = {pk: merged or pk for pk, _, merged in rows}
    readable = Incident.objects.filter(readable_by(access), pk__in=set(stand.values()))
    open_now = set(readable.values_list("id", flat=True))
    return {pk: number for pk, number, _ in rows if number is not None and stand[pk] in open_now}


def _carried(incident: Incident) -> set[UUID]:
    return set(IncidentCategory.objects.filter(incident=incident).values_list("category", flat=True))


def _groups_reading(carried: Collection[UUID]) -> set[str]:
    categories = category_map()
    restricting = {category.id for category in categories.values() if category.is_restricting}
    return {
        name
        for name, viewable in groups_viewing().values()
        if cat_ok(
            carried=frozenset(carried),
            leaves=leaves(carried, categories=categories),
            view_incidents=viewable,
            restricting=restricting,
        )
    }


def _compared(before: Readers, after: Readers) -> ReadersAfter:
    return _after(gained=after.user_ids - before.user_ids, lost=before.user_ids - after.user_ids)


def _after(*, gained: Collection[UUID], lost: Collection[UUID]) -> ReadersAfter:
    return ReadersAfter(_names(gained), _names(lost))


def _names(people: Collection[UUID]) -> list[str]:
    return [one.full for one in sorted(names_of(people).values())]
