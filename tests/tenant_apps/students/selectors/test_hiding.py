import pytest

from core.web.hiding import ShownAs, hiding

pytestmark = [pytest.mark.django_db, pytest.mark.spec("EXT-03")]


@pytest.fixture
def pupils(in_a, students_a):
    from tenant_apps.students.models import Student

    names = [("Siân", "O'Connor-Hughes"), ("Łukasz", "Łukaszewski"), ("Will", "May")]
    for student, (forename, surname) in zip(students_a, names, strict=False):
        Student.objects.filter(pk=student.pk).update(
            legal_forename=forename,
            preferred_forename=forename,
            legal_surname=surname,
            preferred_surname=surname,
        )
    return students_a


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Siân said no.", "S**** said no."),
        ("SIAN’s coat, Sian’s bag", "S**** coat, S**** bag"),
        ("O’Connor-Hughes and O'Connor", "O**** and O****"),
        ("Lukaszewski, Łukasz", "L****, Ł****"),
        ("will she come in may", "will she come in may"),
        ("Sian_OConnor-letter.pdf", "S****_O****-letter.pdf"),
        ("SianLetter.pdf", "S****Letter.pdf"),
        ("Nobody here is hidden.", "Nobody here is hidden."),
    ],
)
def test_words_that_some_pupil_is_called_are_starred(pupils, text, hidden):
    from tenant_apps.students.selectors import hide_names

    with hiding(ShownAs.STARS):
        assert hide_names(text) == hidden
    assert hide_names(text) == text


def test_small_letters_are_starred_for_those_the_text_is_about(pupils):
    from tenant_apps.students.selectors import hide_names

    with hiding(ShownAs.STARS):
        assert hide_names("will hit siân", about=[pupils[0].pk]) == "will hit s****"


def test_names_are_read_once_in_a_request(pupils, django_assert_num_queries):
    from tenant_apps.students.selectors import hide_names

    with hiding(ShownAs.BLOCK), django_assert_num_queries(1):
        assert hide_names("Siân") == "█████"
        assert hide_names("Will") == "█████"
    with django_assert_num_queries(0):
        hide_names("Siân")
