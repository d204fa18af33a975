import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from core.access import SYSTEM
from core.audit.models import AuditEvent
from tenant_apps.categories.models import Category
from tenant_apps.categories.selectors import all_categories, category_map, followed, is_deletable
from tenant_apps.categories.services import (
    delete_or_disable,
    hold_categories,
    merge_categories,
    save_category,
)
from tenant_apps.staff.models import CategoryPermission


def by_name(name):
    return next(one for one in all_categories() if one.name == name)


def kept(view, **changes):
    """The values of a category as they are, but for some."""
    return {
        "category_id": view.id,
        "name": view.name,
        "colour": view.colour,
        "parent_id": view.parent_id,
        "is_restricting": view.is_restricting,
        "starts_monitoring": view.starts_monitoring,
        "always_alerts": view.always_alerts,
    } | changes


@pytest.mark.spec("CAT-04")
def test_category_is_added_at_the_end_at_the_top_or_beneath_another(in_a, cast):
    sport = save_category(name=" Sport  days ", colour="k4", by=cast.head.access)
    swimming = save_category(name="Swimming", colour="k5", parent_id=sport.id, by=cast.head.access)
    assert [one.name for one in all_categories()][-2:] == ["Sport days", "Swimming"]
    assert category_map()[swimming.id].parent_id == sport.id
    assert category_map()[sport.id].parent_id is None
    assert AuditEvent.objects.filter(event="category.added", record_id=swimming.id).exists()


@pytest.mark.spec("CAT-02")
@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"name": "  "}, "name", "Give the category a name."),
        ({"name": "behaviour"}, "name", "There is a category of this name at the top level already."),
        ({"name": "bullying", "parent": "Behaviour"}, "name", "of this name under “Behaviour” already"),
        ({"parent": "Parental Contact"}, "parent", "cannot be its own parent"),
        ({"parent": "Bullying"}, "parent", "is a sub-category itself"),
    ],
)
def test_category_that_would_not_fit_is_refused_with_a_sentence(in_a, cast, changes, field, sentence):
    parent = changes.pop("parent", None)
    given = kept(by_name("Parental Contact"), **changes, parent_id=by_name(parent).id if parent else None)
    before = all_categories()
    with pytest.raises(ValidationError) as refused:
        save_category(**given, by=cast.head.access)
    assert sentence in refused.value.message_dict[field][0]
    assert all_categories() == before


@pytest.mark.spec("CAT-04")
def test_category_with_sub_categories_stays_at_the_top_level(in_a, cast):
    with pytest.raises(ValidationError, match="has sub-categories"):
        save_category(
            **kept(by_name("Behaviour"), parent_id=by_name("Parental Contact").id), by=cast.head.access
        )


@pytest.mark.spec("USR-30")
@pytest.mark.parametrize("part", ["lead", "teacher", "support"])
def test_only_administrators_change_the_tree(in_a, cast, part):
    access, view = getattr(cast, part).access, by_name("Parental Contact")
    before = all_categories()
    for attempt in (
        lambda: save_category(**kept(view, name="Mates"), by=access),
        lambda: merge_categories(source_id=view.id, target_id=by_name("Behaviour").id, by=access),
        lambda: delete_or_disable(category_id=view.id, by=access),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    assert all_categories() == before


@pytest.mark.spec("CAT-17")
def test_category_that_nothing_ever_named_is_deleted_in_full_with_its_rights(in_a, cast):
    view = by_name("Parental Contact")
    assert CategoryPermission.objects.filter(category_id=view.id).exists()
    assert is_deletable(view.id)
    assert delete_or_disable(category_id=view.id, by=cast.head.access)
    assert not Category.objects.filter(pk=view.id).exists()
    assert not CategoryPermission.objects.filter(category_id=view.id).exists()
    assert AuditEvent.objects.filter(event="category.deleted", record_id=view.id).exists()


@pytest.mark.spec("CAT-18")
def test_category_with_sub_categories_is_only_disabled(in_a, cast):
    view = by_name("Behaviour")
    assert not delete_or_disable(category_id=view.id, by=cast.head.access)
    assert not by_name("Behaviour").is_enabled


@pytest.mark.spec("CAT-12")
@pytest.mark.parametrize(
    ("source", "target", "sentence"),
    [
        ("Behaviour", "Behaviour", "cannot be merged with itself"),
        ("Behaviour", "Bullying", "is a sub-category of “Behaviour”"),
        ("Behaviour", "Self-harm", "would be a third level"),
    ],
)
def test_merge_that_would_not_fit_is_refused_with_a_sentence(in_a, cast, source, target, sentence):
    with pytest.raises(ValidationError, match=sentence):
        merge_categories(source_id=by_name(source).id, target_id=by_name(target).id, by=cast.head.access)
    assert by_name(source)


@pytest.mark.spec("CAT-12")
def test_merge_of_parents_that_both_have_a_sub_category_of_one_name_is_refused(in_a, cast):
    save_category(name="bullying", colour="k1", parent_id=by_name("Attendance").id, by=SYSTEM)
    with pytest.raises(ValidationError, match="Both have a sub-category"):
        merge_categories(
            source_id=by_name("Behaviour").id, target_id=by_name("Attendance").id, by=cast.head.access
        )


@pytest.mark.spec("CAT-12")
def test_merged_category_leads_on_takes_its_sub_categories_along_and_frees_its_name(in_a, cast):
    old, new = by_name("Behaviour"), by_name("Attendance")
    below = [one.id for one in all_categories() if one.parent_id == old.id]
    merge_categories(source_id=old.id, target_id=new.id, by=cast.head.access)
    tree = category_map()
    assert old.id not in tree
    assert {tree[one].parent_id for one in below} == {new.id}
    assert followed([old.id, below[0]], categories=tree) == [new.id, below[0]]
    assert hold_categories([old.id]) == {old.id: new.id}
    assert not CategoryPermission.objects.filter(category_id=old.id).exists()
    last = save_category(name="Behaviour", colour="k1", by=cast.head.access)
    # Twice merged leads to the end in one step.
    merge_categories(source_id=new.id, target_id=last.id, by=cast.head.access)
    assert followed([old.id], categories=category_map()) == [last.id]
    event = AuditEvent.objects.filter(event="category.merged", record_id=old.id).get()
    assert event.detail["into"] == str(new.id)
