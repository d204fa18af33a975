from uuid import uuid4

import pytest
from django.urls import reverse

from core.access import SYSTEM
from core.audit.models import AuditEvent
from tenant_apps.classes.models import ClassAccess, ClassAccessGroup
from tenant_apps.staff.selectors import user_group_ids


@pytest.fixture
def admin(client_for, cast):
    return client_for(cast.head)


def address(group):
    return reverse("classes:group", urlconf="config.urls_school", args=[group.pk])


@pytest.mark.spec("GRP-04", "GRP-05", "GRP-06")
def test_page_offers_all_registered_staff_and_who_is_listed(admin, tutors, cast):
    body = admin.get(address(tutors.mine)).content.decode()
    for label in (
        "All registered staff",
        "These users will be able to see students in this class",
        "Filter by name or user group",
        'data-dual-move="right chosen"',
        'data-dual-move="right all"',
        "Save Group",
    ):
        assert label in body
    for part in ("head", "lead", "pastoral", "teacher", "support", "data"):
        assert f'value="{getattr(cast, part).user.pk}"' in body
    assert f'value="{cast.teacher.user.pk}" checked' in body
    assert body.count(" checked") == 1


@pytest.mark.spec("GRP-07", "SAF-41")
def test_save_group_lists_exactly_the_chosen_people_and_user_groups(admin, tutors, cast):
    pastoral = user_group_ids()["Pastoral leads"]
    answer = admin.post(
        address(tutors.other), {"people": [str(cast.teacher.user.pk)], "user_groups": [str(pastoral)]}
    )
    assert answer.status_code == 302
    assert cast.teacher.access.classes == {tutors.mine.pk, tutors.other.pk}
    assert cast.pastoral.access.classes == {tutors.other.pk}
    event = AuditEvent.objects.filter(event="student_group.people_changed").latest("id")
    assert event.detail == {"users": [str(cast.teacher.user.pk)], "user_groups": [str(pastoral)]}
    admin.post(address(tutors.other), {})
    assert cast.pastoral.access.classes == frozenset()
    assert cast.teacher.access.classes == {tutors.mine.pk}
    assert not ClassAccessGroup.objects.exists()


@pytest.mark.parametrize("field", ["people", "user_groups"])
def test_unknown_people_and_groups_change_nothing(admin, tutors, field):
    answer = admin.post(address(tutors.mine), {field: [str(uuid4())]})
    assert answer.status_code == 422
    assert ClassAccess.objects.filter(group=tutors.mine).count() == 1


def test_listed_person_whose_account_is_closed_stays_in_the_list(admin, tutors, cast):
    from shared_apps.people.services import set_active

    set_active(user_id=cast.teacher.user.pk, is_active=False, by=SYSTEM)
    body = admin.get(address(tutors.mine)).content.decode()
    assert f'value="{cast.teacher.user.pk}" checked' in body
    assert "account closed" in body
    assert f'value="{cast.teacher.user.pk}"' not in admin.get(address(tutors.other)).content.decode()


def test_ended_group_is_not_found(admin, promoted, tutors):
    assert admin.get(address(tutors.mine)).status_code == 404


@pytest.mark.spec("USR-14")
def test_classes_of_a_user_are_saved_from_the_users_side(admin, tutors, cast):
    page = reverse("classes:user-classes", urlconf="config.urls_school", args=[cast.teacher.user.pk])
    body = admin.get(page).content.decode()
    assert f'value="{tutors.mine.pk}" checked' in body
    assert f'value="{tutors.other.pk}"' in body
    assert "Year 7" not in body
    admin.post(page, {"groups": [str(tutors.other.pk)]})
    assert cast.teacher.access.classes == {tutors.other.pk}
    event = AuditEvent.objects.filter(event="user.classes_changed").latest("id")
    assert (event.record_id, event.detail) == (cast.teacher.user.pk, {"groups": [str(tutors.other.pk)]})


@pytest.mark.spec("USR-14")
def test_part_of_the_permissions_tab_is_only_the_form(admin, tutors, cast):
    page = reverse("classes:user-classes", urlconf="config.urls_school", args=[cast.lead.user.pk])
    body = admin.get(page, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in body
    assert "not limited by class restrictions" in body
    assert admin.get(page.replace(str(cast.lead.user.pk), str(uuid4()))).status_code == 404


@pytest.mark.spec("USR-14")
def test_list_for_a_kind_that_is_not_restricted_survives_the_users_page(admin, tutors, cast):
    from tenant_apps.classes.services import set_group_people

    set_group_people(group_id=tutors.year.pk, user_ids=[cast.teacher.user.pk], by=SYSTEM)
    page = reverse("classes:user-classes", urlconf="config.urls_school", args=[cast.teacher.user.pk])
    assert f'type="hidden" name="groups" value="{tutors.year.pk}"' in admin.get(page).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_people_listed(admin, tutors, cast, django_assert_max_num_queries, count):
    people = [cast.teacher, cast.pastoral, cast.support][:count]
    ClassAccess.objects.bulk_create([ClassAccess(group=tutors.other, user=person.user) for person in people])
    with django_assert_max_num_queries(15):
        assert admin.get(address(tutors.other)).status_code == 200
