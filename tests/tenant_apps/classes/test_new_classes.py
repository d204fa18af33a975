import pytest
from django.urls import reverse

from core.access import SYSTEM
from core.db.keys import uuid7
from tenant_apps.classes.models import ClassAccess, StudentGroup
from tenant_apps.classes.selectors import awaiting_groups, proposals
from tenant_apps.classes.services import (
    MISGroup,
    accept_proposals,
    record_mis_groups,
    set_group_people,
    set_restricted_kinds,
)
from tenant_apps.staff.selectors import user_group_ids
from tenant_apps.students.models import Membership

HOME = reverse("dashboard:home", urlconf="config.urls_school")


@pytest.mark.spec("GRP-10", "DSH-20")
def test_new_class_is_nobodys_and_administrators_are_told_until_it_is_saved(
    promoted, tutors, client_for, cast
):
    assert cast.teacher.access.classes == {tutors.mine.pk}
    assert not ClassAccess.objects.filter(group_id=promoted.id).exists()
    body = client_for(cast.head).get(HOME).content.decode()
    assert "An import brought 1 new class." in body
    assert reverse("classes:group", urlconf="config.urls_school", args=[promoted.id]) in body
    for part in ("lead", "teacher", "pastoral", "support"):
        assert "new class" not in client_for(getattr(cast, part)).get(HOME).content.decode()
    assert "new class" not in client_for(cast.head, elevated=False).get(HOME).content.decode()
    set_group_people(group_id=promoted.id, user_ids=[], by=cast.head.access)
    assert "new class" not in client_for(cast.head).get(HOME).content.decode()


@pytest.mark.spec("DSH-20")
def test_without_restrictions_a_new_class_is_no_news(tutors, cast):
    def bring(name):
        group = MISGroup(id=uuid7(), mis_id=name, kind="tutor", name=name)
        record_mis_groups(groups=[group], is_whole=False, today="2026-11-20", by=SYSTEM)

    set_restricted_kinds(kinds=["year"], by=SYSTEM)
    bring("9A")
    assert awaiting_groups(cast.head.access) == []
    set_restricted_kinds(kinds=["tutor"], by=SYSTEM)
    assert awaiting_groups(cast.head.access) == []
    bring("9B")
    bring("9B")
    assert [name for _, name in awaiting_groups(cast.head.access)] == ["9B"]
    # Nobody has to act on it once the kind is open to everybody.
    set_restricted_kinds(kinds=["year"], by=SYSTEM)
    assert awaiting_groups(cast.head.access) == []


@pytest.mark.spec("SAF-41")
def test_new_class_proposes_the_people_of_the_class_its_pupils_came_from(promoted, tutors, client_for, cast):
    pastoral = user_group_ids()["Pastoral leads"]
    set_group_people(
        group_id=tutors.mine.pk, user_ids=[cast.teacher.user.pk], user_group_ids=[pastoral], by=SYSTEM
    )
    (proposal,) = proposals(cast.head.access)
    assert (proposal.group_name, proposal.origins) == ("8A", ["7A"])
    assert proposal.names == ["Pastoral leads", cast.teacher.user.formal_name]
    browser = client_for(cast.head)
    page = browser.get(reverse("classes:restrictions", urlconf="config.urls_school")).content.decode()
    assert "Accept all proposals" in page
    # Proposing gives nothing.
    assert promoted.id not in cast.pastoral.access.classes
    browser.post(
        reverse("classes:accept-proposals", urlconf="config.urls_school"), {"groups": [str(promoted.id)]}
    )
    assert promoted.id in cast.pastoral.access.classes
    assert promoted.id in cast.teacher.access.classes
    assert awaiting_groups(cast.head.access) == []


@pytest.mark.spec("SAF-41")
def test_few_strays_do_not_bring_the_people_of_their_old_class(promoted, tutors, cast, students_a):
    set_group_people(group_id=tutors.other.pk, user_ids=[cast.pastoral.user.pk], by=SYSTEM)
    start = Membership.objects.get(group_id=promoted.id).start_date
    before = Membership.objects.get(group=tutors.mine)
    for student in students_a[2:]:
        Membership.objects.create(
            student=student, group=tutors.mine, start_date=before.start_date, end_date=before.end_date
        )
        Membership.objects.create(student=student, group_id=promoted.id, start_date=start)
    Membership.objects.filter(group=tutors.other).update(end_date=before.end_date)
    Membership.objects.create(student=tutors.hidden, group_id=promoted.id, start_date=start)
    (proposal,) = proposals(cast.head.access)
    assert proposal.origins == ["7A"]
    assert cast.pastoral.user.pk not in proposal.listed.user_ids


def test_accepting_takes_only_what_stood_on_the_page(promoted, cast):
    assert accept_proposals(group_ids=[], by=cast.head.access) == 0
    assert StudentGroup.objects.get(pk=promoted.id).awaits_people_since is not None


@pytest.mark.spec("USR-30")
def test_nobody_else_gets_proposals(promoted, cast):
    from django.core.exceptions import PermissionDenied

    for access in (cast.lead.access, cast.teacher.access, cast.head.plain_access):
        assert awaiting_groups(access) == []
        with pytest.raises(PermissionDenied):
            proposals(access)
        with pytest.raises(PermissionDenied):
            accept_proposals(group_ids=[promoted.id], by=access)


@pytest.mark.spec("SAF-41")
def test_admin_and_dsl_have_all_classes_and_students_without_a_group_at_first(in_a, cast):
    from core.access import SystemPermission as P

    for part, has in (("head", True), ("lead", True), ("pastoral", False), ("teacher", False)):
        access = getattr(cast, part).access
        assert (P.ALL_CLASSES in access.system) is has
        assert access.sees_ungrouped is has
