import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from core.access import SYSTEM
from core.audit.models import AuditEvent
from tenant_apps.categories.selectors import all_categories
from tenant_apps.categories.services import NewCategory, add_categories, set_category_enabled


def by_name(name):
    return next(one for one in all_categories() if one.name == name)


@pytest.mark.spec("CAT-04")
def test_tree_is_made_with_parents_and_colours_in_any_order(in_a):
    add_categories(
        rows=[NewCategory(name="Swimming", parent="Sport"), NewCategory(name="Sport", colour="#0f766e")],
        by=SYSTEM,
    )
    sport, swimming = by_name("Sport"), by_name("Swimming")
    assert sport.parent_id is None
    assert swimming.parent_id == sport.id
    assert sport.colour == swimming.colour == "k2"


@pytest.mark.spec("CAT-04")
@pytest.mark.parametrize(
    "rows",
    [
        [NewCategory(name="Lost", parent="Nowhere")],
        [NewCategory(name="One", parent="Two"), NewCategory(name="Two", parent="One")],
        [NewCategory(name="Twice"), NewCategory(name="twice")],
    ],
    ids=["unknown parent", "circle", "twice"],
)
def test_impossible_tree_is_refused_whole(in_a, rows):
    before = len(all_categories())
    with pytest.raises(ValidationError), transaction.atomic():
        add_categories(rows=rows, by=SYSTEM)
    assert len(all_categories()) == before


def test_name_stands_once_under_a_parent(in_a):
    with pytest.raises(IntegrityError), transaction.atomic():
        add_categories(rows=[NewCategory(name="BEHAVIOUR")], by=SYSTEM)


@pytest.mark.spec("USR-30")
def test_only_administrators_make_and_disable_categories(in_a, cast):
    before = all_categories()
    with pytest.raises(PermissionDenied):
        add_categories(rows=[NewCategory(name="Sport")], by=cast.lead.access)
    with pytest.raises(PermissionDenied):
        set_category_enabled(category_id=before[0].id, enabled=False, by=cast.lead.access)
    assert all_categories() == before
    set_category_enabled(category_id=before[0].id, enabled=False, by=cast.head.access)
    assert not by_name(before[0].name).is_enabled
    assert AuditEvent.objects.filter(event="category.disabled", record_id=before[0].id).exists()
