"""What an editor finds in the form of an incident or action, and what of it is theirs to change."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404

from core.access import Access
from shared_apps.people.selectors import names_of
from tenant_apps.categories.selectors import CategoryMap, category_map, close_upward
from tenant_apps.documents.selectors import DocumentView, documents_of
from tenant_apps.incidents.enums import CategoryState, Part
from tenant_apps.incidents.models import Action, ActionAgency, Incident, IncidentAgency
from tenant_apps.incidents.permissions import kept_for, readable_by
from tenant_apps.incidents.selectors.answers import answers_of
from tenant_apps.incidents.selectors.audience import Readers, readers_if_edited, readers_of
from tenant_apps.incidents.selectors.category_names import CategoryNames
from tenant_apps.incidents.selectors.finding import get_incident, is_listed
from tenant_apps.incidents.selectors.marks import Marked, highest_number, marks_under
from tenant_apps.incidents.selectors.standing import assert_whole
from tenant_apps.staff.permissions import can_use_files
from tenant_apps.students.selectors import StudentName, students_by_ids


@dataclass(frozen=True)
class Link:
    """A student linked to an incident, with their role as it is stored."""

    student: StudentName
    role: str
    shows_full: bool


@dataclass(frozen=True)
class Editable:
    """An incident or action as its form begins. `seen` is the version on which the form is based.

    `filed` are the categories that this person may see and take off; `stays` names those that they see only.
    `kept` are the categories besides `filed` by which the form asks; `answers` what was answered.
    `highest_mark` is the highest number that any of its marks had.
    """

    id: UUID
    incident_id: UUID
    number: int | None
    seen: UUID | None
    text: str
    happened_at: datetime
    agencies: frozenset[UUID]
    filed: frozenset[UUID] = frozenset()
    stays: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    files: tuple[DocumentView, ...] = ()
    marks: tuple[Marked, ...] = ()
    highest_mark: int = 0
    main: UUID | None = None
    answers: tuple[dict[str, Any], ...] = ()
    kept: frozenset[UUID] = frozenset()

    @property
    def is_incident(self) -> bool:
        """Whether it is an incident, and no action beneath one."""
        return self.id == self.incident_id


@dataclass(frozen=True)
class ReadersAfter:
    """How an edit would change who can read an incident; people by name."""

    gained: list[str]
    lost: list[str]


def editable_incident(access: Access, incident_id: UUID) -> Editable:
    """The incident for its edit form; Http404 if this person may not read it, PermissionDenied where they
    read it only as it stood at their alert.
    """
    incident = get_incident(access, incident_id)
    assert_whole(access, incident_id)
    categories = category_map()
    carried = dict(incident.carried.values_list("category", "is_leaf"))
    stays = stays_filed(access, carried, categories)
    filed = {category for category, is_leaf in carried.items() if is_leaf and category not in stays}
    names = CategoryNames(access, categories, opened_by_alert=not is_listed(access, incident_id))
    linked = list(incident.participants.filter(part=Part.LINKED).order_by("id"))
    students = students_by_ids({link.student_id for link in linked})
    return Editable(
        id=incident.pk,
        incident_id=incident.pk,
        number=incident.number,
        seen=latest_version(incident),
        text=incident.text,
        happened_at=incident.happened_at,
        agencies=frozenset(IncidentAgency.objects.filter(incident=incident).values_list("agency", flat=True)),
        filed=frozenset(filed),
        stays=tuple(line.name for line in names.lines(carried) if line.id not in filed),
        answers=tuple(answers_of([incident.pk], []).get(incident.pk, ())),
        kept=frozenset(stays & access.view_incidents),
        main=incident.participants.values_list("student", flat=True).filter(part=Part.MAIN).first(),
        files=_files(access, "incident", incident.pk),
        marks=tuple(marks_under([incident.pk]).get(incident.pk, [])),
        highest_mark=highest_number(incident),
        links=tuple(Link(students[one.student_id], one.link_role, one.shows_full) for one in linked),
    )


def editable_action(access: Access, action_id: UUID) -> Editable:
    """The action for its edit form; raises as `editable_incident`."""
    action = Action.objects.filter(pk=action_id, deleted_at=None).first()
    if action is None:
        raise Http404("no such action")
    incident = get_incident(access, action.incident_id)
    assert_whole(access, incident.pk)
    added = action.added.exclude(state=CategoryState.DECLINED)
    return Editable(
        id=action.pk,
        incident_id=incident.pk,
        number=incident.number,
        seen=latest_version(action),
        text=action.text,
        happened_at=action.happened_at,
        agencies=frozenset(ActionAgency.objects.filter(action=action).values_list("agency", flat=True)),
        answers=tuple(answers_of([], [action.pk]).get(action.pk, ())),
        kept=frozenset(added.values_list("category", flat=True)) & access.view_incidents,
        files=_files(access, "action", action.pk),
    )


def _files(access: Access, kind: str, record_id: UUID) -> tuple[DocumentView, ...]:
    """What is attached, for someone with the permission "Files"; the others remove none."""
    return tuple(documents_of(kind, [record_id]).get(record_id, [])) if can_use_files(access) else ()


def kept_incident(access: Access, incident_id: UUID) -> Incident:
    """An incident that this editor may read, or that was deleted from among what they would see listed.

    One that was merged is read by whom its words are open to where they stand now.
    """
    rows = Incident.objects.filter(pk=incident_id)
    found = rows.filter(kept_for(access) | readable_by(access)).first()
    if found is None:
        found = rows.first()
        if found is None or found.merged_into_id is None:
            raise Http404("no such incident")
        get_incident(access, found.merged_into_id)
        assert_whole(access, found.merged_into_id)
    elif found.deleted_at is None:
        assert_whole(access, incident_id)
    return found


def kept_action(access: Access, action_id: UUID) -> Action:
    """An action, deleted or not, of an incident that is not deleted and that this editor may read."""
    action = Action.objects.filter(pk=action_id).first()
    if action is None:
        raise Http404("no such action")
    action.incident = get_incident(access, action.incident_id)
    assert_whole(access, action.incident_id)
    if action.split_into_id is not None:
        # It was taken out, maybe so that fewer read it.
        get_incident(access, action.split_into_id)
    return action


def latest_version(written: Incident | Action) -> UUID | None:
    """The id of the version that holds what stands now; None for what was brought in without one."""
    return written.versions.order_by("-made_at", "-id").values_list("id", flat=True).first()


def stays_filed(access: Access, carried: Iterable[UUID], categories: CategoryMap) -> set[UUID]:
    """Those of the categories an incident carries that survive this person's edit whatever they tick.

    A category that they may not see, may not add to, or that is not in use any more.
    """
    return {
        category
        for category in carried
        if not (
            category in access.view_incidents
            and category in access.add_incidents
            and categories[category].is_enabled
        )
    }


def filed_after(access: Access, incident_id: UUID, chosen: Iterable[UUID]) -> tuple[set[UUID], set[UUID]]:
    """The categories the incident carries, and those it would with these ticked, closed upward."""
    incident = get_incident(access, incident_id)
    categories = category_map()
    carried = dict(incident.carried.values_list("category", "is_leaf"))
    leaf = (category for category, is_leaf in carried.items() if is_leaf)
    kept = stays_filed(access, leaf, categories)
    return set(carried), set(close_upward({*kept, *chosen}, categories=categories))


def readers_after(
    access: Access,
    incident_id: UUID,
    *,
    carried: set[UUID],
    shown: Iterable[UUID],
    added: Iterable[UUID],
    unlinked: Iterable[UUID] = (),
) -> ReadersAfter:
    """Who would gain and lose sight of the incident; `shown` are the linked students with the full text."""
    incident = get_incident(access, incident_id)
    main = incident.participants.filter(part=Part.MAIN).values_list("student", flat=True)
    before = readers_of(incident)
    after = readers_if_edited(
        incident, carried=carried, full_students=[*main, *shown], added=added, gone=unlinked
    )
    return ReadersAfter(_names_of(after, before), _names_of(before, after))


def _names_of(some: Readers, others: Readers) -> list[str]:
    return [one.full for one in sorted(names_of(some.user_ids - others.user_ids).values())]
