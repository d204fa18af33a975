import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from core.audit.models import AuditEvent
from core.db.keys import uuid7
from core.outbox.models import OutboxEntry
from tenant_apps.categories.selectors import all_categories, category_map
from tenant_apps.staff.models import CategoryPermission, PendingChange, UserGroup


def by_name(name):
    return next((one for one in all_categories() if one.name == name), None)


def group(name):
    return UserGroup.objects.get(name=name).pk


def ticks(category):
    """The rights in a category as the form posts them."""
    rows = CategoryPermission.objects.filter(category_id=category.id)
    return {
        right: [str(row.group_id) for row in rows if getattr(row, right)]
        for right in ("view_students", "view_incidents", "add_incidents")
    }


@pytest.fixture
def head(in_a, client_for, cast):
    return client_for(cast.head)


@pytest.fixture
def edit(head):
    """Posts the page of a category as it stands, but for some values; returns the answer."""

    def post(category, **changes):
        view = by_name(category)
        url = reverse("administration:category", args=[view.id], urlconf="config.urls_school")
        page = head.get(url)
        seen = re.search(r'name="seen" value="(\w+)"', page.content.decode())[1]
        given = {
            "seen": seen,
            "name": view.name,
            "colour": view.colour,
            "parent": str(view.parent_id or ""),
            **{
                flag: "on"
                for flag in ("is_restricting", "starts_monitoring", "always_alerts")
                if getattr(view, flag)
            },
            **ticks(view),
        } | changes
        return head.post(url, {key: value for key, value in given.items() if value is not None})

    return post


def url_of(route, name=None):
    args = [by_name(name).id] if name else []
    return reverse(f"administration:{route}", args=args, urlconf="config.urls_school")


def confirming(page):
    """The hidden words of a page that asks to confirm."""
    found = re.findall(r'name="(confirmed_\w+)" value="(\w+)"', page.content.decode())
    return dict(found)


@pytest.mark.spec("CAT-01")
def test_list_has_categories_with_their_buttons_and_new_category(head):
    page = head.get(url_of("categories")).content.decode()
    assert "New Category" in page
    for name in ("Behaviour", "Bullying", "Child Protection"):
        view = by_name(name)
        assert name in page
        assert f"/admin/categories/{view.id}/delete/" in page
    assert page.count(">Edit<") == page.count(">Delete/Disable<") == len(all_categories())


@pytest.mark.spec("CAT-02")
@pytest.mark.spec("CAT-03")
def test_form_has_its_fields_and_its_palette(head):
    page = head.get(url_of("new-category")).content.decode()
    for words in (
        "Name",
        "Colour",
        "Copy Category Colour",
        "Parent Category",
        "User Group Permissions",
        "Restricting",
        "Save Category",
    ):
        assert words in page
    assert len(re.findall(r'type="radio" name="colour"', page)) == 12
    assert "Merge category" not in page


@pytest.mark.spec("CAT-02")
@pytest.mark.spec("CAT-04")
@pytest.mark.spec("CAT-05")
def test_new_sub_category_is_saved_with_colour_parent_and_permissions(head):
    teachers = str(group("Teachers"))
    used = {one.colour for one in all_categories()}
    answer = head.post(
        url_of("new-category"),
        {
            "seen": "new",
            "name": "Vaping",
            "colour": "k1",
            "copy_colour": next(f"k{n}" for n in range(1, 13) if f"k{n}" not in used),
            "parent": str(by_name("Behaviour").id),
            "view_incidents": [teachers],
            "add_incidents": [teachers],
        },
    )
    # The colour has to be one that was used before.
    assert answer.status_code == 422
    answer = head.post(
        url_of("new-category"),
        {
            "seen": "new",
            "name": "Vaping",
            "colour": "k1",
            "copy_colour": by_name("Attendance").colour,
            "parent": str(by_name("Behaviour").id),
            "view_incidents": [teachers],
            "add_incidents": [teachers],
        },
    )
    assert answer.status_code == 302
    made = by_name("Vaping")
    assert (made.parent_id, made.colour) == (by_name("Behaviour").id, by_name("Attendance").colour)
    assert ticks(made) == {"view_students": [], "view_incidents": [teachers], "add_incidents": [teachers]}


@pytest.mark.spec("CAT-02")
@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"name": " "}, "Give the category a name."),
        ({"name": "behaviour"}, "There is a category of this name at the top level already."),
        ({"name": "x" * 121}, "A name has at most 120 characters."),
        ({"colour": "#ff0000"}, "Choose a colour from the list."),
        ({"parent": str(uuid7())}, "Choose a top-level category from the list."),
        ({"view_incidents": [str(uuid7())]}, "A user group that you ticked is not there any more."),
    ],
)
def test_bad_input_is_refused_with_a_sentence_and_kept(head, sent, sentence):
    before = all_categories()
    given = {"seen": "new", "name": "Vaping", "colour": "k4"} | sent
    answer = head.post(url_of("new-category"), given)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert given["name"].strip() in answer.content.decode()
    assert all_categories() == before


@pytest.mark.spec("CAT-04")
@pytest.mark.parametrize("parent", ["Behaviour", "Bullying"])
def test_own_and_sub_categories_are_no_parents(edit, parent):
    answer = edit("Behaviour", parent=str(by_name(parent).id))
    assert answer.status_code == 422
    assert "Choose a top-level category from the list." in answer.content.decode()
    assert by_name("Behaviour").parent_id is None


@pytest.mark.spec("CAT-11")
def test_new_name_shows_on_past_incidents_and_the_page_warns(edit, head, add, client_for, cast):
    incident = add("Parental Contact")
    page = head.get(url_of("category", "Parental Contact")).content.decode()
    assert "do not change what it means" in page
    assert edit("Parental Contact", name="Contact with home").status_code == 302
    entry = client_for(cast.lead).get(f"/incidents/{incident.pk}/", follow=True).content.decode()
    assert "Contact with home" in entry
    assert "Parental Contact" not in entry


@pytest.mark.spec("CAT-05")
@pytest.mark.spec("CAT-10")
def test_ticks_are_the_same_rows_as_the_groups_and_a_gain_is_confirmed_first(edit):
    view = by_name("Mental Health")
    teachers = str(group("Teachers"))
    wanted = ticks(view)["view_incidents"] + [teachers]
    asked = edit("Mental Health", view_incidents=wanted)
    assert asked.status_code == 422
    assert "“Teachers”" in asked.content.decode()
    assert teachers not in ticks(view)["view_incidents"]
    assert edit("Mental Health", view_incidents=wanted, **confirming(asked)).status_code == 302
    assert CategoryPermission.objects.get(group_id=teachers, category_id=view.id).view_incidents


@pytest.mark.spec("CAT-09")
def test_permissions_of_a_parent_leave_its_sub_categories_alone(edit):
    before = ticks(by_name("Bullying"))
    assert edit("Behaviour", view_incidents=[], view_students=[]).status_code == 302
    assert ticks(by_name("Behaviour"))["view_incidents"] == []
    assert ticks(by_name("Bullying")) == before


@pytest.mark.spec("SAF-14")
def test_opening_a_restricting_category_further_waits_for_a_second_person(edit):
    view = by_name("Child Protection")
    teachers = str(group("Teachers"))
    wanted = {"view_incidents": ticks(view)["view_incidents"] + [teachers]}
    asked = edit("Child Protection", **wanted)
    assert "second person" in asked.content.decode()
    # Taking off "Restricting" in the same save does not get round it.
    loose = wanted | {"is_restricting": None}
    asked = edit("Child Protection", **loose)
    assert edit("Child Protection", **loose, **confirming(asked)).status_code == 302
    assert teachers not in ticks(view)["view_incidents"]
    assert PendingChange.objects.filter(group_id=teachers, decision="waiting").exists()


@pytest.mark.spec("SAF-01")
def test_taking_off_restricting_names_who_gains_and_how_many_and_is_mailed(
    edit, add, cast, run_outbox, mailbox
):
    add("Child Protection", "Behaviour")
    asked = edit("Child Protection", is_restricting=None)
    assert asked.status_code == 422
    page = " ".join(asked.content.decode().split())
    assert "“Teachers”: 1 incident<" in page
    assert by_name("Child Protection").is_restricting
    assert edit("Child Protection", is_restricting=None, **confirming(asked)).status_code == 302
    assert not by_name("Child Protection").is_restricting
    assert AuditEvent.objects.filter(event="category.readers_changed").exists()
    assert OutboxEntry.objects.filter(topic="administration.category_opened").exists()
    run_outbox()
    mails = [mail.message for mail in mailbox.messages() if "Restricting" in mail.message["Subject"]]
    assert mails
    assert all("Child Protection" not in mail.as_string() for mail in mails)


@pytest.fixture
def save():
    """Saves a category as it stands, but for some values."""
    from tenant_apps.administration.services.categories import change_category
    from tenant_apps.staff.selectors.category_rights import rights_of_category
    from tenant_apps.staff.services.default_permissions import Rights

    def call(name, by, **changes):
        view = by_name(name)
        held = ("name", "colour", "parent_id", "is_restricting", "starts_monitoring", "always_alerts")
        rights = {
            row.group_id: Rights(row.view_students, row.view_incidents, row.add_incidents)
            for row in rights_of_category(by, view.id)
        }
        given = {field: getattr(view, field) for field in held} | changes
        return change_category(category_id=view.id, values=given, rights=rights, by=by)

    return call


@pytest.mark.spec("SAF-14")
@pytest.mark.attack("A11")
def test_an_administrator_who_may_not_view_a_restricting_category_does_not_open_it(add, cast, save, in_a):
    from tenant_apps.administration.services.categories import merge

    # Only under this category: taking "Restricting" off lets nobody read more yet, so nothing is confirmed.
    add("Child Protection")
    data = cast.data.access
    view = by_name("Child Protection")
    assert view.id not in data.view_incidents
    with pytest.raises(ValidationError, match="Only an administrator who may view"):
        save("Child Protection", data, is_restricting=False)
    with pytest.raises(ValidationError, match="Only an administrator who may view"):
        merge(source_id=view.id, target_id=by_name("Medical").id, by=data)
    assert by_name("Child Protection").is_restricting
    # The other way round records are only kept closer.
    save("Attendance", data, is_restricting=True)


@pytest.mark.spec("SAF-14")
@pytest.mark.attack("A11")
def test_a_sub_category_is_not_moved_out_from_under_a_restricting_one(head, add, cast, save, in_a):
    from tenant_apps.categories.models import Category

    parent = by_name("Child Protection")
    Category.objects.filter(name="Neglect", parent=parent.id).update(is_restricting=False)
    add("Neglect")
    with pytest.raises(ValidationError, match="Only an administrator who may view"):
        save("Neglect", cast.data.access, parent_id=None)
    assert by_name("Neglect").parent_id == parent.id


@pytest.mark.spec("SAF-14")
def test_the_default_alert_group_hears_of_it_though_nobody_reads_more_yet(add, cast, save, in_a):
    add("Child Protection")
    save("Child Protection", cast.head.access, is_restricting=False)
    assert OutboxEntry.objects.filter(topic="administration.category_opened").exists()


@pytest.mark.spec("SAF-01")
def test_who_loses_readers_by_restricting_is_named(edit, add, head):
    add("Behaviour", "Attendance")
    assert edit("Attendance", is_restricting="on", view_incidents=[str(group("Admin"))]).status_code == 302
    page = head.get(url_of("categories")).content.decode()
    assert by_name("Attendance").is_restricting
    assert page


def test_change_made_meanwhile_is_not_overwritten(head, edit):
    view = by_name("Behaviour")
    answer = edit("Behaviour", seen="of another day", name="Conduct")
    assert answer.status_code == 422
    assert "was changed while you had the page open" in answer.content.decode()
    assert by_name("Behaviour").id == view.id


@pytest.mark.spec("CAT-12")
@pytest.mark.spec("CAT-13")
def test_merge_stands_at_the_very_bottom_with_its_warning_and_is_carried_out(head, add):
    add("Parental Contact")
    page = head.get(url_of("category", "Parental Contact")).content.decode()
    assert page.index("Save Category") < page.index("Merge category") < page.index("Merging cannot be undone")
    medical = by_name("Medical")
    answer = head.post(url_of("merge-category", "Parental Contact"), {"target": str(medical.id)})
    assert answer.status_code == 302
    assert by_name("Parental Contact") is None


@pytest.mark.spec("CAT-12")
def test_merge_without_a_target_or_with_one_that_does_not_fit_is_asked_again(head):
    for target, sentence in (
        ("", "Choose the category to merge with."),
        (str(uuid7()), "Choose a category from the list."),
        (str(by_name("Bullying").id), "is a sub-category of “Behaviour”"),
    ):
        answer = head.post(url_of("merge-category", "Behaviour"), {"target": target})
        assert answer.status_code == 422
        assert sentence in answer.content.decode()
        assert by_name("Behaviour")


@pytest.mark.spec("CAT-13")
def test_merge_that_lets_a_group_read_more_is_asked_first_and_counts_only_for_who_may_count(
    head, add, client_for, cast
):
    add("Mental Health", text="Quillfeather said so.")
    target = {"target": str(by_name("Behaviour").id)}
    asked = head.post(url_of("merge-category", "Mental Health"), target)
    assert asked.status_code == 422
    assert "“Teachers”: 1 incident" in asked.content.decode()
    other = client_for(cast.data).post(url_of("merge-category", "Mental Health"), target).content.decode()
    assert "“Teachers”" in other
    assert "1 incident" not in other
    assert "Quillfeather" not in other
    answer = head.post(url_of("merge-category", "Mental Health"), target | confirming(asked))
    assert answer.status_code == 302
    assert by_name("Mental Health") is None


@pytest.mark.spec("CAT-17")
@pytest.mark.spec("CAT-18")
def test_delete_or_disable_says_which_it_will_be_and_does_it(head, add):
    add("Parental Contact")
    for name, says, is_left in (
        ("Parental Contact", "will be disabled", True),
        ("Home Issues", "will be deleted in full", False),
    ):
        address = url_of("delete-category", name)
        assert says in head.get(address).content.decode()
        assert head.post(address).status_code == 302
        assert bool(by_name(name)) is is_left


@pytest.mark.spec("CAT-19")
@pytest.mark.spec("CAT-20")
@pytest.mark.spec("CAT-21")
def test_disabled_category_takes_nothing_new_stays_readable_and_comes_back(head, add, client_for, cast):
    incident = add("Parental Contact")
    head.post(url_of("delete-category", "Parental Contact"))
    lead = client_for(cast.lead)
    assert "Parental Contact" not in lead.get("/incidents/add/").content.decode()
    assert "Parental Contact" in lead.get(f"/incidents/{incident.pk}/", follow=True).content.decode()
    page = head.get(url_of("categories")).content.decode()
    assert page.count(">Enable<") == 1
    assert head.post(url_of("enable-category", "Parental Contact")).status_code == 302
    assert "Parental Contact" in lead.get("/incidents/add/").content.decode()


@pytest.mark.parametrize("kept", [1, 3])
def test_queries_of_the_list_and_of_a_page_do_not_grow(head, django_assert_num_queries, kept):
    from tenant_apps.categories.models import Category
    from tenant_apps.form_builder.models import FormItemCategory

    first = by_name("Behaviour").id
    head.get(url_of("categories"))
    gone = [one.id for one in all_categories() if one.id != first][kept - 1 :]
    CategoryPermission.objects.filter(category_id__in=gone).delete()
    FormItemCategory.objects.filter(category_id__in=gone).delete()
    Category.objects.filter(id__in=gone).update(parent=None)
    Category.objects.filter(id__in=gone).delete()
    assert len(category_map()) == kept
    with django_assert_num_queries(QUERIES["list"]):
        head.get(url_of("categories"))
    with django_assert_num_queries(QUERIES["page"]):
        head.get(url_of("category", "Behaviour"))


QUERIES = {"list": 9, "page": 14}
