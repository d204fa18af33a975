""" "Not in the list" and "Not about one pupil" on the form, the tray's page, and attaching by form."""

import pytest
from django.urls import reverse

from tenant_apps.incidents.models import Incident
from tests import pdf_text
from tests.tenant_apps.incidents.typed import typed_incident

pytestmark = pytest.mark.django_db

UNLISTED = {"about": "not_listed", "unlisted_name": "Quentin Marrowdusk", "unlisted_class": "3 Oak"}


@pytest.fixture
def unlisted(add):
    from tenant_apps.incidents.services import Unlisted

    def make(*categories, **given):
        return add(
            *categories,
            student_id=None,
            unlisted=Unlisted("not_listed", "Quentin Marrowdusk", "3 Oak"),
            **given,
        )

    return make


@pytest.fixture
def typed(in_class, category):
    return typed_incident(category("Cause for Concern"), "", **UNLISTED)


def key_in(page):
    return page.split('name="confirm_readers" value="')[1].split('"')[0]


@pytest.mark.spec("SAF-16")
def test_added_without_a_key_it_waits_and_the_team_is_told(client_for, cast, typed):
    browser = client_for(cast.support)
    page = browser.get("/incidents/add/").content.decode()
    assert "Not in the list" in page
    assert "Not about one pupil" in page
    answer = browser.post("/incidents/add/", typed | {"alert_groups": []}, follow=True)
    assert answer.status_code == 200
    incident = Incident.objects.get()
    assert (incident.tray, incident.unlisted_name, incident.unlisted_class) == (
        "waiting",
        "Quentin Marrowdusk",
        "3 Oak",
    )
    assert f"no. {incident.number}" in answer.content.decode()
    home = client_for(cast.lead).get("/").content.decode()
    assert "Not in the list: Quentin Marrowdusk, 3 Oak" in home
    assert reverse("incidents:attach", urlconf="config.urls_school", args=[incident.pk]) in home


@pytest.mark.spec("SAF-16")
def test_name_is_asked_for_and_everything_typed_stays(client_for, cast, typed):
    answer = client_for(cast.support).post("/incidents/add/", typed | {"unlisted_name": " "})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Give the name, as far as you know it." in page
    assert 'value="3 Oak"' in page
    assert "Said she had no breakfast." in page
    assert not Incident.objects.exists()


@pytest.mark.spec("SAF-16")
def test_a_student_chosen_before_is_not_meant_any_more(client_for, cast, typed, students_a):
    client_for(cast.support).post("/incidents/add/", typed | {"student": str(students_a[0].pk)})
    assert not Incident.objects.get().participants.exists()


@pytest.mark.spec("SAF-16")
def test_about_nobody_keeps_no_name(client_for, cast, typed):
    client_for(cast.support).post("/incidents/add/", typed | {"about": "nobody"})
    incident = Incident.objects.get()
    assert (incident.about, incident.unlisted_name, incident.unlisted_class) == ("nobody", "", "")


@pytest.mark.spec("SAF-16", "INC-34")
def test_draft_keeps_the_typed_name(client_for, cast, typed):
    browser = client_for(cast.support)
    address = reverse("incidents:draft", urlconf="config.urls_school", args=[typed["draft"]])
    assert browser.post(address, UNLISTED).status_code == 200
    page = browser.get(f"/incidents/add/?draft={typed['draft']}").content.decode()
    assert 'value="Quentin Marrowdusk"' in page
    assert 'value="3 Oak"' in page
    assert '<input type="radio" name="about" value="not_listed" checked>' in page
    assert "Quentin" not in client_for(cast.lead).get("/").content.decode()


@pytest.mark.spec("SAF-16")
def test_page_print_and_history_say_whom_it_is_about(client_for, cast, unlisted):
    incident = unlisted("Behaviour")
    browser = client_for(cast.head)
    whom = "Not in the list: Quentin Marrowdusk, 3 Oak"
    page = browser.get(f"/incidents/{incident.pk}/").content.decode()
    assert whom in page
    assert "waits in the" in page
    printed = browser.get(f"/incidents/{incident.pk}/print/")
    assert "Notinthelist:QuentinMarrowdusk,3Oak" in pdf_text.words_of(printed.content)
    assert whom in browser.get(f"/incidents/{incident.pk}/history/").content.decode()
    assert browser.get(f"/incidents/{incident.pk}/edit/").status_code == 200
    assert whom in browser.get(f"/incidents/{incident.pk}/actions/add/").content.decode()


@pytest.mark.spec("SAF-16", "SAF-01")
def test_whom_the_readers_widen_to_is_confirmed_first(client_for, cast, unlisted, in_class, students_a):
    from tenant_apps.classes.models import ClassAccess, RestrictedKind

    RestrictedKind.objects.create(kind="tutor")
    ClassAccess.objects.create(group=in_class, user=cast.teacher.user)
    incident = unlisted("Behaviour")
    address = f"/incidents/tray/{incident.pk}/attach/"
    browser = client_for(cast.lead)
    answer = browser.post(address, {"student": str(students_a[0].pk)})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Will be able to read it" in page
    assert cast.teacher.last_name in page
    assert not incident.participants.exists()
    key = key_in(page)
    # What was confirmed for one pupil is confirmed for no other.
    wrong = browser.post(address, {"student": str(students_a[1].pk), "confirm_readers": key})
    assert wrong.status_code == 422
    done = browser.post(address, {"student": str(students_a[0].pk), "confirm_readers": key})
    assert done.status_code == 302
    assert incident.participants.get().student_id == students_a[0].pk
    log = client_for(cast.teacher).get(f"/students/{students_a[0].pk}/incidents/").content.decode()
    assert incident.text in log


@pytest.mark.spec("SAF-16")
def test_attaching_asks_for_a_student_on_the_list(client_for, cast, unlisted):
    from core.db.keys import uuid7

    incident = unlisted("Behaviour")
    browser = client_for(cast.lead)
    for sent in ({}, {"student": str(uuid7())}):
        answer = browser.post(f"/incidents/tray/{incident.pk}/attach/", sent)
        assert answer.status_code == 422
        assert "tudent" in answer.content.decode()
    assert not incident.participants.exists()


@pytest.mark.spec("SAF-16", "SAF-11")
def test_alert_names_whom_it_is_about_on_the_dashboard_and_never_in_the_mail(
    client_for, cast, unlisted, mailbox, run_outbox
):
    unlisted("Behaviour", alert_user_ids=[cast.teacher.user.pk])
    assert "Not in the list: Quentin Marrowdusk" in client_for(cast.teacher).get("/").content.decode()
    run_outbox()
    mails = [str(mail) for mail in mailbox.messages()]
    assert mails
    assert not any("Marrowdusk" in mail or "Oak" in mail for mail in mails)


@pytest.mark.spec("SAF-16")
def test_who_may_not_read_it_meets_it_nowhere(client_for, cast, unlisted):
    incident = unlisted("Child Protection")
    for person in (cast.teacher, cast.data):
        browser = client_for(person)
        for address in (
            "/",
            "/incidents/tray/",
            f"/incidents/{incident.pk}/",
            f"/incidents/tray/{incident.pk}/attach/",
            f"/incidents/{incident.pk}/print/",
        ):
            assert "Marrowdusk" not in browser.get(address).content.decode()


@pytest.mark.spec("SAF-16")
def test_queries_of_the_tray_do_not_grow(client_for, cast, unlisted):
    browser = client_for(cast.lead)
    unlisted("Behaviour")
    browser.get("/incidents/tray/")

    def count():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(
            connection,
        ) as found:
            browser.get("/incidents/tray/")
            browser.get("/")
        return len(found)

    one = count()
    unlisted("Behaviour")
    unlisted("Child Protection")
    assert count() == one


@pytest.mark.spec("SAF-16")
def test_two_lists_take_the_place_of_typing_where_the_school_says_so(client_for, cast, unlisted, students_a):
    from tenant_apps.school_settings.models import Settings

    Settings.objects.update(allow_student_search=False)
    incident = unlisted("Behaviour")
    browser = client_for(cast.lead)
    address = f"/incidents/tray/{incident.pk}/attach/"
    assert 'name="student_group"' in browser.get(address).content.decode()
    answer = browser.post(address, {"student_group": "year:7", "show_names": "student"})
    assert answer.status_code == 200
    chosen = {"student": str(students_a[0].pk)}
    asked = browser.post(address, chosen).content.decode()
    browser.post(address, chosen | {"confirm_readers": key_in(asked)})
    assert incident.participants.get().student_id == students_a[0].pk
