"""One's own words of the last 7 days, as one wrote them: what others made of them since stays theirs."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.http import Http404
from django.urls import reverse

from core.access import Access, KeyNeededError
from core.access.enums import SystemPermission
from core.db.clock import now
from tenant_apps.incidents.models import Action, Incident
from tenant_apps.incidents.permissions import NOTHING, unblocked
from tenant_apps.incidents.selectors.alerted import as_written
from tenant_apps.incidents.selectors.answers import AnswerLine
from tenant_apps.incidents.selectors.entry_values import ActionLine, Entry
from tenant_apps.incidents.selectors.finding import get_incident, readable_among

STANDS_FOR = timedelta(days=7)


@dataclass(frozen=True)
class OwnWords:
    """What this person wrote, as it stood then. `entry` says about whom; of an incident it holds the words.

    `action` is the person's action, if it is one; `until` the end of the 7 days.
    """

    incident_id: UUID
    entry: Entry
    action: ActionLine | None
    until: datetime
    may_add_action: bool

    @property
    def kind(self) -> str:
        return "incident" if self.action is None else "action"

    @property
    def text(self) -> str:
        return self.entry.text if self.action is None else self.action.text

    @property
    def answers(self) -> list[AnswerLine]:
        return self.entry.answers if self.action is None else self.action.answers

    @property
    def happened_at(self) -> datetime:
        return self.entry.happened_at if self.action is None else self.action.happened_at


@dataclass(frozen=True)
class OwnLink:
    """The way to one's own words beneath an incident."""

    label: str
    recorded_at: datetime
    url: str


def written_lately(access: Access) -> Q:
    """Incidents, or actions, that this person wrote in the last 7 days and that were not deleted."""
    if access.user_id is None:
        return NOTHING
    return Q(author=access.user_id, recorded_at__gte=now() - STANDS_FOR, deleted_at=None)


def own_incident(access: Access, incident_id: UUID) -> OwnWords:
    """An incident that the person wrote in the last 7 days; else Http404. A block closes this door too.

    Raises KeyNeededError (403) in a session that may read nothing without a key.
    """
    incident = Incident.objects.filter(written_lately(access), unblocked(access), pk=incident_id).first()
    if incident is None:
        raise Http404("no such incident")
    return OwnWords(
        incident_id=incident.pk,
        entry=own_entry(access, incident),
        action=None,
        until=incident.recorded_at + STANDS_FOR,
        may_add_action=access.can(SystemPermission.ADD_ENTRIES),
    )


def own_action(access: Access, action_id: UUID) -> OwnWords:
    """An action that the person wrote in the last 7 days; else Http404. Raises as `own_incident`."""
    standing = Incident.objects.filter(unblocked(access), deleted_at=None)
    action = Action.objects.filter(written_lately(access), incident__in=standing, pk=action_id).first()
    if action is None:
        raise Http404("no such action")
    _assert_may_read(access)
    entry = as_written(access, action.incident, action)
    return OwnWords(
        incident_id=action.incident_id,
        entry=entry,
        action=entry.actions[0],
        until=action.recorded_at + STANDS_FOR,
        may_add_action=False,
    )


def own_entry(access: Access, incident: Incident) -> Entry:
    """An incident of the person's own as they wrote it, without anything that hangs on it."""
    _assert_may_read(access)
    return as_written(access, incident)


def own_words_under(access: Access, incident_id: UUID) -> list[OwnLink]:
    """What the person wrote of this incident in the last 7 days, the oldest first. Two queries."""
    if not access.may_read_alerts:
        return []
    allowed = Incident.objects.filter(unblocked(access), pk=incident_id, deleted_at=None)
    mine = allowed.filter(written_lately(access)).values_list("pk", "recorded_at")
    actions = Action.objects.filter(written_lately(access), incident__in=allowed)
    links = [OwnLink("Incident", at, reverse("incidents:own-words", args=[pk])) for pk, at in mine]
    links += [
        OwnLink("Action", at, reverse("incidents:own-action", args=[pk]))
        for pk, at in actions.order_by("recorded_at", "id").values_list("pk", "recorded_at")
    ]
    return links


def incident_for_action(access: Access, incident_id: UUID, *, for_update: bool = False) -> Incident:
    """The incident, for somebody who may add an action to it: who may read it, and for 7 days its author.

    Raises Http404, and KeyNeededError, as `get_incident` does.
    """
    try:
        return get_incident(access, incident_id, for_update=for_update)
    except Http404:
        own = Incident.objects.filter(written_lately(access), unblocked(access), pk=incident_id)
        if for_update:
            own = own.select_for_update(of=("self",))
        incident = own.first()
        if incident is None:
            raise
        _assert_may_read(access)
        return incident


def answerable_among(access: Access, incident_ids: Collection[UUID]) -> set[UUID]:
    """Those of these incidents to which the person may add an action."""
    found = readable_among(access, incident_ids)
    if access.may_read_alerts:
        own = Incident.objects.filter(written_lately(access), unblocked(access), pk__in=incident_ids)
        found |= set(own.values_list("pk", flat=True))
    return found


def _assert_may_read(access: Access) -> None:
    if not access.may_read_alerts:
        raise KeyNeededError
