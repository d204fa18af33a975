import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.access import SYSTEM, SystemPermission
from core.access.enums import OverviewBlock
from core.audit.models import AuditEvent
from tenant_apps.categories.selectors import all_categories
from tenant_apps.incidents.models import Incident
from tenant_apps.staff import selectors
from tenant_apps.staff.forms.groups import HEADINGS, UserGroupForm
from tenant_apps.staff.models import PendingChange, StaffMember, UserGroup
from tenant_apps.staff.services import Rights, delete_user_group, save_user_group, second_person
from tests.access.conftest import World

LIST, NEW = "/admin/users/groups/", "/admin/users/groups/new/"
RIGHTS = ("view_students", "view_incidents", "add_incidents")


def category(name):
    return next(one.id for one in all_categories() if one.name == name)


def group_of(name):
    return selectors.get_user_group(SYSTEM, selectors.user_group_ids()[name], all_categories())


def address(name):
    return f"{LIST}{selectors.user_group_ids()[name]}/"


def typed(of=None, **changes):
    """The form as a browser sends it: of a group as it stands, or of a new one."""
    group = group_of(of) if of else None
    form = UserGroupForm(group=group, categories=all_categories())
    return {field: form[field].value() or [] for field in form.fields} | changes


def with_right(right, *names, group):
    """The ticks of one column with these categories added."""
    return [*typed(group)[right], *(str(category(name)) for name in names)]


def without(right, *names, group):
    gone = {str(category(name)) for name in names}
    return [value for value in typed(group)[right] if value not in gone]


def token(response):
    return re.search(r'name="confirmed" value="(\w+)"', response.content.decode())[1]


@pytest.mark.spec("USR-01", "USR-18", "USR-19")
def test_list_leads_to_each_group_and_to_a_new_one(admin, cast):
    page = admin.get(LIST).content.decode()
    for name, group_id in selectors.user_group_ids().items():
        assert re.search(rf'href="{LIST}{group_id}/">{name}</a>', page), name
    below = page.partition("</table>")[2]
    assert "New Group" in below
    assert f'href="{NEW}"' in below
    assert re.search(r'aria-current="page">User Groups</a>', page)


def test_list_asks_the_same_number_of_queries_for_more_groups(admin):
    counts = []
    for extra in ((), ("Midday", "Sports coaches", "Visitors")):
        for name in extra:
            save_user_group(name=name, system_permissions=[], category_rights={}, by=SYSTEM)
        with CaptureQueriesContext(connection) as queries:
            admin.get(LIST)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_page_of_a_group_asks_the_same_number_of_queries_for_more_members(admin, cast):
    counts = []
    teachers = UserGroup.objects.get(name="Teachers")
    for part in ("", "pastoral", "support"):
        if part:
            StaffMember.objects.filter(user_id=getattr(cast, part).user.pk).update(group=teachers)
        with CaptureQueriesContext(connection) as queries:
            page = admin.get(address("Teachers")).content.decode()
        counts.append(len(queries))
    assert len(set(counts)) == 1, counts
    assert "Joyce Webb" in page


@pytest.mark.spec("USR-18", "USR-20")
def test_new_group_has_what_was_ticked(admin, cast):
    behaviour, prevent = str(category("Behaviour")), str(category("Prevent"))
    answer = admin.post(
        NEW,
        typed(
            name="Midday",
            is_key_group="no",
            system=["add_entries"],
            view_students=[behaviour],
            add_incidents=[behaviour, prevent],
            blocks=["contacts"],
        ),
    )
    group = group_of("Midday")
    assert answer.url == f"{LIST}{group.id}/"
    assert (group.is_key_group, group.system, group.blocks) == (
        False,
        {SystemPermission.ADD_ENTRIES},
        {OverviewBlock.CONTACTS},
    )
    assert group.rights["view_students"] == {category("Behaviour")}
    assert group.rights["view_incidents"] == frozenset()
    assert group.rights["add_incidents"] == {category("Behaviour"), category("Prevent")}
    event = AuditEvent.objects.get(event="user_group.added", record_id=group.id)
    assert (event.user_id, event.detail["system"]) == (cast.head.user.pk, ["add_entries"])


@pytest.mark.spec("USR-19", "USR-20")
def test_group_opens_as_it_stands_and_is_changed(admin):
    page = admin.get(address("Teachers")).content.decode()
    assert "Save Group" in page
    bullying = category("Bullying")
    assert re.search(rf'name="view_incidents" value="{bullying}" checked', page)
    assert not re.search(rf'name="view_incidents" value="{category("Prevent")}" checked', page)
    admin.post(
        address("Teachers"),
        typed(
            "Teachers",
            name="Class teachers",
            view_incidents=without("view_incidents", "Bullying", group="Teachers"),
        ),
    )
    group = group_of("Class teachers")
    assert bullying not in group.rights["view_incidents"]
    assert category("Behaviour") in group.rights["view_incidents"]


@pytest.mark.spec("USR-20")
def test_every_category_and_sub_category_has_its_three_boxes(admin):
    page = admin.get(address("Teachers")).content.decode()
    for one in all_categories():
        for right in RIGHTS:
            assert f'name="{right}" value="{one.id}"' in page
    assert "View Students: Behaviour, Bullying" in page
    headings = [
        page.index(f">{words}<button") for words in ("View Students", "View Incidents", "Add Incidents")
    ]
    assert headings == sorted(headings)


@pytest.mark.spec("USR-22", "USR-23", "USR-24", "USR-25", "USR-26", "USR-27", "USR-28", "USR-29")
def test_system_permissions_stand_under_the_headings_of_the_guide(admin):
    page = admin.get(address("Teachers")).content.decode()
    assert {one for heading in HEADINGS for one in heading.permissions} == set(SystemPermission)
    sections = re.findall(r'<legend class="section-legend">([^<]+)</legend>(.*?)</fieldset>', page, re.DOTALL)
    found = {words: re.findall(r"<span>([^<]+?)\s*<", part) for words, part in sections}
    assert found["General"] == ["View Student List", "View Student Details", "Add new Incident/ Action"]
    assert found["Incidents"] == ["Edit incidents"]
    assert found["Reporting"] == ["Run Reports"]
    assert (found["Planner"], found["Files"]) == (["Planner"], ["Files"])
    assert found["Library"] == ["View files", "Add files"]


@pytest.mark.spec("USR-30", "USR-31", "USR-32")
def test_page_advises_for_groups_with_and_without_a_key(admin):
    page = admin.get(NEW).content.decode()
    assert "senior staff only" in page
    with_key, without_key = (
        next(line for line in re.findall(r"<li>([^<]+)</li>", page) if line.startswith(start))
        for start in ("Members with a key", "Members without a key")
    )
    assert all(
        word in with_key for word in ("three", "General", "Run Reports", "Planner", "Files", "Library")
    )
    assert all(word in without_key for word in ("Add new Incident/ Action", "Files", "Library"))
    assert "Run Reports" not in without_key


@pytest.mark.spec("USR-22", "USR-23", "USR-26", "USR-30")
def test_each_system_permission_is_taken_and_given_on_the_page(admin, cast):
    assert SystemPermission.VIEW_STUDENT_LIST in cast.teacher.access.system
    admin.post(address("Teachers"), typed("Teachers", system=["add_entries"]))
    assert cast.teacher.access.system == {SystemPermission.ADD_ENTRIES}


@pytest.mark.spec("USR-33")
@pytest.mark.attack("A15")
def test_right_taken_away_is_gone_from_the_next_request_of_an_open_session(
    admin, client_for, cast, students_a
):
    assert World(cast, students_a).group
    open_session = client_for(cast.teacher)
    profile = f"/students/{students_a[0].pk}/"
    assert open_session.get(profile).status_code == 200
    left = [value for value in typed("Teachers")["system"] if value != "view_student_details"]
    admin.post(address("Teachers"), typed("Teachers", system=left))
    assert open_session.get(profile).status_code == 403


@pytest.mark.spec("SAF-12")
def test_blocks_of_the_overview_are_ticked_for_a_group(admin):
    admin.post(address("Non-key staff"), typed("Non-key staff", blocks=["name_and_class"]))
    answer = admin.post(
        address("Non-key staff"), typed("Non-key staff", blocks=["name_and_class", "sensitive"])
    )
    assert "Looked-after, ethnicity, religion, free school meals" in answer.content.decode()
    admin.post(
        address("Non-key staff"),
        typed("Non-key staff", blocks=["name_and_class", "sensitive"], confirmed=token(answer)),
    )
    assert group_of("Non-key staff").blocks == {"name_and_class", "sensitive"}


@pytest.mark.spec("SAF-01")
def test_gain_is_named_with_the_people_and_saved_only_once_confirmed(admin, cast):
    before = group_of("Teachers")
    sent = typed("Teachers", view_incidents=with_right("view_incidents", "Mental Health", group="Teachers"))
    answer = admin.post(address("Teachers"), sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert group_of("Teachers") == before
    assert re.search(r"“Teachers”: 1\s+person would gain", page)
    assert "“View Incidents” in “Mental Health”" in page
    assert "Confirm and save" in page
    # The ticks are kept.
    assert re.search(rf'name="view_incidents" value="{category("Mental Health")}" checked', page)

    answer = admin.post(address("Teachers"), sent | {"confirmed": token(answer)})
    assert answer.status_code == 302
    assert category("Mental Health") in cast.teacher.access.view_incidents
    event = AuditEvent.objects.filter(event="user_group.changed").latest("id")
    assert event.detail["gained_categories"] == [str(category("Mental Health"))]
    assert event.detail["people"] == 1
    assert not PendingChange.objects.exists()


@pytest.mark.spec("SAF-01")
def test_confirming_one_gain_confirms_no_other(admin):
    first = typed("Teachers", view_incidents=with_right("view_incidents", "Mental Health", group="Teachers"))
    confirmed = token(admin.post(address("Teachers"), first))
    more = with_right("view_incidents", "Mental Health", "Home Issues", group="Teachers")
    answer = admin.post(address("Teachers"), first | {"view_incidents": more, "confirmed": confirmed})
    assert answer.status_code == 422
    assert "Home Issues" in answer.content.decode()
    assert category("Home Issues") not in group_of("Teachers").rights["view_incidents"]


@pytest.mark.spec("SAF-14")
def test_gain_in_a_restricting_category_waits_and_the_rest_of_the_save_does_not(admin, cast):
    sent = typed(
        "Teachers",
        name="Class teachers",
        view_students=without("view_students", "Bullying", group="Teachers"),
        view_incidents=with_right("view_incidents", "Child Protection", "Mental Health", group="Teachers"),
    )
    answer = admin.post(address("Teachers"), sent)
    assert "second person" in answer.content.decode()
    admin.post(address("Teachers"), sent | {"confirmed": token(answer)})

    access = cast.teacher.access
    assert category("Child Protection") not in access.view_incidents
    assert category("Mental Health") in access.view_incidents
    assert category("Bullying") not in access.view_students
    change = PendingChange.objects.get()
    assert (change.kind, change.asked_by_id) == ("group_rights", cast.head.user.pk)
    page = admin.get(address("Class teachers")).content.decode()
    assert "Waiting for a second person" in page
    assert "“View Incidents” in “Child Protection” (Restricting)." in page

    second_person.confirm(change_id=change.pk, by=cast.data.access)
    assert category("Child Protection") in cast.teacher.access.view_incidents
    assert category("Bullying") not in cast.teacher.access.view_students
    assert AuditEvent.objects.filter(event="user_group.widened", user_id=cast.data.user.pk).exists()


@pytest.mark.spec("SAF-14")
def test_refused_gain_never_comes_into_force(admin, cast):
    sent = typed(
        "Teachers", view_incidents=with_right("view_incidents", "Child Protection", group="Teachers")
    )
    admin.post(address("Teachers"), sent | {"confirmed": token(admin.post(address("Teachers"), sent))})
    second_person.refuse(change_id=PendingChange.objects.get().pk, by=cast.data.access)
    assert category("Child Protection") not in cast.teacher.access.view_incidents


@pytest.mark.spec("SAF-14")
def test_second_gain_is_refused_while_the_first_one_waits(admin):
    for name in ("Child Protection", "Prevent"):
        sent = typed("Teachers", view_incidents=with_right("view_incidents", name, group="Teachers"))
        answer = admin.post(address("Teachers"), sent)
        answer = admin.post(address("Teachers"), sent | {"confirmed": token(answer)})
    assert answer.status_code == 422
    assert "waits for a second person" in answer.content.decode()
    assert PendingChange.objects.count() == 1


@pytest.mark.spec("SAF-14")
def test_more_ways_to_restricting_records_wait_too_for_a_group_that_sees_them(admin, cast):
    sent = typed("DSL/SLT", system=[*typed("DSL/SLT")["system"], "administration"])
    answer = admin.post(address("DSL/SLT"), sent)
    admin.post(address("DSL/SLT"), sent | {"confirmed": token(answer)})
    assert not cast.lead.access.is_administrator
    second_person.confirm(change_id=PendingChange.objects.get().pk, by=cast.deputy.access)
    assert cast.lead.access.is_administrator


@pytest.mark.spec("SAF-14")
def test_group_without_members_gains_at_once(admin):
    admin.post(NEW, typed(name="Governors", is_key_group="yes"))
    sent = typed("Governors", view_incidents=[str(category("Child Protection"))])
    assert admin.post(address("Governors"), sent).status_code == 302
    assert category("Child Protection") in group_of("Governors").rights["view_incidents"]
    assert not PendingChange.objects.exists()


@pytest.mark.spec("USR-16")
def test_last_administrators_keep_their_rights(admin, cast):
    for name in ("System administration", "Admin"):
        left = [value for value in typed(name)["system"] if value != "administration"]
        answer = admin.post(address(name), typed(name, system=left))
        if name == "System administration":
            assert answer.status_code == 302
    assert answer.status_code == 422
    assert "without an administrator" in answer.content.decode()
    assert cast.head.access.is_administrator
    assert not cast.data.access.is_administrator


@pytest.mark.spec("USR-21")
def test_group_that_may_only_add_adds_and_sees_nothing(admin, client_for, cast, students_a):
    concern = str(category("Cause for Concern"))
    admin.post(
        address("Teachers"),
        typed(
            "Teachers",
            system=["add_entries"],
            view_students=[],
            view_incidents=[],
            add_incidents=[concern],
        ),
    )
    teacher = client_for(cast.teacher)
    form = teacher.get("/incidents/add/").content.decode()
    assert f'value="{concern}"' in form
    assert f'value="{category("Behaviour")}"' not in form
    moment = timezone.localtime()
    answer = teacher.post(
        "/incidents/add/",
        {
            "draft": re.search(r'name="draft" value="([\w-]+)"', form)[1],
            "student": str(students_a[0].pk),
            "text": "Cried in the changing room and would not say why.",
            "categories": [concern],
            "happened_on": f"{moment:%Y-%m-%d}",
            "happened_time": "00:00",
            "status": "active",
            "alert_groups": [str(selectors.default_alert_group().id)],
        },
    )
    assert answer.status_code == 302, answer.content.decode()
    incident = Incident.objects.get()
    assert incident.author_id == cast.teacher.user.pk
    for path in (f"/students/{students_a[0].pk}/", f"/students/{students_a[0].pk}/incidents/"):
        assert teacher.get(path).status_code == 403
    dashboard = teacher.get("/").content.decode()
    assert "changing room" not in dashboard
    assert "Child Protection" not in dashboard


@pytest.mark.spec("USR-18")
@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": " "}, "Enter a name for the group."),
        ({"name": "x" * 121}, "The name of a group has 120 characters at most."),
        ({"name": "teachers"}, "There is a user group of this name already."),
        ({"is_key_group": ""}, "Choose whether members have a key."),
        ({"system": ["superuser"]}, "Choose from the list."),
        ({"blocks": ["everything"]}, "Choose from the list."),
        ({"view_incidents": ["no-id"]}, "A category that you ticked is not there any more."),
        (
            {"add_incidents": ["0199aaaa-0000-7000-8000-000000000000"]},
            "A category that you ticked is not there any more.",
        ),
    ],
)
def test_wrong_input_is_told_in_a_sentence_and_changes_nothing(admin, changes, sentence):
    before = selectors.user_group_ids()
    answer = admin.post(NEW, typed(name="Midday", is_key_group="yes") | changes)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert selectors.user_group_ids() == before


def test_change_made_meanwhile_is_told_before_it_is_overwritten(admin):
    stale = typed("Teachers")
    save_user_group(
        group_id=group_of("Teachers").id,
        name="Teachers",
        system_permissions=[],
        category_rights={category("SEND"): Rights(add_incidents=True)},
        by=SYSTEM,
    )
    answer = admin.post(address("Teachers"), stale)
    assert answer.status_code == 422
    assert "was changed while you had the page open" in answer.content.decode()
    assert group_of("Teachers").system == frozenset()
    assert group_of("Teachers").seen in answer.content.decode()


@pytest.mark.spec("USR-34")
def test_no_way_to_delete_a_group_in_admin_and_a_deletion_is_shown(admin):
    page = admin.get(address("Teachers")).content.decode()
    assert not re.search(r"<button[^>]*>[^<]*[Dd]elete", page)
    midday = save_user_group(name="Midday", system_permissions=[], category_rights={}, by=SYSTEM)
    delete_user_group(group_id=midday.id, request="HELP-2201", by=SYSTEM)
    page = admin.get(LIST).content.decode()
    assert "The provider deleted the user group “Midday”" in page
    assert "HELP-2201" in page
    assert f"{midday.id}" not in page
    assert admin.get(f"{LIST}{midday.id}/").status_code == 404


@pytest.mark.spec("USR-33")
@pytest.mark.attack("A14")
def test_names_of_groups_and_categories_are_refused_to_others(client_for, cast, in_a):
    for part in ("lead", "teacher", "support"):
        for path in (LIST, NEW, address("Admin")):
            answer = client_for(getattr(cast, part)).get(path)
            assert answer.status_code == 403
            assert "System administration" not in answer.content.decode()
