"""What an alert alone opens: the incident as it stood then, and the actions one wrote or was alerted to."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Max

from core.access import SYSTEM, Access
from tenant_apps.alerts.selectors import alerted_at, alerted_records, opening_records
from tenant_apps.incidents.models import Action, ActionVersion, Incident, IncidentVersion
from tenant_apps.incidents.permissions import whole_for


@dataclass(frozen=True, slots=True)
class Stood:
    """A state of an entry, kept since `made_at`. `is_first`: its text is the one first kept."""

    snapshot: Mapping[str, Any]
    made_at: datetime
    is_first: bool

    def ids(self, key: str) -> list[UUID]:
        """The ids that the snapshot holds of these: "categories", "agencies" or "files"."""
        return [UUID(one) for one in self.snapshot.get(key, [])]


def reads_whole(access: Access, incident_id: UUID) -> bool:
    """Whether the person reads the incident as it stands now, and not as it stood at their alert."""
    return access is SYSTEM or Incident.objects.filter(whole_for(access), pk=incident_id).exists()


def assert_whole(access: Access, incident_id: UUID) -> None:
    """PermissionDenied for who reads the incident only as it stood at their alert: they change nothing of it.

    For an incident that the caller has found readable.
    """
    if not reads_whole(access, incident_id):
        raise PermissionDenied("An alert alone opens the incident as it stood then, to read.")


def by_alert_alone(access: Access, incident_ids: Collection[UUID]) -> dict[UUID, datetime]:
    """Those of these incidents that only an alert opens to the person, with the moment of the latest."""
    moments = alerted_at(access, incident_ids)
    if not moments:
        return {}
    whole = set(Incident.objects.filter(whole_for(access), pk__in=moments).values_list("pk", flat=True))
    return {pk: moment for pk, moment in moments.items() if pk not in whole}


def came_by_merge(access: Access, incident_ids: Collection[UUID]) -> set[UUID]:
    """Of these incidents, which an alert alone opens, those to which only what was merged into them leads.

    What the person was alerted to was another incident then: of this one they have read nothing.
    """
    alerts = opening_records(access, incident_ids)
    told_of_part = {root for root, _, _ in alerts} - {root for root, record, _ in alerts if root == record}
    if not told_of_part:
        return set()
    merges = IncidentVersion.objects.filter(incident__in=told_of_part, snapshot__event__kind="merged_in")
    merged_at = dict(merges.values_list("incident").annotate(latest=Max("made_at")))
    since = {root for root, _, at in alerts if root in merged_at and at >= merged_at[root]}
    return set(merged_at) - since


def shows_action(access: Access, incident_id: UUID, action_id: UUID, author_id: UUID | None) -> bool:
    """Whether the person, who may read the incident, has this action of it before them."""
    if not by_alert_alone(access, [incident_id]):
        return True
    return author_id == access.user_id or action_id in alerted_records(access, [incident_id])


def actions_shown(access: Access, actions: Iterable[Action]) -> set[UUID]:
    """Those of these actions that somebody reads whom an alert alone let in."""
    actions = list(actions)
    alerted = alerted_records(access, {action.incident_id for action in actions})
    return {action.pk for action in actions if action.author_id == access.user_id or action.pk in alerted}


def incidents_as_of(moments: Mapping[UUID, datetime]) -> dict[UUID, Stood]:
    """For each of these incidents its state at that moment, the first one where that came later. Two queries.

    One that has no version has never changed: it has no key.
    """
    return _as_of(IncidentVersion, "incident", moments)


def actions_as_of(moments: Mapping[UUID, datetime]) -> dict[UUID, Stood]:
    """The same of actions."""
    return _as_of(ActionVersion, "action", moments)


def shows_incident_file(access: Access, incident_id: UUID, document_id: UUID) -> bool:
    """Whether a file of an incident, that the person may read, was there at the alert that opens it."""
    moments = by_alert_alone(access, [incident_id])
    if moments and came_by_merge(access, [incident_id]):
        return False
    stood = incidents_as_of(moments).get(incident_id)
    return stood is None or document_id in stood.ids("files")


def shows_action_file(access: Access, action_id: UUID, document_id: UUID) -> bool:
    """The same of a file of an action."""
    action = Action.objects.get(pk=action_id)
    moments = by_alert_alone(access, [action.incident_id])
    if not moments:
        return True
    stood = actions_as_of({action_id: moments[action.incident_id]}).get(action_id)
    return stood is None or document_id in stood.ids("files")


def _as_of(
    model: type[IncidentVersion] | type[ActionVersion], owner: str, moments: Mapping[UUID, datetime]
) -> dict[UUID, Stood]:
    if not moments:
        return {}
    kept: dict[UUID, list[tuple[datetime, UUID]]] = defaultdict(list)
    rows = model.objects.filter(**{f"{owner}__in": moments}).order_by("made_at", "id")
    for owner_id, made_at, pk in rows.values_list(owner, "made_at", "id"):
        kept[owner_id].append((made_at, pk))
    chosen = {
        owner_id: [one for one in versions if one[0] <= moments[owner_id]][-1:] or versions[:1]
        for owner_id, versions in kept.items()
    }
    needed = {pk for versions in chosen.values() for _, pk in versions} | {kept[one][0][1] for one in kept}
    shots = dict(model.objects.filter(pk__in=needed).values_list("pk", "snapshot"))
    found = {}
    for owner_id, [(made_at, pk)] in chosen.items():
        is_first = shots[pk]["text"] == shots[kept[owner_id][0][1]]["text"]
        found[owner_id] = Stood(shots[pk], made_at, is_first)
    return found
