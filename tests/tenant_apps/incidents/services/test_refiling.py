from datetime import timedelta

import pytest

from core.access import SYSTEM
from core.db.clock import now
from core.db.keys import uuid7
from tenant_apps.categories.selectors import category_map, is_deletable
from tenant_apps.categories.services import delete_or_disable, merge_categories, save_category
from tenant_apps.incidents.models import ActionCategory, Incident, IncidentCategory
from tenant_apps.incidents.selectors import Reading, readers_changed
from tenant_apps.incidents.services import add_action
from tenant_apps.monitoring.models import Monitoring
from tenant_apps.monitoring.selectors import monitored_students, monitoring_history
from tenant_apps.monitoring.services import end, start
from tenant_apps.staff.selectors import groups_viewing


def carried(incident):
    """Names of what the incident carries, each with whether it is one of the most specific."""
    return {
        row.category.name: row.is_leaf
        for row in IncidentCategory.objects.filter(incident=incident).select_related("category")
    }


def merge(category, source, target):
    merge_categories(source_id=category(source), target_id=category(target), by=SYSTEM)


@pytest.mark.spec("CAT-14")
@pytest.mark.spec("CAT-16")
def test_incidents_of_the_merged_category_carry_the_other_once(in_a, add, category):
    alone, both, beside = add("Parental Contact"), add("Parental Contact", "Medical"), add("Medical")
    versions = [list(one.versions.values_list("snapshot", flat=True)) for one in (alone, both)]
    merge(category, "Parental Contact", "Medical")
    for incident in (alone, both, beside):
        assert carried(incident) == {"Medical": True}
    assert [list(one.versions.values_list("snapshot", flat=True)) for one in (alone, both)] == versions


@pytest.mark.spec("CAT-14")
@pytest.mark.parametrize(
    ("filed", "source", "target", "wanted"),
    [
        (["Parental Contact"], "Parental Contact", "Bullying", {"Behaviour": False, "Bullying": True}),
        (["Bullying"], "Bullying", "Behaviour", {"Behaviour": True}),
        (["Bullying"], "Bullying", "Self-harm", {"Mental Health": False, "Self-harm": True}),
        (
            ["Bullying", "Physical Intervention"],
            "Bullying",
            "Self-harm",
            {"Behaviour": False, "Physical Intervention": True, "Mental Health": False, "Self-harm": True},
        ),
        (["Bullying"], "Behaviour", "Attendance", {"Attendance": False, "Bullying": True}),
        (["Bullying", "Attendance"], "Bullying", "Punctuality", {"Attendance": False, "Punctuality": True}),
    ],
)
def test_merge_closes_upward_anew(in_a, add, category, filed, source, target, wanted):
    incident = add(*filed)
    merge(category, source, target)
    assert carried(incident) == wanted


@pytest.mark.spec("CAT-14")
def test_categories_that_actions_added_move_too_and_one_in_force_does_not_wait_again(
    in_a, add, cast, category
):
    incident = add("Attendance", alert_user_ids=[cast.support.user.pk])

    def action(by, *names):
        return add_action(
            action_id=uuid7(),
            incident_id=incident.pk,
            text="Seen.",
            happened_at=now(),
            category_ids=[category(name) for name in names],
            by=by.access,
        )

    both, only = action(cast.lead, "Parental Contact", "Medical"), action(cast.lead, "SEND")
    ActionCategory.objects.filter(action=both, category=category("Medical")).update(state="waiting")
    merge(category, "Parental Contact", "Medical")
    merge(category, "SEND", "Medical")
    rows = ActionCategory.objects.filter(action__in=[both.pk, only.pk])
    assert {(row.action_id, row.category_id, row.state) for row in rows} == {
        (both.pk, category("Medical"), "in_force"),
        (only.pk, category("Medical"), "in_force"),
    }


@pytest.mark.spec("CAT-15")
@pytest.mark.spec("CAT-16")
def test_monitoring_goes_on_under_the_other_category_once(in_a, cast, students_a, category):
    first, second, third = students_a[:3]
    weeks = [now() - timedelta(weeks=number) for number in range(4)]
    old, new = category("Parental Contact"), category("Medical")

    def begin(student, where, at):
        source = ("hand", None)
        start(student_ids=[student.pk], category_ids=[where], by=SYSTEM, source=source, at=at)

    begin(first, old, weeks[1])
    begin(second, old, weeks[2])
    begin(second, new, weeks[1])
    begin(third, old, weeks[3])
    end(student_ids=[third.pk], category_ids=[old], by=SYSTEM, at=weeks[2])
    merge(category, "Parental Contact", "Medical")
    now_on = Monitoring.objects.filter(ended_at=None).values_list("student", "category", "started_at")
    assert set(now_on) == {(first.pk, new, weeks[1]), (second.pk, new, weeks[2])}
    lead = cast.lead.access
    assert set(monitored_students(lead, new)) <= {first.pk, second.pk}
    assert [stretch.category.id for stretch in monitoring_history(lead, second.pk)] == [new]
    past = monitoring_history(lead, third.pk)
    assert [(stretch.category.id, stretch.ended_at) for stretch in past] == [(new, weeks[2])]


@pytest.mark.spec("CAT-14")
def test_merge_moves_ten_thousand_incidents_with_few_statements(
    in_a, add, category, cast, django_assert_max_num_queries
):
    pattern = add("Bullying")
    made = Incident.objects.bulk_create(
        Incident(
            text="Pushed.", happened_at=pattern.happened_at, recorded_at=pattern.recorded_at, source="import"
        )
        for _ in range(10_000)
    )
    rows = [(category("Behaviour"), False), (category("Bullying"), True)]
    IncidentCategory.objects.bulk_create(
        IncidentCategory(incident=incident, category_id=one, is_leaf=is_leaf)
        for incident in made
        for one, is_leaf in rows
    )
    with django_assert_max_num_queries(90):
        merge(category, "Bullying", "Self-harm")
    counted = IncidentCategory.objects.filter(category=category_of("Self-harm"), is_leaf=True).count()
    assert counted == 10_001
    assert not IncidentCategory.objects.filter(category=category_of("Behaviour")).exists()


def category_of(name):
    return next(one.id for one in category_map().values() if one.name == name)


@pytest.mark.spec("CAT-09")
def test_moving_a_sub_category_takes_its_incidents_along(in_a, add, category):
    incident = add("Bullying")
    view = category_map()[category("Bullying")]
    save_category(
        category_id=view.id,
        name=view.name,
        colour=view.colour,
        parent_id=category("Parental Contact"),
        by=SYSTEM,
    )
    assert carried(incident) == {"Parental Contact": False, "Bullying": True}


@pytest.mark.spec("CAT-18")
def test_category_that_only_a_kept_version_names_is_disabled_and_not_deleted(in_a, add, category):
    incident = add("Parental Contact", "Medical")
    IncidentCategory.objects.filter(incident=incident, category=category("Parental Contact")).delete()
    assert not is_deletable(category("Parental Contact"))
    assert not delete_or_disable(category_id=category("Parental Contact"), by=SYSTEM)
    assert not category_map()[category("Parental Contact")].is_enabled


@pytest.mark.spec("INC-40")
def test_readers_are_compared_by_the_rule_before_and_after(in_a, add, category):
    add("Bullying")
    add("Self-harm")
    tree = category_map()
    viewing = {group: seen for group, (_, seen) in groups_viewing().items()}
    names = {group: name for group, (name, _) in groups_viewing().items()}
    rules = Reading(tree, viewing)

    def compare(**changes):
        change = readers_changed(**({"touching": [], "before": rules, "after": rules} | changes))
        return (
            {names[group]: number for group, number in change.gained.items()},
            {names[group]: number for group, number in change.lost.items()},
        )

    self_harm, bullying = category("Self-harm"), category("Bullying")
    gained, lost = compare(touching=[self_harm], moves={self_harm: bullying})
    assert gained == {"Pastoral leads": 1, "Teachers": 1}
    assert lost == {}
    gained, lost = compare(touching=[bullying], moves={bullying: self_harm})
    assert gained == {}
    assert lost == {"Pastoral leads": 1, "Teachers": 1}
    assert compare(touching=[category("Medical")], moves={category("Medical"): self_harm}) == ({}, {})
