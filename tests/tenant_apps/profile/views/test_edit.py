""" "Edit Information": monitoring by hand, summary, keywords and agencies."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.access import SYSTEM
from core.audit.models import AuditEvent
from tenant_apps.agencies.selectors import enabled_agencies
from tenant_apps.categories.selectors import all_categories
from tenant_apps.monitoring.models import Monitoring
from tenant_apps.monitoring.selectors import monitored_now
from tenant_apps.students.models import AgencyInvolvement, Keyword, Summary
from tenant_apps.students.selectors import get_student, own_facts
from tenant_apps.students.services import change_agencies, change_keywords, write_summary

HTMX = {"HX-Request": "true"}


def category(name):
    return str(next(one.id for one in all_categories() if one.name == name))


def on(student):
    return [one.name for one in monitored_now(SYSTEM, [student.pk])[student.pk]]


def facts(cast, student):
    return own_facts(cast.lead.access, get_student(cast.lead.access, student.pk))


def edit(student):
    return reverse("profile:edit", args=[student.pk])


def as_shown(browser, student, **changes):
    """What a browser sends of the page as it stands, with these changes."""
    form = browser.get(edit(student)).context["form"]
    values = {name: form[name].value() for name in form.fields}
    return {
        name: value if not isinstance(value, list | set) else [str(one) for one in value]
        for name, value in (values | changes).items()
        if value is not None
    }


@pytest.mark.spec("MON-03", "STU-08", "STU-13")
def test_tick_starts_and_taking_it_off_ends(classes, cast, client_for, monitor):
    amelia = classes.amelia
    monitor(amelia, "Behaviour")
    browser = client_for(cast.lead)
    overview = browser.get(reverse("profile:overview", args=[amelia.pk])).content.decode()
    assert f'href="{edit(amelia)}">Edit Information</a>' in overview
    page = browser.get(edit(amelia)).content.decode()
    for word in ("Monitoring Options", "Categories", "Update Student"):
        assert word in page
    sent = as_shown(browser, amelia, categories=[category("SEND"), category("Bullying")])
    answer = browser.post(edit(amelia), sent)
    assert answer.headers["Location"] == reverse("profile:overview", args=[amelia.pk])
    assert on(amelia) == ["Bullying", "SEND"]
    ended = Monitoring.objects.get(category=category("Behaviour"))
    assert ended.ended_by_id == cast.lead.user.pk
    started = Monitoring.objects.get(category=category("SEND"))
    assert (started.started_by_id, started.source_kind) == (cast.lead.user.pk, "hand")
    events = AuditEvent.objects.filter(event__startswith="monitoring.", user_id=cast.lead.user.pk)
    assert set(events.values_list("event", flat=True)) == {"monitoring.started", "monitoring.ended"}


@pytest.mark.spec("MON-03", "MON-10")
def test_what_another_changes_meanwhile_is_not_undone(classes, cast, client_for, monitor):
    amelia = classes.amelia
    monitor(amelia, "Behaviour")
    lead, deputy = client_for(cast.lead), client_for(cast.deputy)
    opened = as_shown(lead, amelia)
    sent = as_shown(deputy, amelia, categories=[category("SEND")], keywords="carer")
    deputy.post(edit(amelia), sent)
    # The lead's page still shows Behaviour ticked and no SEND; only their own tick counts.
    lead.post(
        edit(amelia),
        opened | {"categories": [category("Behaviour"), category("First Aid")], "keywords": "eal"},
    )
    assert set(on(amelia)) == {"SEND", "First Aid"}
    assert facts(cast, amelia).keywords == ["carer", "eal"]


@pytest.mark.spec("STU-13", "CAT-06", "SAF-10")
def test_monitoring_that_is_not_open_is_not_on_the_page_and_survives(classes, cast, client_for, monitor):
    amelia = classes.amelia
    monitor(amelia, "Neglect")
    monitor(amelia, "Behaviour")
    browser = client_for(cast.teacher)
    page = browser.get(edit(amelia)).content.decode()
    assert "Neglect" not in page
    assert category("Neglect") not in page
    sent = as_shown(browser, amelia, categories=[])
    sent["categories_seen"] = [category("Neglect"), category("Behaviour")]
    browser.post(edit(amelia), sent)
    assert on(amelia) == ["Neglect"]
    refused = browser.post(edit(amelia), sent | {"categories": [category("Disclosure")]})
    assert refused.status_code == 422
    assert on(amelia) == ["Neglect"]


@pytest.mark.spec("STU-12")
def test_summary_stands_at_the_top_of_the_overview(classes, cast, client_for):
    amelia, browser = classes.amelia, client_for(cast.lead)
    browser.post(edit(amelia), as_shown(browser, amelia, summary="zebra lives with her aunt"))
    page = browser.get(reverse("profile:overview", args=[amelia.pk])).content.decode()
    content = page.partition('aria-label="Student record"')[2]
    assert content.index("zebra lives with her aunt") < content.index(">Details<")


@pytest.mark.spec("STU-12")
def test_second_writer_of_a_summary_is_told_and_both_lines_are_kept(classes, cast, client_for):
    amelia, browser = classes.amelia, client_for(cast.lead)
    sent = as_shown(browser, amelia, summary="mine of the lead", categories=[category("SEND")])
    write_summary(student_id=amelia.pk, text="theirs of the deputy", seen=0, by=cast.deputy.access)
    told = browser.post(edit(amelia), sent)
    page = told.content.decode()
    assert told.status_code == 422
    assert "theirs of the deputy" in page
    assert 'value="mine of the lead"' in page
    assert "changed the summary while you were writing" in page
    # All or nothing: the tick was not saved either.
    assert on(amelia) == []
    again = sent | {"summary_seen": "1"}
    assert browser.post(edit(amelia), again).status_code == 302
    assert facts(cast, amelia).summary == "mine of the lead"
    assert Summary.objects.count() == 2
    assert on(amelia) == ["SEND"]


@pytest.mark.spec("STU-14")
def test_keywords_are_typed_with_commas_and_found_by_the_search(classes, cast, client_for):
    amelia, browser = classes.amelia, client_for(cast.lead)
    browser.post(edit(amelia), as_shown(browser, amelia, keywords="Young carer,  EAL , young carer"))
    assert facts(cast, amelia).keywords == ["EAL", "Young carer"]
    search = reverse("profile:search")
    found = browser.get(search, {"q": "carer"}, headers=HTMX).content.decode()
    assert f'href="/students/{amelia.pk}/"' in found
    assert "Keyword: Young carer" in found
    assert "Keyword: EAL" not in found
    by_name = browser.get(search, {"q": "hughes"}, headers=HTMX).content.decode()
    assert "Keyword" not in by_name
    hidden = client_for(cast.teacher).get(search, {"q": "carer"}, headers=HTMX).content.decode()
    assert "Hughes" not in hidden
    assert "Young carer" not in hidden
    browser.post(edit(amelia), as_shown(browser, amelia, keywords="EAL"))
    assert "Hughes" not in browser.get(search, {"q": "carer"}, headers=HTMX).content.decode()


@pytest.mark.spec("STU-14", "DSH-02")
def test_page_of_results_takes_as_many_queries_with_any_number_of_keywords(classes, cast, client_for):
    browser, search = client_for(cast.lead), reverse("profile:search")
    counts = []
    for students in ([classes.amelia], [classes.amelia, classes.jakub, classes.oliver]):
        for student in students:
            words = [f"carer {number}" for number in range(len(students))]
            change_keywords(student_id=student.pk, added=words, by=SYSTEM)
        with CaptureQueriesContext(connection) as queries:
            page = browser.get(search, {"q": "carer"}, headers=HTMX).content.decode()
        assert page.count('class="name"') == len(students)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.spec("STU-14")
@pytest.mark.parametrize(
    ("typed", "says"),
    [("x" * 61, "at most 60"), ("!!", "no letter"), (",".join(f"w{n}" for n in range(31)), "at most 30")],
)
def test_keywords_that_can_not_be_are_asked_again_and_kept_on_the_page(
    classes, cast, client_for, typed, says
):
    amelia, browser = classes.amelia, client_for(cast.lead)
    answer = browser.post(edit(amelia), as_shown(browser, amelia, keywords=typed))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert says in page
    assert typed in page
    assert not Keyword.objects.exists()


@pytest.mark.spec("STU-15")
def test_agency_is_added_from_the_list_and_the_x_removes_it(classes, cast, client_for):
    amelia, browser = classes.amelia, client_for(cast.lead)
    first, second, *_ = sorted(enabled_agencies(), key=lambda agency: "'" in agency.name)
    sent = as_shown(browser, amelia, summary="kept while adding")
    added = browser.post(edit(amelia), sent | {"agency": str(first.id), "add_agency": "yes"})
    assert added.status_code == 200
    page = added.content.decode()
    assert f'aria-label="Remove {first.name}"' in page
    assert 'value="kept while adding"' in page
    assert not AgencyInvolvement.objects.exists()
    browser.post(edit(amelia), sent | {"agencies": [str(first.id)], "agency": str(second.id)})
    assert {agency.id for agency in facts(cast, amelia).agencies} == {first.id, second.id}
    overview = browser.get(reverse("profile:overview", args=[amelia.pk])).content.decode()
    assert first.name in overview
    sent = as_shown(browser, amelia)
    off = browser.post(edit(amelia), sent | {"remove_agency": str(first.id)}).content.decode()
    assert f'aria-label="Remove {first.name}"' not in off
    assert f'aria-label="Remove {second.name}"' in off
    browser.post(edit(amelia), sent | {"agencies": [str(second.id)]})
    assert [agency.id for agency in facts(cast, amelia).agencies] == [second.id]


@pytest.mark.spec("SAF-12", "STU-12", "STU-14", "STU-15")
def test_without_the_block_the_page_has_monitoring_only(classes, cast, client_for):
    amelia = classes.amelia
    write_summary(student_id=amelia.pk, text="zebra-summary", seen=0, by=SYSTEM)
    change_keywords(student_id=amelia.pk, added=["zebra-word"], by=SYSTEM)
    change_agencies(student_id=amelia.pk, added={enabled_agencies()[0].id}, by=SYSTEM)
    browser = client_for(cast.teacher)
    page = browser.get(edit(amelia)).content.decode()
    assert "Monitoring Options" in page
    for hidden in ("zebra", 'name="summary"', 'name="keywords"', enabled_agencies()[0].name):
        assert hidden not in page, hidden
    browser.post(edit(amelia), {"summary": "x", "summary_seen": "1", "keywords": "x", "keywords_seen": ""})
    assert facts(cast, amelia).summary == "zebra-summary"
    assert facts(cast, amelia).keywords == ["zebra-word"]


@pytest.mark.spec("STU-08", "GRP-08")
def test_pupil_outside_ones_classes_is_not_found(classes, cast, client_for, limit_to_8b):
    limit_to_8b(cast.teacher.user)
    browser = client_for(cast.teacher)
    answer = browser.get(edit(classes.amelia))
    assert answer.status_code == 404
    assert "Hughes" not in answer.content.decode()
    assert browser.post(edit(classes.amelia), {"categories": [category("Bullying")]}).status_code == 404
    assert on(classes.amelia) == []


@pytest.mark.spec("EXT-03")
def test_page_asks_to_show_names_first(classes, cast, client_for):
    write_summary(student_id=classes.amelia.pk, text="Millie and Jakub", seen=0, by=SYSTEM)
    browser = client_for(cast.lead)
    browser.post("/hide-names/", {"next": "/"})
    page = browser.get(edit(classes.amelia)).content.decode()
    assert 'name="summary"' not in page
    assert "Jakub" not in page
    overview = browser.get(reverse("profile:overview", args=[classes.amelia.pk])).content.decode()
    assert "Jakub" not in overview
    assert "M**** and J****" in overview


@pytest.mark.spec("SAF-42", "SAF-10")
def test_monitoring_that_one_sees_only_stands_there_and_is_not_changed(classes, cast, client_for, monitor):
    from tenant_apps.staff.models import CategoryPermission

    assert cast.lead.access.view_students <= cast.lead.access.add_incidents
    amelia = classes.amelia
    for name in ("Behaviour", "SEND", "Child Protection"):
        monitor(amelia, name)
    CategoryPermission.objects.filter(category=category("SEND")).update(add_incidents=False)
    browser = client_for(cast.teacher)
    page = browser.get(edit(amelia)).content.decode()
    assert "On, and not yours to change: SEND." in page
    assert f'name="categories" value="{category("SEND")}"' not in page
    assert "Child Protection" not in page
    sent = as_shown(browser, amelia, categories=[])
    assert browser.post(edit(amelia), sent).status_code == 302
    assert on(amelia) == ["Child Protection", "SEND"]
    forged = sent | {"categories_seen": f"{sent.get('categories_seen', '')} {category('SEND')}"}
    browser.post(edit(amelia), forged)
    forged = browser.post(
        edit(classes.jakub), as_shown(browser, classes.jakub, categories=[category("SEND")])
    )
    assert forged.status_code == 422
    assert set(on(amelia)) == {"Child Protection", "SEND"}
    assert "SEND" not in on(classes.jakub)
