import pytest
from django.urls import reverse


@pytest.mark.spec("INC-06")
@pytest.mark.spec("INC-08")
def test_a_person_without_a_key_is_offered_students(classes, cast, client_for):
    answer = client_for(cast.support).get(reverse("students:suggest"), {"q": "hugh"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert f'data-autocomplete-value="{classes.amelia.pk}"' in page
    assert "Millie O&#x27;Connor-Hughes" in page
    assert "7A" in page


def test_a_visitor_is_offered_nobody(classes, client_for):
    answer = client_for().get(reverse("students:suggest"), {"q": "hugh"})
    assert answer.status_code == 302
    assert b"Hughes" not in answer.content


def test_the_other_schools_students_are_not_offered(classes, cast_b, client_for):
    answer = client_for(cast_b.support).get(reverse("students:suggest"), {"q": "hugh"})
    assert answer.status_code == 200
    assert b"Hughes" not in answer.content
