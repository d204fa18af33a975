from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

pytestmark = pytest.mark.django_db

HIDDEN = "restricted words of a planted entry"


@pytest.fixture
def address(students_a):
    return f"/students/{students_a[0].pk}/incidents/"


@pytest.mark.spec("INC-40", "INC-42", "INC-43")
def test_newest_on_top_and_a_backdated_one_below(client_for, cast, add, address, moment):
    add(text="Written second, happened first.", happened_at=moment - timedelta(days=3))
    add(text="Written last, happened last.")
    page = client_for(cast.lead).get(address).content.decode()
    assert page.index("Written last, happened last.") < page.index("Written second, happened first.")
    assert "Incident ID Number" in page
    assert cast.lead.user.formal_name in page


@pytest.mark.spec("INC-42")
def test_same_moment_higher_number_first(client_for, cast, add, address):
    add(text="Number one.")
    add(text="Number two.")
    page = client_for(cast.lead).get(address).content.decode()
    assert page.index("Number two.") < page.index("Number one.")


@pytest.mark.spec("INC-40", "INC-41", "SAF-01", "SAF-10")
def test_restricted_entry_is_not_there_for_who_may_not_view_it(client_for, cast, add, address):
    from core.audit.models import AuditEvent

    add("Child Protection", text=HIDDEN)
    add("Behaviour", text="Open words.")
    page = client_for(cast.teacher).get(address).content.decode()
    assert "Open words." in page
    assert HIDDEN not in page
    assert "Child Protection" not in page
    assert HIDDEN in client_for(cast.lead).get(address).content.decode()
    event = AuditEvent.objects.filter(event="chronology.viewed").order_by("id").first()
    assert len(event.detail["entries"]) == 1


@pytest.mark.spec("INC-44")
def test_sub_category_first_and_its_parent_behind_the_toggle(client_for, cast, add, address):
    add("Bullying")
    page = client_for(cast.lead).get(address).content.decode()
    assert "Toggle parent categories" in page
    assert '<span class="parent-category">Behaviour</span>Bullying' in page


@pytest.mark.spec("INC-45")
def test_actions_are_folded_and_can_all_be_opened(client_for, cast, add, address, moment):
    from core.db.keys import uuid7
    from tenant_apps.incidents.services import add_action

    incident = add()
    add_action(
        action_id=uuid7(), incident_id=incident.pk, text="Rang mum.", happened_at=moment, by=cast.lead.access
    )
    page = client_for(cast.lead).get(address).content.decode()
    assert "Show all actions" in page
    assert "1 action" in page
    assert "Rang mum." in page
    assert '<details class="entry-actions" data-actions>' in page


@pytest.mark.spec("INC-46", "DSH-13", "DSH-16")
def test_alert_leads_to_the_highlighted_entry_and_is_marked_as_read(client_for, cast, add):
    incident = add(alert_user_ids=[cast.deputy.user.pk, cast.head.user.pk])
    client = client_for(cast.deputy)
    home = client.get("/").content.decode()
    assert f"/incidents/{incident.pk}/" in home
    log = client.get(f"/incidents/{incident.pk}/", follow=True)
    assert f'highlighted" id="incident-{incident.pk}"' in log.content.decode()
    client.post(f"/incidents/{incident.pk}/read/")
    assert f"/incidents/{incident.pk}/" not in client.get("/").content.decode()
    assert f"/incidents/{incident.pk}/" in client_for(cast.head).get("/").content.decode()


@pytest.mark.spec("SAF-17")
def test_who_was_alerted_and_whether_they_opened_it_stands_under_the_entry(client_for, cast, add, address):
    incident = add(alert_user_ids=[cast.deputy.user.pk])
    before = client_for(cast.lead).get(address).content.decode()
    assert "not opened yet" in before
    assert cast.deputy.user.formal_name in before
    client_for(cast.deputy).get(f"/incidents/{incident.pk}/", follow=True)
    assert "not opened yet" not in client_for(cast.lead).get(address).content.decode()


@pytest.mark.spec("SAF-29")
def test_recorded_shows_only_when_it_differs_by_over_an_hour(client_for, cast, add, address, moment):
    from core.db.clock import now

    add(happened_at=now() - timedelta(minutes=50))
    assert "recorded" not in client_for(cast.lead).get(address).content.decode()
    add(happened_at=moment)
    assert "recorded" in client_for(cast.lead).get(address).content.decode()


def test_pages_of_25_reach_every_entry_once(client_for, cast, add, address, moment):
    import re

    for number in range(60):
        add(text=f"Entry number {number}.", happened_at=moment - timedelta(hours=number // 3))
    client, seen, query = client_for(cast.lead), [], ""
    for _ in range(3):
        page = client.get(address + query).content.decode()
        seen += re.findall(r"Entry number (\d+)\.", page)
        found = re.search(r'href="[^"]*(\?older=[^"]+)"', page)
        query = found[1].replace("&amp;", "&") if found else ""
    assert sorted(map(int, seen)) == list(range(60))
    assert "Newer incidents" in page
    assert "Older incidents" not in page


def test_highlighted_entry_far_down_comes_with_the_page_around_it(client_for, cast, add, address, moment):
    entries = [add(happened_at=moment - timedelta(days=number)) for number in range(60)]
    page = client_for(cast.lead).get(f"{address}?incident={entries[50].pk}").content.decode()
    assert f'highlighted" id="incident-{entries[50].pk}"' in page
    assert f"incident-{entries[38].pk}" in page
    assert f"incident-{entries[59].pk}" in page
    assert f'id="incident-{entries[0].pk}"' not in page


@pytest.mark.attack("A32")
def test_spoilt_cursor_shows_the_first_page(client_for, cast, add, address):
    add(text="First page.")
    for cursor in ("'; DROP TABLE--", "2026-01-01T00:00:00Z~99999999999999", "~", "0000-00-00~1"):
        assert "First page." in client_for(cast.lead).get(address, {"older": cursor}).content.decode()


def test_queries_do_not_grow_with_the_entries(client_for, cast, add, address):
    client = client_for(cast.lead)
    add(agency_ids=[], alert_user_ids=[cast.deputy.user.pk])
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(address)
    add(alert_user_ids=[cast.deputy.user.pk])
    add(alert_user_ids=[cast.deputy.user.pk])
    with CaptureQueriesContext(connection) as three:
        client.get(address)
    assert len(three) == len(one) <= 28


@pytest.mark.spec("INC-14", "SAF-09")
def test_linked_pupil_shows_the_entry_or_only_its_number(client_for, cast, add, students_a):
    from tenant_apps.incidents.services import LinkedStudent

    incident = add(
        text=HIDDEN,
        linked=[
            LinkedStudent(students_a[1].pk, "sibling"),
            LinkedStudent(students_a[2].pk, "witness", shows_full=False),
        ],
    )
    client = client_for(cast.lead)
    assert HIDDEN in client.get(f"/students/{students_a[1].pk}/incidents/").content.decode()
    reference = client.get(f"/students/{students_a[2].pk}/incidents/").content.decode()
    assert HIDDEN not in reference
    assert f"involved in incident no. {incident.number}, ask the safeguarding team" in reference
    line = reference.split('<ol class="chronology">')[1]
    for told in ("Behaviour", "Active", cast.lead.user.formal_name, students_a[0].legal_surname):
        assert told not in line


@pytest.mark.spec("STU-17", "INC-03")
def test_new_incident_stands_at_the_top(client_for, cast, address, students_a):
    page = client_for(cast.lead).get(address).content.decode()
    assert "New incident" in page
    assert f"/incidents/add/?student={students_a[0].pk}" in page


@pytest.mark.spec("ACT-08", "ACT-09", "INC-16")
def test_linked_pupils_log_holds_only_copied_actions_and_shared_files(
    client_for, cast, add, students_a, moment
):
    from core.db.keys import uuid7
    from tenant_apps.documents.services import receive
    from tenant_apps.incidents.services import LinkedStudent, add_action, claim_draft

    by, draft, second = cast.lead.access, uuid7(), uuid7()
    claim_draft(by, draft)
    receive(iter([b"%PDF-1.4 own"]), name="kept.pdf", owner=("draft", draft), by=by)
    incident = add(incident_id=draft, linked=[LinkedStudent(students_a[1].pk, "sibling")])
    claim_draft(by, second)
    receive(iter([b"%PDF-1.4 shared"]), name="shared.pdf", owner=("draft", second), by=by)
    common = {"incident_id": incident.pk, "happened_at": moment, "by": by}
    add_action(action_id=uuid7(), text="Not for the brother.", **common)
    add_action(action_id=second, text="For both.", copies_to_linked=True, share_documents=True, **common)
    client = client_for(cast.lead)
    own = client.get(f"/students/{students_a[0].pk}/incidents/").content.decode()
    theirs = client.get(f"/students/{students_a[1].pk}/incidents/").content.decode()
    for words in ("Not for the brother.", "For both.", "kept.pdf", "shared.pdf"):
        assert words in own
    assert "For both." in theirs
    assert "shared.pdf" in theirs
    assert "Not for the brother." not in theirs
    assert "kept.pdf" not in theirs


@pytest.mark.parametrize("time", ["2026-01-01T00:00:00+00:00", "0001-01-01T00:00:00+14:00", "x"])
@pytest.mark.parametrize("number", ["\u00b2", "\u0661", "-1", "9" * 40, ""])
def test_spoilt_place_in_the_address_shows_the_first_page(client_for, cast, add, students_a, time, number):
    add(text="first of the page")
    answer = client_for(cast.lead).get(
        f"/students/{students_a[0].pk}/incidents/", {"older": f"{time}~{number}"}
    )
    assert answer.status_code == 200
    assert "first of the page" in answer.content.decode()


@pytest.mark.spec("OP-12", "INC-40")
def test_reader_through_a_linked_pupils_class_gets_the_entry_and_no_way_to_the_other_log(
    client_for, cast, add, students_a
):
    """Whoever is limited to the classes of a linked pupil opens the incident by its own page."""
    from tenant_apps.classes.models import ClassAccess, RestrictedKind, StudentGroup
    from tenant_apps.incidents.services import LinkedStudent
    from tenant_apps.students.models import Membership

    group = StudentGroup.objects.create(mis_id="T9", kind="tutor", name="9Z", sort_key="9z")
    Membership.objects.create(student=students_a[1], group=group, start_date="2026-01-01")
    RestrictedKind.objects.create(kind="tutor")
    ClassAccess.objects.create(group=group, user=cast.teacher.user)
    incident = add(text="both were there", linked=[LinkedStudent(students_a[1].pk)])
    client = client_for(cast.teacher)
    assert client.get(f"/students/{students_a[0].pk}/incidents/").status_code == 404
    opened = client.get(f"/incidents/{incident.pk}/")
    assert opened.status_code == 200
    assert "both were there" in opened.content.decode()
    log = client.get(f"/students/{students_a[1].pk}/incidents/").content.decode()
    assert "both were there" in log
    assert f"/students/{students_a[0].pk}/" not in log
