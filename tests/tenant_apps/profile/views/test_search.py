import pytest
from django.urls import reverse

HTMX = {"HX-Request": "true"}


def search(client, **asked):
    return client.get(reverse("profile:search"), asked, headers=HTMX).content.decode()


@pytest.mark.spec("DSH-02")
@pytest.mark.spec("DSH-09")
def test_the_search_lists_students_with_profile_and_plus(classes, cast, client_for):
    page = search(client_for(cast.lead), q="hugh")
    assert f'href="/students/{classes.amelia.pk}/"' in page
    assert f'href="/incidents/add/?student={classes.amelia.pk}"' in page
    assert 'aria-label="Add Incident for Millie O&#x27;Connor-Hughes"' in page
    assert "Smith" not in page


@pytest.mark.spec("DSH-03")
@pytest.mark.spec("DSH-04")
def test_monitored_and_archived_students_are_listed_when_ticked(classes, cast, client_for, monitor):
    monitor(classes.jakub, "Behaviour")
    monitor(classes.left, "Behaviour")
    client = client_for(cast.lead)
    monitored = search(client, monitored="on")
    assert "Łukaszewski" in monitored
    assert "Smith" not in monitored
    assert "Planted" not in monitored
    assert "Planted" in search(client, monitored="on", archived="on")
    assert "Planted" not in search(client, q="planted")
    assert "Planted" in search(client, q="planted", archived="on")


@pytest.mark.spec("DSH-03")
@pytest.mark.spec("SAF-10")
def test_a_category_that_is_not_open_makes_nobody_monitored(classes, cast, client_for, monitor):
    monitor(classes.jakub, "Child Protection")
    assert "Łukaszewski" in search(client_for(cast.lead), monitored="on")
    teacher = search(client_for(cast.teacher), monitored="on")
    assert "Łukaszewski" not in teacher
    assert "Child Protection" not in search(client_for(cast.teacher), q="luka")


@pytest.mark.spec("GRP-08")
def test_class_limits_hold(classes, cast, client_for, limit_to_8b):
    limit_to_8b(cast.teacher.user)
    page = search(client_for(cast.teacher), q="s", archived="on")
    assert "Oliver Smith" in page
    assert "Hughes" not in page
    assert "Łukaszewski" not in page
    assert "Planted" not in page


def test_a_person_without_a_key_may_not_search(classes, cast, client_for):
    answer = client_for(cast.support).get(reverse("profile:search"), {"q": "hugh"})
    assert answer.status_code == 403
    assert b"Hughes" not in answer.content


def test_the_list_is_audited_with_the_students_shown_and_without_the_words(classes, cast, client_for):
    from core.audit.models import AuditEvent

    search(client_for(cast.lead), q="hughes")
    event = AuditEvent.objects.get(event="student.listed")
    assert event.student_ids == [classes.amelia.pk]
    assert event.user_id == cast.lead.user.pk
    assert event.detail == {"count": 1}


def test_a_page_shows_50_and_the_next_goes_on(classes, cast, client_for):
    from tests.data.pupils import make_pupil

    for number in range(52):
        make_pupil(f"Rare{number:02}", "Name", classes.a)
    client = client_for(cast.lead)
    first = search(client, q="rare")
    assert (first.count("<li "), "Show more students" in first) == (50, True)
    after = first.partition('name="after" value="')[2].partition('"')[0]
    second = search(client, q="rare", after=after)
    assert (second.count("<li "), "Show more students" in second) == (2, False)


def test_without_script_the_search_is_a_page(classes, cast, client_for):
    page = client_for(cast.lead).get(reverse("profile:search"), {"q": "hugh"}).content.decode()
    assert "<h1>Students</h1>" in page
    assert "Hughes" in page


@pytest.mark.attack("A32")
@pytest.mark.parametrize("asked", [{"after": "x"}, {"q": "a" * 101}, {"q": "\0"}])
def test_nonsense_finds_nobody(classes, cast, client_for, asked):
    answer = client_for(cast.lead).get(reverse("profile:search"), asked, headers=HTMX)
    assert answer.status_code == 200
    assert b"<li " not in answer.content
