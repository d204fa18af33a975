"""Nobody's open work is forgotten when their account is closed."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from core.access import SYSTEM
from core.db.clock import now
from core.db.keys import uuid7
from tenant_apps.alerts.models import Alert
from tenant_apps.incidents.models import Draft, Incident, IncidentVersion
from tenant_apps.staff.models import AlertGroup, AlertGroupMember, StaffMember
from tenant_apps.staff.services import save_alert_group
from tenant_apps.staff.services.leaving import left_behind
from tenant_apps.staff.services.users_closing import close_ended, deactivate_user
from tests.tenant_apps.conftest import add, category, in_class, moment
from tests.tenant_apps.staff.conftest import member_of

__all__ = ["add", "category", "in_class", "moment"]


def leave(cast, person, successor=None):
    deactivate_user(
        user_id=person.user.pk,
        successor_id=successor.user.pk if successor else None,
        by=cast.head.access,
    )


def alerted(incident):
    alerts = Alert.objects.filter(record_id=incident.pk, withdrawn_at=None, read_at=None)
    return set(alerts.values_list("recipient_id", flat=True))


@pytest.mark.spec("SAF-20")
def test_page_counts_what_is_left_and_asks_who_takes_over(admin, cast, add):
    add("Behaviour", assignee_id=cast.teacher.user.pk, alert_user_ids=[cast.teacher.user.pk])
    path = f"/admin/users/{cast.teacher.user.pk}/deactivate/"
    page = admin.get(path).content.decode()
    assert "1 open incident assigned to them" in page
    assert "1 alert not read yet" in page
    answer = admin.post(path, {})
    assert answer.status_code == 422
    assert "Choose who takes over what is still open." in answer.content.decode()
    assert member_of(cast.teacher).user.is_active
    assert admin.post(path, {"successor": str(cast.teacher.user.pk)}).status_code == 422
    assert admin.post(path, {"successor": str(cast.pastoral.user.pk)}).status_code == 302
    assert not member_of(cast.teacher).user.is_active


@pytest.mark.spec("SAF-20")
def test_successor_takes_open_assignments_and_unread_alerts(in_a, cast, add, mailbox, run_outbox):
    leaver, successor = cast.deputy, cast.lead
    given = {"assignee_id": leaver.user.pk, "alert_user_ids": [leaver.user.pk], "by": cast.teacher.access}
    is_open = add("Behaviour", **given)
    closed = add("Behaviour", status="closed", assignee_id=leaver.user.pk, by=cast.teacher.access)
    run_outbox()
    mailbox.clear()
    leave(cast, leaver, successor)
    assert Incident.objects.get(pk=is_open.pk).assignee_id == successor.user.pk
    assert Incident.objects.get(pk=closed.pk).assignee_id == leaver.user.pk
    assert IncidentVersion.objects.filter(incident=is_open).count() == 2
    assert successor.user.pk in alerted(is_open)
    assert left_behind(leaver.user.pk) == [] or all(
        "alert" in left.words for left in left_behind(leaver.user.pk)
    )
    run_outbox()
    assert {str(mail.message["To"]) for mail in mailbox.messages()} == {successor.email}


@pytest.mark.spec("SAF-20")
@pytest.mark.attack("A11")
def test_naming_a_successor_opens_nothing_to_them(in_a, cast, add, client_for):
    secret = add(
        "Child Protection",
        text="words under a category of few",
        assignee_id=cast.deputy.user.pk,
        alert_user_ids=[cast.deputy.user.pk],
        by=cast.lead.access,
    )
    leave(cast, cast.deputy, cast.pastoral)
    assert Incident.objects.get(pk=secret.pk).assignee_id is None
    assert cast.pastoral.user.pk not in alerted(secret)
    # It lies with the default alert group instead.
    assert cast.lead.user.pk in alerted(secret)
    answer = client_for(cast.pastoral).get(f"/incidents/{secret.pk}/")
    assert answer.status_code == 404
    assert "words under a category" not in answer.content.decode()


@pytest.mark.spec("SAF-20")
def test_places_in_alert_groups_pass_on_and_an_empty_group_is_refused(admin, in_a, cast):
    group = save_alert_group(name="Year 7 team", member_ids=[cast.teacher.user.pk], by=SYSTEM)
    path = f"/admin/users/{cast.teacher.user.pk}/deactivate/"
    answer = admin.post(path, {})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "“Year 7 team” would be left without an active member." in page
    assert "add somebody under “Alert Groups” first" in page
    assert member_of(cast.teacher).user.is_active
    assert admin.post(path, {"successor": str(cast.pastoral.user.pk)}).status_code == 302
    places = AlertGroupMember.objects.filter(group=group)
    assert list(places.values_list("user_id", flat=True)) == [cast.pastoral.user.pk]


@pytest.mark.spec("SAF-20")
def test_somebody_in_a_group_already_has_one_place(in_a, cast):
    members = [cast.teacher.user.pk, cast.pastoral.user.pk]
    group = save_alert_group(name="Year 7 team", member_ids=members, by=SYSTEM)
    leave(cast, cast.teacher, cast.pastoral)
    assert AlertGroupMember.objects.filter(group=group).count() == 1


@pytest.mark.spec("SAF-20")
def test_group_that_reaches_nobody_is_flagged_on_the_list_of_users(admin, in_a, cast):
    save_alert_group(name="Year 7 team", member_ids=[cast.teacher.user.pk], by=SYSTEM)
    assert "reaches nobody" not in " ".join(admin.get("/admin/users/").content.decode().split())
    StaffMember.objects.filter(user=cast.teacher.user).update(ends_at=now())
    assert close_ended(by=SYSTEM) == 1
    page = " ".join(admin.get("/admin/users/").content.decode().split())
    assert "This alert group reaches nobody: “Year 7 team”" in page
    assert AlertGroup.objects.count() == 2


@pytest.mark.spec("SAF-20")
def test_cover_of_a_leaver_passes_on_or_the_absence_is_cleared(in_a, cast):
    today = timezone.localdate()
    away = {"away_from": today, "away_to": today + timedelta(days=3), "cover": cast.teacher.user}
    members = StaffMember.objects.filter(user__in=[cast.support.user, cast.pastoral.user])
    members.update(**away)
    with pytest.raises(ValidationError):
        leave(cast, cast.teacher)
    leave(cast, cast.teacher, cast.pastoral)
    assert member_of(cast.support).cover_id == cast.pastoral.user.pk
    # Nobody covers themselves.
    assert member_of(cast.pastoral).away_from is None


@pytest.mark.spec("SAF-20")
def test_draft_goes_to_a_key_user_who_may_see_its_categories(in_a, cast, category):
    from tenant_apps.incidents.services import save_draft

    seen, unseen = uuid7(), uuid7()
    for draft, name in ((seen, "Behaviour"), (unseen, "Child Protection")):
        content = {"text": ["Seen."], "categories": [str(category(name))]}
        save_draft(draft_id=draft, content=content, by=cast.teacher.access)
    leave(cast, cast.teacher, cast.pastoral)
    assert Draft.objects.get(pk=seen).author_id == cast.pastoral.user.pk
    assert Draft.objects.get(pk=unseen).author_id in {cast.lead.user.pk, cast.deputy.user.pk}


@pytest.mark.spec("SAF-20", "SAF-43")
def test_account_that_ends_by_itself_leaves_nothing_with_nobody(in_a, cast, add):
    alone = add("Behaviour", alert_user_ids=[cast.support.user.pk], by=cast.teacher.access)
    heard = add(
        "Behaviour", alert_user_ids=[cast.support.user.pk, cast.pastoral.user.pk], by=cast.teacher.access
    )
    StaffMember.objects.filter(user=cast.support.user).update(ends_at=now())
    close_ended(by=SYSTEM)
    assert cast.lead.user.pk in alerted(alone)
    assert cast.lead.user.pk not in alerted(heard)


@pytest.mark.spec("USR-07")
@pytest.mark.parametrize("part", ["teacher", "support", "lead"])
def test_only_administrators_close_accounts(in_a, cast, part):
    with pytest.raises(PermissionDenied):
        deactivate_user(user_id=cast.pastoral.user.pk, by=getattr(cast, part).access)
    assert member_of(cast.pastoral).user.is_active
