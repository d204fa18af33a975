import pytest

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(in_a, cast):
    return f"/admin/users/{cast.pastoral.user.pk}/alerts/"


@pytest.fixture
def category(in_a):
    from tenant_apps.categories.selectors import all_categories

    return {view.name: view.id for view in all_categories()}


def held(person):
    from tenant_apps.alerts.selectors import rules_of

    return {(rule.thing, rule.target_id): rule.is_beyond for rule in rules_of(person.user.pk)}


@pytest.mark.spec("USR-39")
def test_rules_are_ticked_and_saved(client_for, cast, address, category, students_a):
    browser = client_for(cast.head)
    bullying, protection = category["Bullying"], category["Child Protection"]
    page = browser.get(address).content.decode()
    for words in ("Automatic alerts", "Also beyond their categories", "Bullying", "Save details"):
        assert words in page
    answer = browser.post(
        address,
        {
            "rules": [f"category:{bullying}", f"category:{protection}"],
            "beyond": [f"category:{protection}"],
            "added": [str(students_a[2].pk)],
        },
    )
    assert answer.status_code == 302
    assert held(cast.pastoral) == {
        ("category", bullying): False,
        ("category", protection): True,
        ("student", students_a[2].pk): False,
    }
    again = browser.get(address).content.decode()
    assert students_a[2].legal_surname in again
    assert again.count("checked") == 4
    browser.post(address, {"rules": [f"category:{bullying}"]})
    assert held(cast.pastoral) == {("category", bullying): False}


@pytest.mark.spec("USR-39", "SAF-03")
@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"beyond": ["category"]}, "Tick the alert itself too"),
        ({"rules": ["category:nonsense"]}, "not known here any more"),
        ({"added": ["nonsense"]}, "not known here any more"),
    ],
)
def test_bad_input_gets_a_sentence_and_changes_nothing(client_for, cast, address, category, sent, sentence):
    sent = {
        field: [
            v.replace("category", f"category:{category['Bullying']}") if v == "category" else v
            for v in values
        ]
        for field, values in sent.items()
    }
    answer = client_for(cast.head).post(address, sent)
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert held(cast.pastoral) == {}


@pytest.mark.spec("SAF-03")
def test_nobody_lets_themselves_read_beyond(client_for, cast, category):
    mine = f"category:{category['Child Protection']}"
    answer = client_for(cast.data).post(
        f"/admin/users/{cast.data.user.pk}/alerts/", {"rules": [mine], "beyond": [mine]}
    )
    assert answer.status_code == 422
    assert "Somebody else has to let you read" in answer.content.decode()
    assert held(cast.data) == {}


@pytest.mark.spec("USR-41")
def test_dashboard_alerts_are_removed_after_a_warning_and_with_a_reason(
    client_for, cast, address, in_a, carrying
):
    from core.db.keys import uuid7
    from tenant_apps.alerts.selectors import unread_count
    from tenant_apps.alerts.services import raise_alerts

    root = uuid7()
    raise_alerts(
        kind="incident",
        record_id=root,
        root_id=root,
        recipients={cast.pastoral.user.pk: "chosen"},
        category_ids=carrying("Bullying"),
        by=cast.lead.access,
    )
    browser = client_for(cast.head)
    assert "1 unread alert on" in browser.get(address).content.decode()
    assert "It cannot be undone" in browser.get(f"{address}remove/").content.decode()
    refused = browser.post(f"{address}remove/", {"reason": " "})
    assert "Say why these alerts are removed." in refused.content.decode()
    assert unread_count(cast.pastoral.access) == 1
    browser.post(f"{address}remove/", {"reason": "Long-term absence."})
    assert unread_count(cast.pastoral.access) == 0
    assert "Long-term absence." in browser.get(address).content.decode()
    assert client_for(cast.head).get(f"/admin/users/{cast.head.user.pk}/alerts/remove/").status_code == 403


@pytest.mark.spec("SAF-03", "STU-09")
def test_editors_and_administrators_name_people_under_a_student(client_for, cast, students_a, in_a):
    from tenant_apps.classes.models import StudentGroup
    from tenant_apps.students.models import Membership

    group = StudentGroup.objects.create(mis_id="T1", kind="tutor", name="7A", sort_key="7a")
    Membership.objects.create(student=students_a[0], group=group, start_date="2026-01-01")
    address = f"/students/{students_a[0].pk}/alert-staff/"
    for person in (cast.teacher, cast.pastoral, cast.support):
        assert client_for(person).get(address).status_code == 403
        assert client_for(person).post(address, {"added": [str(person.user.pk)]}).status_code == 403
    browser = client_for(cast.lead)
    assert "Nobody is alerted about this student" in browser.get(address).content.decode()
    own = browser.post(address, {"added": [str(cast.lead.user.pk)], "beyond_added": "on"})
    assert "Somebody else has to let you read" in own.content.decode()
    browser.post(address, {"added": [str(cast.teacher.user.pk)], "beyond_added": "on"})
    assert held(cast.teacher) == {("student", students_a[0].pk): True}
    assert cast.teacher.user.full_name in browser.get(address).content.decode()
    browser.post(address, {})
    assert held(cast.teacher) == {}


def test_queries_do_not_grow(client_for, cast, address, category, students_a, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tenant_apps.alerts.services import set_rules_of

    counts = []
    for many in (1, 3):
        wanted = {("student", student.pk): False for student in students_a[:many]}
        wanted |= {("category", one): False for one in list(category.values())[:many]}
        set_rules_of(user_id=cast.pastoral.user.pk, wanted=wanted, by=cast.head.access)
        browser = client_for(cast.head)
        browser.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            browser.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]
