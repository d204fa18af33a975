"""What every test of alerts needs: an empty outbox, ids of categories, and a raised alert."""

from uuid import uuid4

import pytest

from core.access import SYSTEM
from core.db.clock import now
from core.outbox.models import OutboxEntry
from tenant_apps.alerts.services import raise_alerts
from tenant_apps.categories.selectors import all_categories, close_upward


@pytest.fixture(autouse=True)
def _nothing_owed(in_a):
    """What the school owes since it was made is none of these tests' business."""
    OutboxEntry.objects.update(done_at=now())


@pytest.fixture
def carrying(in_a):
    """The categories of a record for which these were chosen."""
    tree = {one.name: one.id for one in all_categories()}

    def carried(*names):
        return close_upward(tree[name] for name in names)

    return carried


@pytest.fixture
def alert(cast, carrying):
    """Alerts people to a record, new or given; gives the record's id."""

    def to(*people, record_id=None, root_id=None, kind="incident", by=None, names=("Bullying",), at=None):
        record_id = record_id or uuid4()
        raise_alerts(
            kind=kind,
            record_id=record_id,
            root_id=root_id or record_id,
            recipients={person.user.pk: "chosen" for person in people},
            category_ids=carrying(*names),
            by=by or cast.support.plain_access or SYSTEM,
            at=at,
        )
        return record_id

    return to
