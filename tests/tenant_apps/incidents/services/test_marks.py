import pytest

from core.db.keys import uuid7


@pytest.fixture
def body(in_a):
    from tenant_apps.maps.selectors import enabled_maps

    return enabled_maps()[0]


@pytest.fixture
def marked(body):
    """A mark to be given, on the Body Map unless told otherwise."""
    from tenant_apps.incidents.selectors.marks import Marked

    def make(text="", x=0.25, y=0.5, number=None, on=None):
        return Marked(on or body.id, x, y, text, number)

    return make


def stored(written):
    return [(row.number, row.text) for row in written.marks.order_by("number")]


def edit(incident, by, **changes):
    from tenant_apps.incidents.selectors import latest_version
    from tenant_apps.incidents.services import edit_incident

    given = {
        "seen": latest_version(incident),
        "text": incident.text,
        "happened_at": incident.happened_at,
        "category_ids": incident.carried.values_list("category", flat=True),
    }
    return edit_incident(incident_id=incident.pk, by=by, **(given | changes))


@pytest.mark.spec("INC-17")
def test_marks_are_stored_with_the_incident_in_one_row_of_numbers(add, marked, cast):
    from tenant_apps.maps.services import add_map
    from tests.data.pictures import drawn

    site = add_map(title="Site", picture=drawn(), by=cast.head.access)
    incident = add(marks=[marked("graze"), marked("fell here", 0.1, 0.9, on=site.pk), marked()])
    assert stored(incident) == [(1, "graze"), (2, "fell here"), (3, "")]
    assert incident.marks.get(number=2).map_id == site.pk
    assert (incident.marks.get(number=2).x, incident.marks.get(number=2).y) == (0.1, 0.9)
    assert [one["text"] for one in incident.versions.get().snapshot["marks"]] == ["graze", "fell here", ""]


def test_a_form_sent_twice_makes_one_incident_and_other_marks_another(add, marked):
    key = uuid7()
    once = add(incident_id=key, marks=[marked("graze")])
    assert add(incident_id=key, marks=[marked("graze")]).pk == once.pk
    other = add(incident_id=key, marks=[marked("graze"), marked("bump")])
    assert other.pk != once.pk
    assert stored(other) == [(1, "graze"), (2, "bump")]


@pytest.mark.spec("MAP-02")
def test_numbers_once_stored_stay_with_their_marks_and_are_not_used_again(add, marked, cast):
    incident = add(marks=[marked("graze"), marked("bump"), marked("cut")])
    edit(
        incident,
        cast.lead.access,
        marks=[marked("a graze, 2 cm", 0.9, 0.9, number=1), marked("bump", number=2)],
    )
    assert stored(incident) == [(1, "a graze, 2 cm"), (2, "bump")]
    assert incident.marks.get(number=1).x == 0.25, "a stored mark stays where it is"
    edit(
        incident, cast.lead.access, marks=[marked("bump", number=2), marked("burn"), marked("bite", number=9)]
    )
    assert stored(incident) == [(2, "bump"), (4, "burn"), (5, "bite")]
    kept = [
        [one["text"] for one in shot["marks"]]
        for shot in incident.versions.order_by("made_at", "id").values_list("snapshot", flat=True)
    ]
    assert kept == [["graze", "bump", "cut"], ["a graze, 2 cm", "bump"], ["bump", "burn", "bite"]]


def test_an_edit_that_says_nothing_of_marks_leaves_them(add, marked, cast):
    incident = add(marks=[marked("graze")])
    edit(incident, cast.lead.access, text="Other words.")
    assert stored(incident) == [(1, "graze")]
    edit(incident, cast.lead.access, text="Other words.", marks=[marked("graze", number=1)])
    assert incident.versions.count() == 2, "nothing changed"


def test_marks_go_where_the_words_go_and_come_back_with_them(add, marked, cast):
    from tenant_apps.incidents.services import merge_incidents, split_action

    main, surplus, third = (
        add(marks=[marked("mine")]),
        add(marks=[marked("graze")]),
        add(marks=[marked("late")]),
    )
    merge_incidents(surplus_id=third.pk, main_id=surplus.pk, by=cast.lead.access)
    merge_incidents(surplus_id=surplus.pk, main_id=main.pk, by=cast.lead.access)
    actions = {action.merged_from_id: action for action in main.actions.all()}
    assert stored(actions[surplus.pk]) == [(1, "graze")]
    assert stored(actions[third.pk]) == [(1, "late")], "they stand beneath the main one too"
    assert [row.text for row in main.marks.filter(action=None)] == ["mine"]
    assert [one["text"] for one in actions[surplus.pk].versions.latest("made_at").snapshot["marks"]] == [
        "graze"
    ]
    carried = main.carried.values_list("category", flat=True)
    again = split_action(action_id=actions[surplus.pk].pk, category_ids=carried, by=cast.lead.access)
    assert stored(again) == [(1, "graze")]
    shots = [shot["marks"] for shot in again.versions.values_list("snapshot", flat=True)]
    assert all([one["text"] for one in marks] == ["graze"] for marks in shots)


def test_a_version_without_marks_gets_none_of_those_that_stand_now(add, marked, cast):
    """What was kept before there were maps says nothing of marks; they were not there then."""
    from tenant_apps.incidents.models import ActionVersion
    from tenant_apps.incidents.services import merge_incidents, split_action

    main, surplus = add(), add(marks=[marked("graze")])
    merge_incidents(surplus_id=surplus.pk, main_id=main.pk, by=cast.lead.access)
    action = main.actions.get()
    first = action.versions.earliest("made_at", "id")
    shot = {key: value for key, value in first.snapshot.items() if key != "marks"}
    ActionVersion.objects.create(action=action, made_at=first.made_at, snapshot=shot | {"text": "of old"})
    again = split_action(
        action_id=action.pk, category_ids=main.carried.values_list("category", flat=True), by=cast.lead.access
    )
    assert again.versions.get(snapshot__text="of old").snapshot["marks"] == []
