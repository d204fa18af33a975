import pytest
from django.urls import reverse

from core.access import SYSTEM
from core.audit.models import AuditEvent
from tenant_apps.classes.models import RestrictedKind, StudentGroup
from tenant_apps.classes.services import add_group, set_group_people, set_restricted_kinds
from tenant_apps.staff.selectors import user_group_ids
from tenant_apps.staff.services import move_to_group

HOME = reverse("classes:restrictions", urlconf="config.urls_school")


def address(name, *args):
    return reverse(f"classes:{name}", urlconf="config.urls_school", args=args)


@pytest.fixture
def admin(client_for, cast):
    return client_for(cast.head)


@pytest.mark.spec("GRP-02", "GRP-03")
def test_edit_stands_beside_groups_only_while_their_kind_is_restricted(admin, tutors):
    body = admin.get(HOME).content.decode()
    assert address("group", tutors.mine.pk) in body
    assert address("group", tutors.year.pk) not in body
    assert address("restrict", "year") in body
    assert "Restrict Access" in body
    set_restricted_kinds(kinds=[], by=SYSTEM)
    assert address("group", tutors.mine.pk) not in admin.get(HOME).content.decode()


@pytest.mark.spec("GRP-02")
def test_kinds_are_those_of_the_mis(admin, tutors):
    body = admin.get(HOME).content.decode()
    assert "Tutor group" in body
    assert "Year group" in body
    assert "House" not in body


@pytest.mark.spec("GRP-02", "GRP-10")
def test_restricting_a_kind_says_first_how_many_people_will_see_less(admin, tutors, cast):
    set_restricted_kinds(kinds=[], by=SYSTEM)
    page = admin.get(address("restrict", "tutor")).content.decode()
    # Teacher and pastoral lead: the others see all classes, or no student at all.
    assert "<strong>2</strong> people will see fewer students" in page
    assert "<strong>1</strong> group lists nobody" in page
    assert "7B" in page
    assert not RestrictedKind.objects.exists()
    assert cast.teacher.access.classes is None
    admin.post(address("restrict", "tutor"), {"restrict": "on"})
    assert cast.teacher.access.classes == {tutors.mine.pk}
    event = AuditEvent.objects.filter(event="class_restrictions.changed").latest("id")
    assert (event.user_id, event.detail["kinds"]) == (cast.head.user.pk, ["tutor"])


def test_lifting_the_last_restriction_says_who_will_see_more(admin, tutors, cast):
    page = admin.get(address("restrict", "tutor")).content.decode()
    assert "<strong>2</strong> will see more" in page
    assert "No kind of group will be restricted" in page
    for _ in range(2):
        admin.post(address("restrict", "tutor"), {"restrict": "off"})
        assert cast.teacher.access.classes is None


def test_unknown_kind_is_not_found(admin, tutors):
    assert admin.get(address("restrict", "planet")).status_code == 404


@pytest.mark.spec("USR-30")
def test_others_are_refused_and_change_nothing(client_for, tutors, cast):
    for person in (cast.lead, cast.teacher, cast.support):
        admin = client_for(person)
        for path in (HOME, address("group", tutors.mine.pk), address("user-classes", cast.teacher.user.pk)):
            answer = admin.get(path)
            assert answer.status_code == 403
            assert "7A" not in answer.content.decode()
        assert admin.post(address("restrict", "tutor"), {"restrict": "off"}).status_code == 403
    assert cast.teacher.access.classes == {tutors.mine.pk}


@pytest.mark.spec("SAF-41")
def test_user_group_is_listed_by_name_and_counts_its_members_live(admin, tutors, cast):
    teachers = user_group_ids()["Teachers"]
    set_group_people(group_id=tutors.other.pk, user_ids=[], user_group_ids=[teachers], by=SYSTEM)
    assert "Teachers" in admin.get(HOME).content.decode()
    assert cast.teacher.access.classes == {tutors.mine.pk, tutors.other.pk}
    move_to_group(user_id=cast.teacher.user.pk, group_id=user_group_ids()["Pastoral leads"], by=SYSTEM)
    assert cast.teacher.access.classes == {tutors.mine.pk}


@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_groups(admin, tutors, cast, django_assert_max_num_queries, count):
    for number in range(count):
        group = add_group(mis_id=f"T{number}", kind="tutor", name=f"9{number}", by=SYSTEM)
        set_group_people(group_id=group.pk, user_ids=[cast.teacher.user.pk], by=SYSTEM)
        StudentGroup.objects.filter(pk=group.pk).update(awaits_people_since="2026-09-01T00:00Z")
    with django_assert_max_num_queries(17):
        assert admin.get(HOME).status_code == 200
