"""Automatic alerts to an incident that fits a rule only now: by an edit, a split, a move or a restoring."""

from datetime import datetime

from core.access import Access
from tenant_apps.alerts.selectors import ever_alerted
from tenant_apps.alerts.services import choose_recipients, raise_alerts
from tenant_apps.incidents.enums import Part
from tenant_apps.incidents.models import Action, Incident
from tenant_apps.incidents.selectors.automatic import automatic_recipients
from tenant_apps.incidents.selectors.blocking import barred_from


def alert_by_rules(incident: Incident, *, by: Access, at: datetime) -> None:
    """Alerts whom a rule names for the incident as it stands now and nobody alerted to it before.

    An incident merged into this one was this one: who was alerted to it has had the alert. The author is not
    alerted to their own words.
    """
    parts = list(incident.participants.all())
    carried = list(incident.carried.values_list("category", flat=True))
    named = automatic_recipients(
        carried=carried,
        about=[part.student_id for part in parts if part.part == Part.MAIN],
        shown_under=[part.student_id for part in parts if part.shows_full],
    )
    if not named:
        return
    merged = Action.objects.filter(incident=incident, merged_from__isnull=False)
    had = ever_alerted([incident.pk, *merged.values_list("id", flat=True)])
    fresh = [user for user in named if user not in had and user != incident.author_id]
    recipients = choose_recipients(
        chosen=[],
        groups=[],
        automatic=fresh,
        category_ids=carried,
        author_id=by.user_id,
        barred=barred_from([part.student_id for part in parts], incident_id=incident.pk),
        is_action=True,
    )
    raise_alerts(
        kind="incident",
        record_id=incident.pk,
        root_id=incident.pk,
        recipients={user: reason for user, reason in recipients.items() if user not in had},
        category_ids=carried,
        by=by,
        at=at,
    )
