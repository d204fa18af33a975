import pytest

from tenant_apps.categories.selectors import all_categories
from tenant_apps.form_builder import services
from tenant_apps.form_builder.enums import Form, Kind
from tenant_apps.form_builder.models import CustomField
from tenant_apps.form_builder.selectors import standing_form, working_form

HOME = "/admin/form-builder/"
INCIDENT = f"{HOME}incident/"


@pytest.fixture
def head(in_a, client_for, cast):
    return client_for(cast.head)


def page_of(client, address):
    return client.get(address).content.decode()


def custom(form=Form.INCIDENT):
    return {item.name: item for item in working_form(form).items if item.is_custom}


def keys(form=Form.INCIDENT):
    return [item.key for item in working_form(form).items]


@pytest.mark.spec("FRM-01")
def test_lists_three_forms_each_with_edit_and_what_is_not_published(head, cast):
    page = page_of(head, HOME)
    for form in ("incident", "action", "student"):
        assert f'href="{HOME}{form}/"' in page
        assert f"{form.capitalize()} form" in page
    assert "Changes not on the form yet" not in page
    services.set_advice(form=Form.ACTION, key="text", advice="x", by=cast.head.access)
    assert page_of(head, HOME).count("Changes not on the form yet") == 1


@pytest.mark.spec("FRM-04")
@pytest.mark.spec("FRM-06")
def test_new_dropdown_for_a_category_is_made_with_boxes_for_options(head):
    assert f'href="{INCIDENT}new/"' in page_of(head, INCIDENT)
    bullying = next(one for one in all_categories() if one.name == "Bullying").id
    typed = {
        "name": "Where?",
        "kind": "dropdown",
        "categories": [str(bullying)],
        "options": ["Yard", "Corridor"],
        "allows_multiple": "on",
        "advice": "As the child says.",
    }
    more = head.post(f"{INCIDENT}new/", typed | {"add_option": "yes"})
    assert more.status_code == 200
    assert more.content.decode().count('name="options"') == 3
    assert "Where?" not in custom()
    assert head.post(f"{INCIDENT}new/", typed).status_code == 302
    made = custom()["Where?"]
    assert (made.kind, made.options, made.category_ids) == (
        Kind.DROPDOWN,
        ("Yard", "Corridor"),
        frozenset({bullying}),
    )
    assert (made.allows_multiple, made.is_enforced, made.advice) == (True, False, "As the child says.")
    page = page_of(head, INCIDENT)
    for words in ("Where?", "Yard · Corridor", "Bullying", "As the child says.", "Several can be chosen"):
        assert words in page


def test_what_is_wrong_is_said_and_what_was_typed_stays(head):
    answer = head.post(f"{INCIDENT}new/", {"name": "Where?", "kind": "dropdown", "advice": "Mind."})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "A dropdown needs at least one option." in page
    assert 'value="Where?"' in page
    assert "Mind.</textarea>" in page
    assert "Where?" not in custom()


@pytest.mark.spec("FRM-02")
def test_buttons_move_a_field_without_script_and_script_is_told_the_new_state(head):
    order = keys()
    answer = head.post(f"{INCIDENT}order/", {"keys": order, "up": "files"})
    assert answer.status_code == 302
    assert answer["Location"].endswith("#field-files")
    moved = keys()
    assert moved.index("files") == order.index("files") - 1
    told = head.post(f"{INCIDENT}order/", {"keys": moved[::-1]}, headers={"accept": "application/json"})
    assert told.json() == {"seen": working_form(Form.INCIDENT).token, "changed": True}
    back = head.post(f"{INCIDENT}order/", {"keys": order}, headers={"accept": "application/json"})
    assert back.json()["changed"] is False
    wrong = head.post(f"{INCIDENT}order/", {"keys": order[1:]}, headers={"accept": "application/json"})
    assert wrong.status_code == 422
    assert "changed while you had the page open" in wrong.json()["error"]


@pytest.mark.spec("FRM-14")
@pytest.mark.spec("FRM-03")
def test_advice_reaches_users_with_update_custom_form_as_it_was_seen(head):
    assert f'href="{INCIDENT}advice/files/"' in page_of(head, INCIDENT)
    assert head.post(f"{INCIDENT}advice/files/", {"advice": "No photographs."}).status_code == 302
    seen = working_form(Form.INCIDENT).token
    assert "No photographs." not in standing_form(Form.INCIDENT).advice.values()
    refused = head.post(f"{INCIDENT}publish/", {"seen": "other"})
    assert refused.status_code == 422
    assert "changed while you had the page open" in refused.content.decode()
    assert head.post(f"{INCIDENT}publish/", {"seen": seen}).status_code == 302
    assert standing_form(Form.INCIDENT).advice["files"] == "No photographs."


@pytest.mark.spec("FRM-19")
def test_custom_field_is_amended_and_deleted_by_links_that_a_keyboard_reaches(head):
    reported_by = custom()["Reported by, if not you"]
    page = page_of(head, INCIDENT)
    assert 'aria-label="Amend Reported by, if not you"' in page
    assert 'aria-label="Delete Reported by, if not you"' in page
    assert 'aria-label="Delete Files"' not in page
    address = f"{HOME}fields/{reported_by.key}/"
    assert "The kind stays" in page_of(head, address)
    assert head.post(address, {"name": "Reported by", "advice": ""}).status_code == 302
    assert custom()["Reported by"].kind == Kind.TEXT
    assert "What was answered stays readable" in page_of(head, f"{address}delete/")
    assert head.post(f"{address}delete/").status_code == 302
    assert reported_by.key not in keys()
    assert head.get(address).status_code == 404
    assert CustomField.objects.get(id=reported_by.key).deleted_at is None


def test_changes_are_taken_back(head):
    before = keys()
    head.post(f"{INCIDENT}order/", {"keys": before, "down": "text"})
    assert "Take back changes" in page_of(head, INCIDENT)
    assert head.post(f"{INCIDENT}drop/").status_code == 302
    assert keys() == before


@pytest.mark.spec("FRM-08")
def test_kinds_are_five_and_a_student_field_has_no_categories(head):
    page = page_of(head, f"{HOME}student/new/")
    kinds = ("Dropdown", "Text", "Multiline text", "Date", "Date/Time")
    assert [page.count(f">{kind}</option>") for kind in kinds] == [1] * 5
    assert 'name="categories"' not in page
    assert 'name="categories"' in page_of(head, f"{HOME}action/new/")


def test_queries_of_the_pages(head, django_assert_max_num_queries):
    page_of(head, INCIDENT)
    with django_assert_max_num_queries(14):
        page_of(head, INCIDENT)
