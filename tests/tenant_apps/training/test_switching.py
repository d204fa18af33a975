""" "Enable Training Mode", the banner, the list and "Disable Training Mode"."""

import re
from html import unescape

import pytest

from tests.tenant_apps.incidents.typed import typed_incident

pytestmark = pytest.mark.django_db

MANAGE = "/admin/settings/training/"


def name_of(school):
    return {"school": school.name}


@pytest.mark.spec("TRN-01", "ADM-18")
def test_it_is_enabled_at_the_very_bottom_of_settings(client_for, cast, in_a):
    from tenant_apps.training.selectors import is_on

    client = client_for(cast.head)
    page = client.get("/admin/settings/").content.decode()
    assert "Enable Training Mode" in page.split("<aside")[0].rsplit("<section", 1)[1]
    client.post("/admin/settings/training/begin/")
    assert is_on()
    page = client.get("/admin/settings/").content.decode()
    assert "Enable Training Mode" not in page
    assert "Manage Training Mode" in page.split("<aside")[0].rsplit("<section", 1)[1]


@pytest.mark.spec("TRN-02", "TRN-05")
def test_banner_tells_everybody_and_leads_administrators_on(client_for, cast, training):
    for person, elevated in ((cast.support, False), (cast.teacher, True), (cast.head, False)):
        page = client_for(person, elevated=elevated).get("/").content.decode()
        assert "Training mode is on." in page
        assert "click here for more info" not in page
    page = client_for(cast.head).get("/account/").content.decode()
    assert f'<a href="{MANAGE}">click here for more info</a>' in page


def test_without_it_no_page_says_a_word(client_for, cast):
    assert "Training mode is on" not in client_for(cast.head).get("/").content.decode()
    assert "Training mode is off" in client_for(cast.head).get(MANAGE).content.decode()


@pytest.mark.spec("TRN-05", "TRN-06", "SAF-33")
def test_practice_is_ticked_and_real_never_is(client_for, cast, training, add, act):
    practice, real = add(is_practice=True), add()
    action = act(real, is_practice=True)
    page = client_for(cast.head).get(MANAGE).content.decode()
    boxes = dict(re.findall(r'name="gone" value="([^"]+)"( checked)?', page))
    assert boxes == {str(practice.pk): " checked", str(action.pk): " checked"}
    assert str(real.pk) in page


@pytest.mark.spec("TRN-07")
@pytest.mark.parametrize("typed", ["", "Ashgrove", "ashgrove school", "Birchwood School"])
def test_anything_but_the_full_name_changes_nothing(client_for, cast, training, add, typed):
    from tenant_apps.incidents.models import Incident
    from tenant_apps.training.selectors import is_on

    incident = add(is_practice=True)
    sent = {"school": typed, "gone": [str(incident.pk)], "shown": [str(incident.pk)]}
    assert client_for(cast.head).post(MANAGE, sent).status_code == 422
    assert is_on()
    assert Incident.objects.get(pk=incident.pk).training == "practice"


@pytest.mark.spec("TRN-06", "TRN-07", "TRN-09")
def test_ticked_ones_go_and_unticked_ones_are_genuine(client_for, cast, training, add, school_a):
    from tenant_apps.incidents.models import Incident
    from tenant_apps.school_settings.selectors import get_settings
    from tenant_apps.school_settings.services import update_settings
    from tenant_apps.training.selectors import is_on

    gone, kept = add(is_practice=True), add(is_practice=True)
    update_settings(by=cast.head.access, plain_alerts=True)
    shown = [str(gone.pk), str(kept.pk)]
    sent = name_of(school_a) | {"gone": [str(gone.pk)], "shown": shown}
    answer = client_for(cast.head).post(MANAGE, sent, follow=True)
    assert "1 entry was removed" in answer.content.decode()
    assert not is_on()
    assert list(Incident.objects.values_list("pk", "training")) == [(kept.pk, "real")]
    assert get_settings().plain_alerts


def test_name_of_the_school_may_be_typed_on_a_phone():
    from tenant_apps.training.forms import as_typed

    assert as_typed(" St George\u2019s  Academy ") == as_typed("St George's Academy")


def test_an_entry_added_meanwhile_is_looked_at_first(client_for, cast, training, add, school_a):
    from tenant_apps.training.selectors import is_on

    first, later = add(is_practice=True), add(is_practice=True)
    sent = name_of(school_a) | {"gone": [str(first.pk), str(later.pk)], "shown": [str(first.pk)]}
    answer = client_for(cast.head).post(MANAGE, sent)
    assert answer.status_code == 422
    assert "Nothing was changed" in answer.content.decode()
    assert is_on()


@pytest.mark.spec("TRN-08", "SAF-33")
def test_a_real_entry_stays_whatever_is_posted(client_for, cast, training, add, act, school_a):
    from tenant_apps.incidents.models import Action, Incident

    before, incident = add(), add(is_practice=True)
    action = act(incident)
    sent = name_of(school_a) | {"gone": [str(before.pk), str(action.pk)], "shown": [str(incident.pk)]}
    client_for(cast.head).post(MANAGE, sent)
    assert Incident.objects.count() == 2
    assert Action.objects.get(pk=action.pk).training == "real"


def test_an_incident_stays_with_what_stays_beneath_it(client_for, cast, training, add, act, school_a):
    from tenant_apps.training.selectors import is_on

    incident = add(is_practice=True)
    action = act(incident, is_practice=True)
    shown = [str(incident.pk), str(action.pk)]
    sent = name_of(school_a) | {"gone": [str(incident.pk)], "shown": shown}
    answer = client_for(cast.head).post(MANAGE, sent)
    assert f"What stands beneath no. {incident.number} would go as well" in answer.content.decode()
    assert is_on()


def test_list_says_no_more_than_the_administrator_may_know(client_for, cast, training, add, students_a):
    """System administration sees that there is an entry, and nobody's name or category."""
    incident = add("Self-harm", is_practice=True)
    page = client_for(cast.data).get(MANAGE).content.decode()
    assert str(incident.pk) in page
    assert "An entry that is not open to you" in page
    for trace in (students_a[0].legal_surname, "Self-harm", "corridor"):
        assert trace not in page


@pytest.mark.spec("SAF-06")
def test_what_a_block_keeps_from_them_is_neither_named_nor_removed(client_for, cast, training, add, school_a):
    from tenant_apps.incidents.models import Incident
    from tenant_apps.incidents.services import block_incident_reader

    incident = add(is_practice=True)
    block_incident_reader(incident_id=incident.pk, user_id=cast.head.user.pk, by=cast.lead.access)
    client = client_for(cast.head)
    assert str(incident.pk) not in client.get(MANAGE).content.decode()
    sent = name_of(school_a) | {"gone": [str(incident.pk)], "shown": [str(incident.pk)]}
    client.post(MANAGE, sent)
    assert Incident.objects.get(pk=incident.pk).training == "practice"


def test_queries_do_not_grow_with_the_list(
    client_for, cast, training, add, act, django_assert_max_num_queries
):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_for(cast.head)
    client.get(MANAGE)
    counts = []
    for _ in (1, 2):
        act(add(is_practice=True), is_practice=True)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(MANAGE)
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.spec("TRN-03", "SAF-33")
def test_form_asks_and_refuses_an_entry_without_an_answer(client_for, cast, training, category, students_a):
    from tenant_apps.incidents.models import Incident

    client = client_for(cast.support, elevated=False)
    page = client.get("/incidents/add/").content.decode()
    assert "is this practice or real?" in page
    sent = typed_incident(category("Behaviour"), students_a[0].pk)
    answer = client.post("/incidents/add/", sent)
    assert answer.status_code == 422
    assert "Say whether this is practice or real." in answer.content.decode()
    assert not Incident.objects.exists()
    client.post("/incidents/add/", sent | {"training": "practice"})
    assert Incident.objects.get().training == "practice"


@pytest.mark.spec("SAF-33")
def test_action_asks_too(client_for, cast, training, add):
    from core.db.keys import uuid7
    from tenant_apps.incidents.models import Action

    incident = add()
    path = f"/incidents/{incident.pk}/actions/add/"
    sent = {"draft": str(uuid7()), "text": "Rang mum.", "happened_on": "2026-01-05", "happened_time": "10:00"}
    client = client_for(cast.lead)
    assert "is this practice or real?" in client.get(path).content.decode()
    assert client.post(path, sent).status_code == 422
    client.post(path, sent | {"training": "real"})
    assert Action.objects.get().training == "real"


def test_practice_sent_after_the_end_is_not_stored_as_real(client_for, cast, category, students_a, in_class):
    from tenant_apps.incidents.models import Incident

    sent = typed_incident(category("Behaviour"), students_a[0].pk, training="practice")
    answer = client_for(cast.lead).post("/incidents/add/", sent)
    assert answer.status_code == 422
    assert "Training mode ended while this form was open" in answer.content.decode()
    assert not Incident.objects.exists()


def test_what_no_form_asked_about_is_real(training, add):
    from core.access import SYSTEM

    assert add(by=SYSTEM, source="A provider").training == "real"


@pytest.mark.spec("TRN-10")
def test_hide_names_covers_class_lists_and_the_student_on_the_form(
    client_for, cast, training, add, in_class, students_a
):
    from tenant_apps.school_settings.services import update_settings

    add()
    update_settings(by=cast.head.access, allow_student_search=False)
    client = client_for(cast.lead)
    pages = [
        f"/students/register/{in_class.pk}/",
        f"/incidents/add/?student={students_a[0].pk}&student_group={in_class.pk}",
    ]
    name = students_a[0].legal_surname
    assert name in unescape(client.get(pages[0]).content.decode())
    client.post("/hide-names/", {"next": "/"})
    for page in pages:
        assert name not in unescape(client.get(page).content.decode()), page
