import re
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from core.access import SYSTEM
from tenant_apps.categories import selectors
from tenant_apps.categories.enums import LIGHT_HEX
from tenant_apps.categories.selectors import CategoryView
from tenant_apps.categories.services import set_category_enabled

TOKENS = Path(__file__).resolve().parents[3] / "static/css/tokens.css"


def by_name(name):
    return next(one for one in selectors.all_categories() if one.name == name)


def names(ids):
    tree = selectors.category_map()
    return {tree[one].name for one in ids}


@st.composite
def trees(draw):
    """A tree of up to three levels with any mix of Restricting and starting, and some of its categories."""
    views = []
    for number in range(draw(st.integers(1, 9))):
        parent = draw(st.sampled_from([None, *views])) if number else None
        if parent is not None and parent.parent_id and draw(st.booleans()):
            parent = None
        views.append(
            CategoryView(
                id=uuid4(),
                name=str(number),
                parent_id=parent.id if parent else None,
                colour="k1",
                is_restricting=draw(st.booleans()),
                starts_monitoring=draw(st.booleans()),
                always_alerts=False,
                is_enabled=True,
            )
        )
    tree = {view.id: view for view in views}
    return tree, set(draw(st.lists(st.sampled_from(sorted(tree)), max_size=5)))


def ancestors(tree, one):
    above = []
    while tree[one].parent_id is not None:
        one = tree[one].parent_id
        above.append(one)
    return above


@pytest.mark.spec("SAF-01")
@given(trees())
def test_closing_upward_agrees_with_a_plain_reading_of_the_rule(drawn):
    tree, ids = drawn
    closed = selectors.close_upward(ids, categories=tree)
    assert closed == {
        one for one in tree if one in ids or any(one in ancestors(tree, other) for other in ids)
    }
    assert selectors.close_upward(closed, categories=tree) == closed


@pytest.mark.spec("SAF-01")
@given(trees())
def test_leaves_agree_with_a_plain_reading_of_the_rule(drawn):
    tree, ids = drawn
    closed = selectors.close_upward(ids, categories=tree)
    found = selectors.leaves(closed, categories=tree)
    assert found == {one for one in closed if not any(tree[other].parent_id == one for other in closed)}
    assert selectors.close_upward(found, categories=tree) == closed


@pytest.mark.spec("INC-36")
@given(trees())
def test_what_begins_monitoring_never_shows_an_open_parent_for_a_restricting_child(drawn):
    tree, ids = drawn
    closed = selectors.close_upward(ids, categories=tree)
    begun = selectors.begins_monitoring(closed, categories=tree)
    assert begun <= closed
    for one in closed:
        if not tree[one].starts_monitoring:
            assert one not in begun
        elif tree[one].is_restricting:
            assert one in begun
        else:
            # Some way down from it, to the end, meets no Restricting category.
            below = {other for other in closed if one in ancestors(tree, other)}
            ends = {other for other in selectors.leaves(closed, categories=tree) if other in below | {one}}
            clear = any(
                not tree[end].is_restricting
                and not any(tree[step].is_restricting for step in ancestors(tree, end) if step in below)
                for end in ends
            )
            assert (one in begun) == clear


@pytest.mark.spec("SAF-01", "INC-13")
def test_sub_category_carries_its_parent_and_is_the_most_specific(in_a):
    bullying = by_name("Bullying")
    closed = selectors.close_upward([bullying.id])
    assert names(closed) == {"Behaviour", "Bullying"}
    assert selectors.leaves(closed) == {bullying.id}


@pytest.mark.spec("INC-36")
def test_restricting_sub_category_starts_for_itself_only(in_a):
    def begun(*chosen):
        closed = selectors.close_upward(by_name(name).id for name in chosen)
        return names(selectors.begins_monitoring(closed))

    assert begun("Self-harm") == {"Self-harm"}
    assert begun("Mental Health") == {"Mental Health"}
    assert begun("Neglect") == {"Child Protection", "Neglect"}
    assert begun("First Aid") == set()


def test_whole_tree_is_one_query_and_parents_come_first(in_a):
    with CaptureQueriesContext(connection) as queries:
        tree = selectors.category_map()
        selectors.close_upward(tree, categories=tree)
        selectors.leaves(set(tree), categories=tree)
    assert len(queries) == 1
    seen = set()
    for category in tree.values():
        assert category.parent_id is None or category.parent_id in seen
        seen.add(category.id)


@pytest.mark.spec("INC-12", "INC-13", "CAT-08", "CAT-19")
def test_form_offers_enabled_categories_of_ones_group_beneath_their_parents(in_a, cast):
    def offered(access):
        return {
            one.category.name: [child.category.name for child in one.children]
            for one in selectors.offered_to(access)
        }

    teacher = offered(cast.teacher.access)
    assert teacher["Cause for Concern"] == ["Disclosure", "Change in behaviour"]
    assert teacher["Mental Health"] == []
    assert "Child Protection" not in teacher
    assert offered(cast.support.access) == teacher
    assert offered(cast.data.access) == {}
    assert "Neglect" in offered(cast.lead.access)["Child Protection"]
    set_category_enabled(category_id=by_name("Behaviour").id, enabled=False, by=SYSTEM)
    assert "Behaviour" not in offered(cast.teacher.access)
    assert "Behaviour" in names(cast.teacher.access.view_incidents)


@pytest.mark.spec("INC-12", "CAT-09")
def test_parent_without_the_right_leads_to_the_sub_category_with_it(in_a, cast):
    self_harm = by_name("Self-harm").id
    from dataclasses import replace

    access = replace(cast.teacher.access, add_incidents=frozenset({self_harm}))
    (mental_health,) = selectors.offered_to(access)
    assert (mental_health.category.name, mental_health.can_choose) == ("Mental Health", False)
    assert [(one.category.name, one.can_choose) for one in mental_health.children] == [("Self-harm", True)]


@pytest.mark.spec("SAF-15")
def test_cause_for_concern_and_restricting_categories_preselect_the_default_group(in_a):
    tree = selectors.category_map()
    always = {tree[one].name for one in selectors.always_alerting(tree)}
    restricting = {one.name for one in tree.values() if one.is_restricting}
    assert always == restricting | {"Cause for Concern"}


@pytest.mark.spec("INC-32", "SAF-10")
def test_mail_names_open_categories_and_those_restricting_ones_one_may_view(in_a, cast):
    ids = selectors.close_upward([by_name("Self-harm").id, by_name("Bullying").id])

    def named(person):
        found = selectors.named_for(ids, view_incidents=person.access.view_incidents)
        return [category.name for category in found]

    assert named(cast.lead) == ["Behaviour", "Bullying", "Mental Health", "Self-harm"]
    assert named(cast.support) == ["Behaviour", "Bullying", "Mental Health"]
    assert selectors.named_for([by_name("Neglect").id], view_incidents=frozenset()) == []


@pytest.mark.spec("CAT-03")
def test_palette_is_the_stylesheets(in_a):
    light = TOKENS.read_text().split("}")[0]
    in_stylesheet = dict(re.findall(r"--(k\d+): (#[0-9a-f]{6})", light))
    assert {colour.value: value for colour, value in LIGHT_HEX.items()} == in_stylesheet


@pytest.mark.spec("CAT-03")
@pytest.mark.parametrize("colour", list(LIGHT_HEX))
def test_colour_of_the_palette_is_its_own_nearest(colour):
    assert selectors.nearest_colour(LIGHT_HEX[colour]) == colour


@pytest.mark.spec("CAT-03")
@pytest.mark.parametrize(
    ("value", "colour"),
    [
        ("#b3261e", "k10"),
        ("#6d28d9", "k1"),
        ("#1d4ed8", "k7"),
        ("#15803d", "k8"),
        ("#334155", "k12"),
        ("#f0f", "k11"),
    ],
)
def test_hex_takes_the_nearest_colour(value, colour):
    assert selectors.nearest_colour(value) == colour


@pytest.mark.parametrize("value", ["purple-ish", "", "#12", "#gggggg"])
def test_nearest_colour_of_no_colour_raises(value):
    with pytest.raises(ValueError, match=r"colour|base 16"):
        selectors.nearest_colour(value)
