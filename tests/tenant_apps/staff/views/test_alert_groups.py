import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.access import SYSTEM
from core.audit.models import AuditEvent
from shared_apps.people.services import create_user, set_active
from tenant_apps.staff import selectors
from tenant_apps.staff.models import AlertGroup
from tenant_apps.staff.services import add_member, save_alert_group

LIST, NEW = "/admin/users/alert-groups/", "/admin/users/alert-groups/new/"


def address(name):
    return f"{LIST}{selectors.alert_group_ids()[name]}/"


def typed(*people, **changes):
    """The form as a browser sends it."""
    members = [str(person.user.pk if hasattr(person, "user") else person) for person in people]
    return {"name": "Year 7", "members": members, "on_incidents": "on", "on_library": "on"} | changes


def without(form, *fields):
    return {name: value for name, value in form.items() if name not in fields}


def make_people(count):
    teachers = selectors.user_group_ids()["Teachers"]
    people = []
    for number in range(count):
        user = create_user(
            email=f"p{number}@ashgrove.sch.example", first_name="P", last_name=f"Zz{number}", by=SYSTEM
        )
        add_member(user_id=user.pk, group_id=teachers, by=SYSTEM)
        people.append(user.pk)
    return people


def row_of(page, name):
    return next(row for row in re.findall(r"<tr>.*?</tr>", page, re.DOTALL) if f">{name}</a>" in row)


@pytest.mark.spec("USR-01", "USR-35")
def test_list_shows_every_group_and_leads_to_a_new_one(admin, cast):
    save_alert_group(name="Year 7", member_ids=[cast.teacher.user.pk], on_incidents=False, by=SYSTEM)
    page = admin.get(LIST).content.decode()
    assert f'href="{NEW}"' in page
    assert "New Alert Group" in page
    assert "Default" in row_of(page, "Safeguarding team")
    assert "Incidents and actions" not in row_of(page, "Year 7")
    assert "Library" in row_of(page, "Year 7")


def test_list_asks_the_same_number_of_queries_for_more_groups(admin, cast):
    counts = []
    for names in ((), ("Year 7", "Year 8")):
        for name in names:
            save_alert_group(name=name, member_ids=[cast.teacher.user.pk], by=SYSTEM)
        with CaptureQueriesContext(connection) as queries:
            admin.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_page_asks_the_same_number_of_queries_for_more_people(admin, cast):
    save_alert_group(name="Year 7", member_ids=[cast.teacher.user.pk], by=SYSTEM)
    counts = []
    for people in (0, 3):
        make_people(people)
        with CaptureQueriesContext(connection) as queries:
            admin.get(address("Year 7"))
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.spec("USR-35", "USR-36")
def test_new_group_has_the_people_of_the_right_list(admin, cast):
    page = admin.get(NEW).content.decode()
    for words in ("Name", "These users will be in this alert group", "Save Alert Group"):
        assert words in page
    assert page.count("data-dual-move") == 4
    answer = admin.post(NEW, typed(cast.teacher, cast.pastoral))
    assert answer.url == LIST
    group_id = selectors.alert_group_ids()["Year 7"]
    assert set(selectors.members_of([group_id])) == {cast.teacher.user.pk, cast.pastoral.user.pk}
    event = AuditEvent.objects.get(event="alert_group.added", record_id=group_id)
    assert event.user_id == cast.head.user.pk
    assert event.detail["members"] == sorted(map(str, (cast.teacher.user.pk, cast.pastoral.user.pk)))


@pytest.mark.spec("USR-35")
def test_group_opens_as_it_stands_and_is_changed(admin, cast):
    save_alert_group(name="Year 7", member_ids=[cast.teacher.user.pk], by=SYSTEM)
    page = admin.get(address("Year 7")).content.decode()
    ticked = re.findall(r'name="members" value="([\w-]+)" checked', page)
    assert ticked == [str(cast.teacher.user.pk)]
    admin.post(address("Year 7"), without(typed(cast.support, name="Lunch"), "on_library"))
    group = AlertGroup.objects.get(name="Lunch")
    assert selectors.members_of([group.id]) == [cast.support.user.pk]
    assert (group.on_incidents, group.on_library) == (True, False)


@pytest.mark.spec("USR-37")
def test_search_of_the_lists_takes_names_and_user_groups(admin):
    page = admin.get(NEW).content.decode()
    assert "Filter by name or user group" in page
    assert re.search(r'data-name="Joyce Webb" data-note="" data-group="Non-key staff"', page)


@pytest.mark.spec("USR-38")
def test_new_group_is_a_button_on_forms_at_once_and_follows_its_name(admin, client_for, cast):
    admin.post(NEW, typed(cast.teacher, name="Year 7 pastoral"))
    group_id = selectors.alert_group_ids()["Year 7 pastoral"]
    support = client_for(cast.support)
    form = support.get("/incidents/add/").content.decode()
    assert re.search(rf'value="{group_id}"[^>]*>(<[^>]*>)*[^<]*(<[^>]*>)*Year 7 pastoral', form)
    admin.post(f"{LIST}{group_id}/", typed(cast.teacher, name="Year 7 team"))
    form = support.get("/incidents/add/").content.decode()
    assert "Year 7 team" in form
    assert "Year 7 pastoral" not in form


@pytest.mark.spec("SAF-04")
def test_group_of_the_library_only_is_no_button_on_incidents(admin, client_for, cast):
    admin.post(NEW, without(typed(cast.teacher, name="Policies"), "on_incidents"))
    assert "Policies" not in client_for(cast.support).get("/incidents/add/").content.decode()


@pytest.mark.spec("SAF-04")
def test_group_of_over_15_is_for_the_library_unless_an_administrator_insists(admin, client_for, cast):
    people = make_people(16)
    answer = admin.post(NEW, typed(*people, name="All staff"))
    assert answer.status_code == 422
    assert "A group of 16 people is for the library only." in answer.content.decode()
    assert "All staff" not in selectors.alert_group_ids()

    admin.post(NEW, without(typed(*people, name="All staff"), "on_incidents"))
    assert not AlertGroup.objects.get(name="All staff").is_large_on_purpose
    assert "All staff" not in client_for(cast.support).get("/incidents/add/").content.decode()

    admin.post(address("All staff"), typed(*people, name="All staff", insists="on"))
    assert AlertGroup.objects.get(name="All staff").is_large_on_purpose
    assert "All staff" in client_for(cast.support).get("/incidents/add/").content.decode()
    assert "Large on purpose" in row_of(admin.get(LIST).content.decode(), "All staff")
    assert re.search(r'name="insists"[^>]*checked', admin.get(address("All staff")).content.decode())


@pytest.mark.spec("SAF-15")
def test_default_group_is_not_emptied_nor_taken_off_incidents(admin, cast):
    default = address("Safeguarding team")
    page = admin.get(default).content.decode()
    assert 'name="is_default"' not in page
    assert "This is the default alert group." in page
    before = selectors.default_alert_group()
    for form, sentence in (
        (typed(name="Safeguarding team"), "needs at least one active member"),
        (
            without(typed(cast.lead, name="Safeguarding team"), "on_incidents"),
            "is offered on every incident",
        ),
    ):
        answer = admin.post(default, form)
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
    assert selectors.default_alert_group() == before
    admin.post(default, typed(cast.lead, name="Safeguarding team"))
    assert selectors.default_alert_group().id == before.id


@pytest.mark.spec("SAF-15")
def test_another_group_takes_the_place_of_the_default_one(admin, cast):
    admin.post(NEW, typed(cast.head, name="Leaders", is_default="on"))
    assert selectors.default_alert_group().name == "Leaders"
    assert AlertGroup.objects.filter(is_default=True).count() == 1
    assert "Default" not in row_of(admin.get(LIST).content.decode(), "Safeguarding team")


@pytest.mark.spec("SAF-20")
def test_group_without_an_active_member_is_refused_and_flagged(admin, cast):
    answer = admin.post(NEW, typed())
    assert answer.status_code == 422
    assert "needs at least one active member" in answer.content.decode()
    admin.post(NEW, typed(cast.support))
    assert "reaches nobody" not in row_of(admin.get(LIST).content.decode(), "Year 7")
    set_active(user_id=cast.support.user.pk, is_active=False, by=SYSTEM)
    assert "reaches nobody" in row_of(admin.get(LIST).content.decode(), "Year 7")
    # Somebody whose account was closed is shown as such, to be taken out, and cannot be the only one.
    page = admin.get(address("Year 7")).content.decode()
    assert re.search(r'data-name="Joyce Webb" data-note="Deactivated"', page)
    assert admin.post(address("Year 7"), typed(cast.support)).status_code == 422
    assert 'data-note="Deactivated"' not in admin.get(NEW).content.decode()


@pytest.mark.spec("USR-35")
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Enter a name for the alert group."),
        ({"name": "x" * 121}, "The name of a group has 120 characters at most."),
        ({"name": "safeguarding TEAM"}, "There is an alert group of this name already."),
        ({"members": ["nobody"]}, "Somebody you chose is not a user of this school."),
        ({"members": ["0199aaaa-0000-7000-8000-000000000000"]}, "Somebody you chose is not a user"),
        ({"on_incidents": "", "on_library": ""}, "Tick at least one place where this group is offered."),
    ],
)
def test_wrong_input_is_told_in_a_sentence_and_changes_nothing(admin, cast, changes, sentence):
    before = selectors.alert_group_ids()
    answer = admin.post(NEW, typed(cast.teacher) | changes)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert selectors.alert_group_ids() == before


@pytest.mark.attack("A14")
def test_person_of_another_school_gets_into_no_group(admin, cast):
    answer = admin.post(NEW, typed(cast.teacher, cast.outsider))
    assert answer.status_code == 422
    assert "Year 7" not in selectors.alert_group_ids()


@pytest.mark.spec("USR-33")
@pytest.mark.attack("A14")
def test_pages_are_refused_to_others(client_for, cast, in_a):
    for part in ("lead", "teacher", "support"):
        for path in (LIST, NEW, address("Safeguarding team")):
            answer = client_for(getattr(cast, part)).get(path)
            assert answer.status_code == 403
            assert "Joyce Webb" not in re.sub(r"<header.*?</header>", "", answer.content.decode(), flags=re.S)
