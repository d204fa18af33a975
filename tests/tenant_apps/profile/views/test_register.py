import pytest
from django.urls import reverse


@pytest.mark.spec("DSH-05")
@pytest.mark.spec("DSH-06")
@pytest.mark.spec("DSH-09")
def test_a_register_names_everyone_with_notes_of_monitoring(classes, cast, client_for, monitor):
    monitor(classes.jakub, "Behaviour")
    page = client_for(cast.lead).get(reverse("profile:register", args=[classes.a.pk])).content.decode()
    jakub, amelia = page.index("Łukaszewski"), page.index("Connor-Hughes")
    assert jakub < amelia
    assert "Behaviour" in page[jakub:amelia]
    assert page.count("Behaviour") == 1
    assert page.count('class="add-link"') == 2
    assert "Planted" not in page


@pytest.mark.spec("DSH-06")
def test_a_note_of_a_category_that_is_not_open_is_not_there(classes, cast, client_for, monitor):
    monitor(classes.jakub, "Child Protection")
    page = client_for(cast.teacher).get(reverse("profile:register", args=[classes.a.pk])).content.decode()
    assert "Łukaszewski" in page
    assert "Child Protection" not in page


@pytest.mark.spec("GRP-08")
def test_a_group_outside_ones_classes_is_not_found(classes, cast, client_for, limit_to_8b):
    limit_to_8b(cast.teacher.user)
    client = client_for(cast.teacher)
    answer = client.get(reverse("profile:register", args=[classes.a.pk]))
    assert answer.status_code == 404
    assert "Łukaszewski" not in answer.content.decode()
    assert client.get(reverse("profile:register", args=[classes.b.pk])).status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_a_register_takes_as_many_queries_for_any_number(classes, cast, client_for, number):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from tests.data.pupils import make_group, make_pupil

    groups = [make_group("tutor", "9C"), make_group("tutor", "9D")]
    for group, pupils in zip(groups, (1, number + 1), strict=True):
        for _ in range(pupils):
            make_pupil("Any", "Body", group)
    client = client_for(cast.lead)
    taken = []
    for group in groups:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("profile:register", args=[group.pk]))
        taken.append(len(queries))
    assert taken[0] == taken[1] <= 18
