"""Incidents and actions as practice or real, and training mode on."""

import pytest

from tests.tenant_apps import conftest as incidents

add, category, in_class, moment = incidents.add, incidents.category, incidents.in_class, incidents.moment


@pytest.fixture
def training(in_a, cast):
    """Training mode is on, switched on by the head."""
    from tenant_apps.training.services import begin_training

    begin_training(by=cast.head.access)


@pytest.fixture
def act(in_a, cast):
    """Adds an action by the lead."""
    from core.db.clock import now
    from core.db.keys import uuid7
    from tenant_apps.incidents.services import add_action

    def make(incident, **changes):
        given = {"text": "Rang mum at work.", "happened_at": now(), "by": cast.lead.access}
        return add_action(action_id=uuid7(), incident_id=incident.pk, **(given | changes))

    return make


@pytest.fixture
def end(in_a, cast):
    """Ends training mode with these entries ticked, by the head."""
    from tenant_apps.training.selectors import lines_of, mode
    from tenant_apps.training.services import end_training

    def make(*gone, by=None):
        by = by or cast.head.access
        shown = [line.entry.id for line in lines_of(by, since=mode().since)]
        return end_training(ticked=[one.pk for one in gone], shown=shown, by=by)

    return make
