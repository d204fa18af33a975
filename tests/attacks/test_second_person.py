"""SAF-14: one administrator alone, however they go about it, gets to no Restricting record unseen."""

import pytest
from django.core.exceptions import ValidationError

from core.outbox.models import OutboxEntry
from tenant_apps.staff.models import AlertGroup, AlertGroupMember, PendingChange, StaffMember
from tenant_apps.staff.services import (
    save_alert_group,
    second_person,
    user_rules,
    users_changing,
    users_closing,
)
from tenant_apps.staff.services.reach import REACH_MAIL

pytestmark = [pytest.mark.attack("A11"), pytest.mark.spec("SAF-14")]


@pytest.fixture
def data(in_a, cast):
    """An administrator who may not view Child Protection."""
    return cast.data.access


@pytest.fixture
def default(in_a):
    return AlertGroup.objects.get(is_default=True)


def members(group):
    return set(AlertGroupMember.objects.filter(group=group).values_list("user_id", flat=True))


def mailed():
    return {row.payload["recipient"] for row in OutboxEntry.objects.filter(topic=REACH_MAIL)}


def texts(mailbox, address):
    mails = (mail.message for mail in mailbox.messages())
    return [mail.get_body(("plain",)).get_content() for mail in mails if address in str(mail["To"])]


def save(group, people, by, **changes):
    save_alert_group(
        group_id=group.pk, name=group.name, member_ids=people, is_default=group.is_default, by=by, **changes
    )


def test_a_place_in_the_default_alert_group_is_told_to_who_was_in_it(
    data, cast, default, mailbox, run_outbox
):
    before = members(default)
    assert cast.lead.user.pk in before
    # Taking the others out in the same save does not keep it from them.
    save(default, {data.user_id}, data)
    assert mailed() == {str(one) for one in before}
    run_outbox()
    (told,) = (text for text in texts(mailbox, cast.lead.email) if "a place in the alert group" in text)
    assert default.name in told


def test_another_group_made_the_default_is_told_as_well(data, cast, default):
    save_alert_group(name="Quiet", member_ids={data.user_id}, is_default=True, by=data)
    assert str(cast.lead.user.pk) in mailed()


def test_a_place_for_who_sees_such_records_anyway_is_not_mailed(data, cast, default):
    save_alert_group(name="Deputies", member_ids={cast.deputy.user.pk}, by=data)
    assert mailed() == set()


def test_who_takes_the_place_of_a_leaver_is_told_of(data, cast, default):
    users_closing.deactivate_user(user_id=cast.lead.user.pk, successor_id=data.user_id, by=data)
    assert data.user_id in members(default)
    assert mailed()


def test_who_makes_themselves_the_cover_of_a_dsl_is_told_of(data, cast, mailbox, run_outbox):
    from django.utils import timezone

    lead = cast.lead.user
    users_changing.change_details(
        user_id=lead.pk,
        name=user_rules.Name(first_name=lead.first_name, last_name=lead.last_name),
        email=cast.lead.email,
        absence=user_rules.Absence(
            away_from=timezone.localdate(), away_to=timezone.localdate(), cover_id=data.user_id
        ),
        by=data,
    )
    assert str(lead.pk) in mailed()
    run_outbox()
    assert any("the cover for" in text for text in texts(mailbox, cast.lead.email))


def test_taken_out_of_the_user_group_first_an_address_still_waits(data, cast, default, in_a):
    lead = cast.lead.user
    support = StaffMember.objects.get(user=cast.support.user).group_id
    users_changing.change_permissions(user_id=lead.pk, group_id=support, sees_ungrouped=False, by=data)
    name = user_rules.Name(first_name=lead.first_name, last_name=lead.last_name)
    users_changing.change_details(user_id=lead.pk, name=name, email="mine@ashgrove.sch.example", by=data)
    users_changing.remove_keys(user_id=lead.pk, by=data)
    lead.refresh_from_db()
    assert lead.email == cast.lead.email
    assert set(PendingChange.objects.values_list("kind", flat=True)) == {"email", "keys_removed"}


@pytest.fixture
def moved(data, cast):
    """Asked for: the teacher shall be of the DSL/SLT."""
    group = StaffMember.objects.get(user=cast.lead.user).group_id
    return users_changing.change_permissions(
        user_id=cast.teacher.user.pk, group_id=group, sees_ungrouped=False, by=data
    )


def test_an_account_that_the_asker_holds_in_hand_is_no_second_person(data, cast, moved, client_for):
    teacher = cast.teacher.user
    name = user_rules.Name(first_name=teacher.first_name, last_name=teacher.last_name)
    users_changing.change_details(user_id=teacher.pk, name=name, email="mine@ashgrove.sch.example", by=data)
    with pytest.raises(ValidationError, match="Somebody else has to confirm it"):
        second_person.confirm(change_id=moved.pk, by=cast.teacher.access)
    answer = client_for(cast.teacher).post(f"/changes/{moved.pk}/", {"decision": "confirm"})
    assert answer.status_code == 422
    assert StaffMember.objects.get(user=teacher).group_id != moved.payload["to"]
    # To refuse is open to them, and another administrator confirms.
    assert second_person.confirm(change_id=moved.pk, by=cast.head.access)


def test_an_account_whose_keys_the_asker_took_is_no_second_person(data, cast, moved):
    users_changing.remove_keys(user_id=cast.teacher.user.pk, by=data)
    with pytest.raises(ValidationError, match="Somebody else has to confirm it"):
        second_person.confirm(change_id=moved.pk, by=cast.teacher.access)


def test_who_was_left_alone_confirms_for_themselves(cast, moved):
    assert second_person.confirm(change_id=moved.pk, by=cast.teacher.access)
