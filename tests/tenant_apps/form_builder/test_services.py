import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from core.access import SYSTEM
from core.audit.models import AuditEvent
from tenant_apps.categories.selectors import all_categories, is_deletable
from tenant_apps.categories.services import delete_or_disable, merge_categories, save_category
from tenant_apps.form_builder import services
from tenant_apps.form_builder.enums import Form, Kind
from tenant_apps.form_builder.models import CustomField, FormEdition, FormItem
from tenant_apps.form_builder.selectors import standing_form, working_form


def category(name):
    return next(one for one in all_categories() if one.name == name)


def keys(items):
    return [item.key for item in items]


def field(items, field_id):
    return next(item for item in items if item.key == str(field_id))


@pytest.fixture
def people_involved(in_a, cast):
    return services.save_field(
        form=Form.INCIDENT,
        name=" People  Involved ",
        kind=Kind.MULTILINE,
        advice="Full names, once.",
        by=cast.head.access,
    )


@pytest.mark.spec("FRM-20")
@pytest.mark.spec("FRM-14")
def test_worked_example_reaches_users_only_with_update_custom_form(cast, people_involved):
    before = standing_form(Form.INCIDENT)
    working = working_form(Form.INCIDENT)
    assert working.items[-1].key == str(people_involved)
    moved = [key for key in keys(working.items) if key != str(people_involved)]
    moved.insert(moved.index("text") + 1, str(people_involved))
    services.set_order(form=Form.INCIDENT, keys=moved, by=cast.head.access)
    assert standing_form(Form.INCIDENT) == before
    assert working_form(Form.INCIDENT).is_changed

    services.publish(form=Form.INCIDENT, by=cast.head.access)
    now = standing_form(Form.INCIDENT)
    assert keys(now.items)[:3] == ["student", "text", str(people_involved)]
    item = field(now.items, people_involved)
    assert (item.name, item.kind, item.advice) == ("People Involved", Kind.MULTILINE, "Full names, once.")
    assert item.category_ids == frozenset()
    assert not working_form(Form.INCIDENT).is_changed
    assert standing_form(Form.ACTION).custom == ()
    event = AuditEvent.objects.filter(event="form.published").latest("id")
    assert event.detail["order"] == keys(now.items)


@pytest.mark.spec("FRM-02")
def test_student_stays_first_and_an_order_of_other_fields_is_refused(cast, people_involved):
    order = keys(working_form(Form.INCIDENT).items)
    services.set_order(form=Form.INCIDENT, keys=order[::-1], by=cast.head.access)
    assert keys(working_form(Form.INCIDENT).items) == ["student", *order[:0:-1]]
    for wrong in (order[:-1], [*order, "text"], [*order[:-1], "no such field"]):
        with pytest.raises(ValidationError):
            services.set_order(form=Form.INCIDENT, keys=wrong, by=cast.head.access)


@pytest.mark.spec("FRM-03")
@pytest.mark.spec("FRM-13")
def test_any_field_takes_an_advice_message(cast, people_involved):
    for key in ("files", str(people_involved)):
        services.set_advice(form=Form.INCIDENT, key=key, advice=" Mind this. ", by=cast.head.access)
    services.publish(form=Form.INCIDENT, by=cast.head.access)
    advice = standing_form(Form.INCIDENT).advice
    assert advice["files"] == advice[str(people_involved)] == "Mind this."
    services.set_advice(form=Form.INCIDENT, key="files", advice="", by=cast.head.access)
    services.publish(form=Form.INCIDENT, by=cast.head.access)
    assert "files" not in standing_form(Form.INCIDENT).advice
    with pytest.raises(CustomField.DoesNotExist):
        services.set_advice(form=Form.ACTION, key=str(people_involved), advice="x", by=cast.head.access)
    with pytest.raises(ValidationError):
        services.set_advice(form=Form.ACTION, key="text", advice="x" * 2001, by=cast.head.access)


@pytest.mark.spec("FRM-10")
def test_only_a_dropdown_has_options_enforcement_and_several_answers(in_a, cast):
    common = {
        "form": Form.ACTION,
        "options": ["Yes", " ", "No  thanks"],
        "is_enforced": True,
        "allows_multiple": True,
        "by": cast.head.access,
    }
    dropdown = services.save_field(name="Told?", kind=Kind.DROPDOWN, **common)
    text = services.save_field(name="Whom?", kind=Kind.TEXT, **common)
    items = working_form(Form.ACTION).items
    asked = field(items, dropdown)
    assert (asked.options, asked.is_enforced, asked.allows_multiple) == (("Yes", "No thanks"), True, True)
    plain = field(items, text)
    assert (plain.options, plain.is_enforced, plain.allows_multiple) == ((), False, False)
    for options in ([], [" "], ["Yes", "yes "], [str(number) for number in range(101)], ["x" * 201]):
        with pytest.raises(ValidationError, match="option"):
            services.save_field(**common | {"name": "Other", "kind": Kind.DROPDOWN, "options": options})


@pytest.mark.spec("FRM-05")
@pytest.mark.parametrize("name", ["", "  ", "people INVOLVED", "x" * 121])
def test_field_needs_a_name_of_its_own(cast, people_involved, name):
    with pytest.raises(ValidationError):
        services.save_field(form=Form.INCIDENT, name=name, kind=Kind.TEXT, by=cast.head.access)


@pytest.mark.spec("FRM-19")
@pytest.mark.spec("FRM-08")
def test_field_is_amended_in_place_and_its_kind_stays_once_published(cast, people_involved):
    head = cast.head.access
    change = {"form": Form.INCIDENT, "field_id": people_involved, "name": "Who else", "by": head}
    services.save_field(kind=Kind.TEXT, **change)
    services.publish(form=Form.INCIDENT, by=head)
    assert field(standing_form(Form.INCIDENT).items, people_involved).kind == Kind.TEXT
    with pytest.raises(ValidationError, match="kind stays"):
        services.save_field(kind=Kind.DATE, **change)
    services.save_field(kind=Kind.TEXT, **change | {"name": "Others"})
    assert field(standing_form(Form.INCIDENT).items, people_involved).name == "Who else"
    with pytest.raises(CustomField.DoesNotExist):
        services.save_field(kind=Kind.TEXT, **change | {"form": Form.ACTION})


@pytest.mark.spec("FRM-19")
def test_deleted_field_leaves_the_form_with_the_next_update_and_is_kept(cast, people_involved):
    head = cast.head.access
    services.publish(form=Form.INCIDENT, by=head)
    services.delete_field(form=Form.INCIDENT, field_id=people_involved, by=head)
    assert str(people_involved) in keys(standing_form(Form.INCIDENT).items)
    services.publish(form=Form.INCIDENT, by=head)
    assert str(people_involved) not in keys(standing_form(Form.INCIDENT).items)
    gone = CustomField.objects.get(id=people_involved)
    assert gone.deleted_by_id == cast.head.user.id
    with pytest.raises(CustomField.DoesNotExist):
        services.delete_field(form=Form.INCIDENT, field_id=people_involved, by=head)
    with pytest.raises(CustomField.DoesNotExist):
        services.save_field(
            form=Form.INCIDENT, field_id=people_involved, name="Back", kind=Kind.MULTILINE, by=head
        )


def test_changes_can_be_taken_back_and_what_was_not_seen_is_not_published(cast, people_involved):
    before, seen = standing_form(Form.INCIDENT), working_form(Form.INCIDENT).token
    services.set_advice(form=Form.INCIDENT, key="text", advice="New.", by=cast.head.access)
    with pytest.raises(ValidationError):
        services.publish(form=Form.INCIDENT, seen=seen, by=cast.head.access)
    services.drop_changes(form=Form.INCIDENT, by=cast.head.access)
    assert working_form(Form.INCIDENT).items == before.items
    assert not working_form(Form.INCIDENT).is_changed


def test_only_administrators_change_forms(cast, people_involved):
    lead = cast.lead.access
    before = working_form(Form.INCIDENT)
    for refused, values in (
        (services.save_field, {"name": "x", "kind": Kind.TEXT}),
        (services.delete_field, {"field_id": people_involved}),
        (services.set_advice, {"key": "text", "advice": "x"}),
        (services.set_order, {"keys": keys(before.items)}),
        (services.publish, {}),
        (services.drop_changes, {}),
    ):
        with pytest.raises(PermissionDenied):
            refused(form=Form.INCIDENT, by=lead, **values)
    assert working_form(Form.INCIDENT) == before


@pytest.mark.spec("FRM-06")
def test_limit_follows_a_category_that_is_merged_and_counts_as_its_use(in_a, cast):
    sport, club = (save_category(name=name, colour="k1", by=SYSTEM) for name in ("Sport", "Club"))
    common = {"form": Form.INCIDENT, "kind": Kind.TEXT, "by": cast.head.access}
    both = services.save_field(name="Both", category_ids=[sport.id, club.id], **common)
    alone = services.save_field(name="Alone", category_ids=[sport.id], **common)
    assert not is_deletable(sport.id)
    assert is_deletable(club.id)
    merge_categories(source_id=sport.id, target_id=club.id, by=cast.head.access)
    items = working_form(Form.INCIDENT).items
    assert field(items, both).category_ids == field(items, alone).category_ids == {club.id}
    assert not is_deletable(club.id)
    assert delete_or_disable(category_id=club.id, by=cast.head.access) is False
    assert field(working_form(Form.INCIDENT).items, alone).category_ids == {club.id}


def test_category_that_goes_leaves_the_limits_that_have_others(in_a, cast):
    club = save_category(name="Club", colour="k1", by=SYSTEM)
    behaviour = category("Behaviour").id
    field_id = services.save_field(
        form=Form.INCIDENT,
        name="Where",
        kind=Kind.TEXT,
        category_ids=[club.id, behaviour],
        by=cast.head.access,
    )
    assert delete_or_disable(category_id=club.id, by=cast.head.access) is True
    item = field(working_form(Form.INCIDENT).items, field_id)
    assert item.category_ids == {behaviour}
    assert item.is_asked({behaviour})
    assert not item.is_asked({category("Medical").id})


def test_field_of_a_student_has_no_limit(in_a, cast):
    field_id = services.save_field(
        form=Form.STUDENT,
        name="Interpreter",
        kind=Kind.TEXT,
        category_ids=[category("Behaviour").id],
        by=cast.head.access,
    )
    assert field(working_form(Form.STUDENT).items, field_id).category_ids == frozenset()


def test_school_without_editions_has_the_built_in_fields_and_can_shape_them(in_a, cast):
    FormItem.objects.all().delete()
    FormEdition.objects.update(form="none")
    assert keys(standing_form(Form.STUDENT).items) == ["summary", "monitoring", "keywords", "agencies"]
    services.set_order(
        form=Form.STUDENT, keys=["keywords", "summary", "agencies", "monitoring"], by=cast.head.access
    )
    services.publish(form=Form.STUDENT, by=cast.head.access)
    assert keys(standing_form(Form.STUDENT).items) == ["keywords", "summary", "agencies", "monitoring"]
