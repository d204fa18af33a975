""" "Update Categories" in bulk, from a class list and from a category's list."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core.access import SYSTEM
from tenant_apps.categories.selectors import all_categories
from tenant_apps.categories.services import set_category_enabled
from tenant_apps.monitoring.models import Monitoring
from tenant_apps.monitoring.selectors import monitored_now
from tests.data.pupils import make_group, make_pupil


def category(name):
    return next(one.id for one in all_categories() if one.name == name)


def on(student):
    return [one.name for one in monitored_now(SYSTEM, [student.pk])[student.pk]]


def of_register(classes):
    return reverse("profile:update-register", args=[classes.a.pk])


def sent(do, *students, name="Bullying", day=None):
    day = day or timezone.localdate()
    return {
        "students": [str(student.pk) for student in students],
        "do": do,
        "category": str(category(name)) if name else "",
        "day": f"{day:%Y-%m-%d}",
    }


@pytest.mark.spec("MON-05", "MON-06", "DSH-10")
def test_button_of_a_list_leads_to_a_tick_box_at_each_name(classes, cast, client_for, monitor):
    monitor(classes.jakub, "Behaviour")
    browser = client_for(cast.lead)
    behaviour = category("Behaviour")
    for page, steps, names in (
        (
            reverse("profile:register", args=[classes.a.pk]),
            of_register(classes),
            {classes.jakub, classes.amelia},
        ),
        (
            reverse("dashboard:monitored", args=[behaviour]),
            reverse("profile:update-monitored", args=[behaviour]),
            {classes.jakub},
        ),
    ):
        listed = browser.get(page).content.decode()
        assert f'href="{steps}">Update Categories</a>' in listed
        # At the right above the names.
        assert listed.index("Update Categories") < listed.index("Łukaszewski")
        form = browser.get(steps).content.decode()
        assert form.count('type="checkbox" name="students"') == len(names)
        for student in names:
            assert f'name="students" value="{student.pk}"><span>' in form
        assert "Continue" in form


@pytest.mark.spec("MON-06", "MON-07", "MON-10", "MON-13")
def test_ticked_students_are_added_and_removed_and_the_others_stay(classes, cast, client_for, monitor):
    monitor(classes.jakub, "SEND")
    browser, address = client_for(cast.lead), of_register(classes)
    step = browser.post(address, {"students": [str(classes.amelia.pk)]})
    assert step.status_code == 200
    page = step.content.decode()
    assert "Connor-Hughes" in page
    assert "Łukaszewski" not in page
    for word in ("Add: ", "Remove: ", "Wipe all categories", "Behaviour: Bullying"):
        assert word in page
    answer = browser.post(address, sent("add", classes.amelia))
    assert answer.headers["Location"] == reverse("profile:register", args=[classes.a.pk])
    assert on(classes.amelia) == ["Bullying"]
    assert on(classes.jakub) == ["SEND"]
    # Lists and counts follow at once.
    listed = browser.get(reverse("dashboard:monitored", args=[category("Bullying")])).content.decode()
    assert "Connor-Hughes" in listed
    assert "Łukaszewski" not in listed
    browser.post(address, sent("remove", classes.amelia))
    assert on(classes.amelia) == []
    assert on(classes.jakub) == ["SEND"]
    assert (
        "Connor-Hughes"
        not in browser.get(reverse("dashboard:monitored", args=[category("Bullying")])).content.decode()
    )


@pytest.mark.spec("MON-08")
def test_start_date_is_today_by_default_and_never_in_the_future(classes, cast, client_for):
    browser, address = client_for(cast.lead), of_register(classes)
    today = timezone.localdate()
    step = browser.post(address, {"students": [str(classes.amelia.pk)]}).content.decode()
    assert f'value="{today:%Y-%m-%d}"' in step
    refused = browser.post(address, sent("add", classes.amelia, day=today + timedelta(days=1)))
    assert refused.status_code == 422
    assert "The date is in the future." in refused.content.decode()
    assert on(classes.amelia) == []
    begins = today - timedelta(days=40)
    browser.post(address, sent("add", classes.amelia, classes.jakub, day=begins))
    began = {timezone.localdate(row.started_at) for row in Monitoring.objects.all()}
    assert began == {begins}
    too_early = browser.post(address, sent("remove", classes.amelia, day=begins - timedelta(days=1)))
    assert too_early.status_code == 422
    assert "Monitoring began after this date for: Millie" in too_early.content.decode()
    assert on(classes.amelia) == ["Bullying"]
    ends = today - timedelta(days=3)
    browser.post(address, sent("remove", classes.amelia, classes.jakub, day=ends))
    ended = {timezone.localdate(row.ended_at) for row in Monitoring.objects.all()}
    assert ended == {ends}


@pytest.mark.spec("MON-09", "SAF-10")
def test_wiping_takes_all_that_the_person_may_see(classes, cast, client_for, monitor):
    for name in ("Behaviour", "Bullying", "Child Protection"):
        monitor(classes.amelia, name)
        monitor(classes.jakub, name)
    client_for(cast.teacher).post(of_register(classes), sent("wipe", classes.amelia, name=None))
    assert on(classes.amelia) == ["Child Protection"]
    assert on(classes.jakub) == ["Child Protection", "Behaviour", "Bullying"]
    client_for(cast.lead).post(of_register(classes), sent("wipe", classes.amelia, name=None))
    assert on(classes.amelia) == []


@pytest.mark.spec("MON-06", "MON-07")
def test_nothing_ticked_or_no_category_is_asked_again(classes, cast, client_for):
    browser, address = client_for(cast.lead), of_register(classes)
    nobody = browser.post(address, {})
    assert nobody.status_code == 422
    assert "Tick at least one student." in nobody.content.decode()
    nothing = browser.post(address, sent("add", classes.amelia, name=None))
    assert nothing.status_code == 422
    assert "Choose the category." in nothing.content.decode()
    assert not Monitoring.objects.exists()


@pytest.mark.spec("MON-07", "CAT-06")
def test_categories_without_view_students_are_neither_offered_nor_taken(classes, cast, client_for, monitor):
    monitor(classes.amelia, "Neglect")
    browser, address = client_for(cast.teacher), of_register(classes)
    ticks = browser.get(address).content.decode()
    step = browser.post(address, {"students": [str(classes.amelia.pk)]}).content.decode()
    for page in (ticks, step):
        assert "Neglect" not in page
        assert str(category("Neglect")) not in page
    refused = browser.post(address, sent("remove", classes.amelia, name="Neglect"))
    assert refused.status_code == 422
    assert on(classes.amelia) == ["Neglect"]


@pytest.mark.spec("MON-07")
def test_disabled_category_is_removed_but_not_added(classes, cast, client_for, monitor):
    monitor(classes.amelia, "SEND")
    set_category_enabled(category_id=category("SEND"), enabled=False, by=SYSTEM)
    browser, address = client_for(cast.lead), of_register(classes)
    refused = browser.post(address, sent("add", classes.amelia, classes.jakub, name="SEND"))
    assert refused.status_code == 422
    assert on(classes.jakub) == []
    browser.post(address, sent("remove", classes.amelia, classes.jakub, name="SEND"))
    assert on(classes.amelia) == []


@pytest.mark.spec("MON-05", "GRP-08")
def test_students_outside_ones_classes_are_not_there(classes, cast, client_for, limit_to_8b):
    limit_to_8b(cast.teacher.user)
    browser = client_for(cast.teacher)
    address = reverse("profile:update-register", args=[classes.b.pk])
    assert browser.get(of_register(classes)).status_code == 404
    assert browser.post(of_register(classes), sent("add", classes.amelia)).status_code == 404
    # Another class's pupil does not slip into one's own list.
    mixed = browser.post(address, sent("add", classes.amelia, classes.oliver))
    assert mixed.status_code == 302
    assert (on(classes.amelia), on(classes.oliver)) == ([], ["Bullying"])


@pytest.mark.spec("MON-05")
@pytest.mark.parametrize("part", ["support", "data"])
def test_without_key_or_right_nothing_is_updated(classes, cast, client_for, part):
    browser = client_for(getattr(cast, part))
    assert browser.get(of_register(classes)).status_code == 403
    answer = browser.post(of_register(classes), sent("add", classes.amelia))
    assert answer.status_code == 403
    assert "Hughes" not in answer.content.decode()
    assert on(classes.amelia) == []


@pytest.mark.spec("EXT-03")
def test_hidden_names_are_shown_before_somebody_is_ticked(classes, cast, client_for):
    browser = client_for(cast.lead)
    browser.post("/hide-names/", {"next": "/"})
    page = browser.get(of_register(classes)).content.decode()
    assert 'name="students"' not in page
    assert "Hughes" not in page


@pytest.mark.parametrize("number", [1, 3])
def test_steps_take_as_many_queries_for_any_number(
    classes, cast, client_for, number, django_assert_max_num_queries
):
    group = make_group("tutor", "9C")
    pupils = [make_pupil("Any", "Body", group) for _ in range(number)]
    browser = client_for(cast.lead)
    address = reverse("profile:update-register", args=[group.pk])
    browser.get("/")
    with django_assert_max_num_queries(TICKING):
        browser.get(address)
    with django_assert_max_num_queries(CHOOSING):
        browser.post(address, {"students": [str(pupil.pk) for pupil in pupils]})
    with django_assert_max_num_queries(SAVING):
        browser.post(address, sent("add", *pupils))
    assert [on(pupil) for pupil in pupils] == [["Bullying"]] * number


TICKING, CHOOSING, SAVING = 18, 18, 28
