"""Pins stand above the first page, the latest first, and nowhere else; only editors set them."""

from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.pdf_text import words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def log(students_a):
    return f"/students/{students_a[0].pk}/incidents/"


@pytest.fixture
def old(add, moment):
    """Thirty incidents, a day apart, the newest first in the list."""
    return [add(text=f"Entry {day:02}.", happened_at=moment - timedelta(days=day)) for day in range(30)]


@pytest.mark.spec("INC-47")
def test_latest_pin_stands_on_top_and_in_no_page_by_date(client_for, cast, old, log):
    from core.audit.models import AuditEvent

    client = client_for(cast.lead)
    for one in (old[28], old[3]):
        shown = client.post(f"{log}{one.pk}/pin/", follow=True).content.decode()
    assert "Unpin Post" in shown
    first = client.get(log).content.decode()
    assert first.index(">Pinned</h2>") < first.index("Entry 03.") < first.index("Entry 28.")
    assert first.index("Entry 28.") < first.index("Entry 00.")
    assert first.count("Entry 03.") == 1
    place = unquote(first.split("?older=")[1].split('"')[0])
    older = client.get(log, {"older": place}).content.decode()
    assert "Entry 27." in older
    assert "Entry 28." not in older
    assert ">Pinned</h2>" not in older
    assert AuditEvent.objects.filter(event="incident.pinned").count() == 2
    client.post(f"{log}{old[28].pk}/unpin/")
    assert "Entry 28." not in client.get(log).content.decode()
    assert AuditEvent.objects.filter(event="incident.unpinned").count() == 1
    # Highlighted, a pinned one is found where it stands.
    assert "Highlighted: " in client.get(log, {"incident": str(old[3].pk)}).content.decode()


@pytest.mark.spec("INC-47")
def test_pdf_holds_each_once_with_pins_above(client_for, cast, old, log):
    client = client_for(cast.lead)
    client.post(f"{log}{old[28].pk}/pin/")
    words = words_of(client.get(f"{log}pdf/").content)
    assert words.index("Entry28.") < words.index("Entry00.")
    assert all(words.count(f"Entry{day:02}.") == 1 for day in range(30))


@pytest.mark.spec("INC-47", "EDT-02")
def test_only_editors_pin(client_for, cast, add, log):
    incident = add("Behaviour")
    for person, elevated in ((cast.teacher, True), (cast.lead, False)):
        client = client_for(person, elevated=elevated)
        assert client.post(f"{log}{incident.pk}/pin/").status_code == 403
    assert "Pin Post" not in client_for(cast.teacher).get(log).content.decode()
    assert incident.participants.get().pinned_at is None


@pytest.mark.spec("INC-47", "SAF-09")
def test_each_log_has_its_own_pins(client_for, cast, add, students_a):
    from tenant_apps.incidents.services import LinkedStudent

    linked = [LinkedStudent(students_a[1].pk), LinkedStudent(students_a[2].pk, shows_full=False)]
    incident = add("Behaviour", linked=linked)
    add("Behaviour", text="Newer words.", student_id=students_a[1].pk)
    client = client_for(cast.lead)
    first, second, third = (f"/students/{student.pk}/incidents/" for student in students_a[:3])
    assert client.post(f"{second}{incident.pk}/pin/").status_code == 302
    assert ">Pinned</h2>" in client.get(second).content.decode()
    assert ">Pinned</h2>" not in client.get(first).content.decode()
    # By reference, or not in this log at all, there is nothing to pin.
    assert client.post(f"{third}{incident.pk}/pin/").status_code == 404
    assert client.post(f"/students/{students_a[3].pk}/incidents/{incident.pk}/pin/").status_code == 404


def test_queries_do_not_grow_with_the_pins(client_for, cast, old, log):
    client = client_for(cast.lead)
    counts = []
    for pinned in (old[:1], old[1:3]):
        for one in pinned:
            client.post(f"{log}{one.pk}/pin/")
        client.get(log)
        with CaptureQueriesContext(connection) as queries:
            client.get(log)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 29
