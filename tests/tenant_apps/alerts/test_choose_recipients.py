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
