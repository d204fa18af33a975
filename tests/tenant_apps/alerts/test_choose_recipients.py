from datetime import timedelta

import pytest

from core.access import SYSTEM
from shared_apps.people.services import create_user, set_active
from tenant_apps.alerts.services import choose_recipients
from tenant_apps.staff.selectors import default_alert_group
from tenant_apps.staff.services import save_alert_group


@pytest.fixture
def choose(in_a, cast, carrying):
    def choose(*people, groups=(), names=("Bullying",), author=None, **more):
        found = choose_recipients(
            chosen=[person.user.pk for person in people],
            groups=[group.id for group in groups],
            category_ids=carrying(*names),
            author_id=author.user.pk if author else None,
            **more,
        )
        parts = {
            getattr(cast, part).user.pk: part for part in ("head", "lead", "deputy", "teacher", "support")
        }
        return {parts[user_id]: str(reason) for user_id, reason in found.items()}

    return choose


@pytest.fixture
def pastoral_group(in_a, cast):
    people = [cast.head.user.pk, cast.teacher.user.pk]
    return save_alert_group(name="Year 7 pastoral", member_ids=people, by=SYSTEM)


def deactivate(person):
    set_active(user_id=person.user.pk, is_active=False, by=SYSTEM)


@pytest.mark.spec("INC-23", "INC-24", "USR-38")
def test_person_chosen_by_name_and_through_groups_stands_once(choose, cast, pastoral_group):
    found = choose(cast.teacher, cast.teacher, groups=[pastoral_group, default_alert_group()])
    assert found == {"teacher": "chosen", "head": "group", "lead": "group", "deputy": "group"}


@pytest.mark.spec("SAF-15")
def test_default_group_is_told_apart_where_its_category_always_alerts(choose, cast):
    assert choose(groups=[default_alert_group()], names=["Disclosure"]) == {
        "lead": "default",
        "deputy": "default",
    }


@pytest.mark.spec("SAF-15")
@pytest.mark.parametrize("names", [["Bullying"], ["Neglect"]])
def test_default_group_is_alerted_when_nobody_is_chosen(choose, cast, names):
    assert choose(names=names, author=cast.support) == {"lead": "default", "deputy": "default"}


@pytest.mark.spec("SAF-15")
def test_choosing_only_people_who_left_alerts_the_default_group(choose, cast):
    deactivate(cast.teacher)
    assert choose(cast.teacher) == {"lead": "default", "deputy": "default"}


@pytest.mark.spec("SAF-15", "INC-23")
def test_group_never_alerts_the_author(choose, cast, pastoral_group):
    assert choose(groups=[pastoral_group], author=cast.teacher) == {"head": "group"}
    assert choose(author=cast.lead) == {"deputy": "default"}
    assert choose(cast.lead, author=cast.lead) == {"lead": "chosen"}


@pytest.mark.spec("SAF-15")
def test_somebody_is_alerted_however_few_are_left(choose, cast):
    deactivate(cast.deputy)
    # The default group is the author alone: editors beyond it are told.
    assert choose(author=cast.lead) == {"head": "default"}
    deactivate(cast.lead)
    assert choose(author=cast.teacher) == {"head": "default"}
    assert choose(author=cast.head) == {"head": "default"}


@pytest.mark.spec("INC-22")
def test_account_that_is_nobodys_member_of_staff_is_not_alerted(choose, cast):
    stranger = create_user(email="s@ashgrove.sch.example", first_name="S", last_name="T", by=SYSTEM)
    found = choose_recipients(chosen=[stranger.pk], groups=[], category_ids=[], author_id=None)
    assert stranger.pk not in found
    assert len(found) == 2


def test_action_may_alert_nobody(choose, cast, pastoral_group):
    assert choose(is_action=True) == {}
    assert choose(groups=[pastoral_group], author=cast.head, is_action=True) == {"teacher": "group"}


@pytest.fixture
def away(in_a, cast):
    """`away(lead, cover)`: the first is away today, the second stands in."""
    from django.utils import timezone

    from tenant_apps.staff.models import StaffMember

    def make(person, cover, days=0):
        day = timezone.localdate() + timedelta(days=days)
        StaffMember.objects.filter(user=person.user).update(away_from=day, away_to=day, cover=cover.user)

    return make


@pytest.mark.spec("SAF-20")
def test_who_covers_for_somebody_is_alerted_as_well(choose, cast, away):
    away(cast.lead, cast.teacher)
    assert choose(cast.lead) == {"lead": "chosen", "teacher": "chosen"}
    assert choose(groups=[default_alert_group()])["teacher"] == "group"
    assert choose(cast.lead, author=cast.teacher) == {"lead": "chosen"}
    away(cast.lead, cast.teacher, days=1)
    assert choose(cast.lead) == {"lead": "chosen"}


@pytest.mark.spec("SAF-20")
def test_assignment_goes_to_the_cover_too(cast, away, carrying, run_outbox, mailbox):
    from core.db.keys import uuid7
    from tenant_apps.alerts.models import Alert
    from tenant_apps.alerts.services import notify_assignment

    away(cast.lead, cast.pastoral)
    incident = uuid7()
    notify_assignment(
        record_id=incident,
        assignee_id=cast.lead.user.pk,
        category_ids=carrying("Bullying"),
        by=cast.head.access,
    )
    alert = Alert.objects.get()
    assert (alert.recipient_id, alert.reason) == (cast.pastoral.user.pk, "assigned")
    run_outbox()
    told = sorted(mail.recipient for mail in mailbox.messages())
    assert told == sorted([cast.lead.user.email, cast.pastoral.user.email])


@pytest.mark.spec("USR-40")
def test_rules_alert_after_groups_and_never_the_author(choose, cast, pastoral_group):
    found = choose(
        groups=[pastoral_group], automatic=[cast.teacher.user.pk, cast.lead.user.pk], author=cast.lead
    )
    assert found == {"head": "group", "teacher": "group"}
    assert choose(cast.head, automatic=[cast.teacher.user.pk]) == {"head": "chosen", "teacher": "automatic"}
