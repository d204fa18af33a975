import pytest

from tests.data.pupils import make_pupil


@pytest.fixture
def pupils(in_a):
    from core.db.clock import now

    make_pupil("Amelia", "O'Connor-Hughes", preferred_forename="Millie")
    make_pupil("Łukasz", "Nowak")
    make_pupil("Gone", "Away", archived_at=now())


@pytest.mark.spec("SAF-57")
@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("The log of Amelia O’Connor Hughes does not open.", True),
        ("millie o'connor-hughes: wrong photo", True),
        ("O'Connor-Hughes, Amelia", True),
        ("Lukasz Nowak's class", True),
        ("Lukasz Nowak is in two classes", True),
        ("A pupil called Amelia cannot be found", False),
        ("Hughes Millie", False),
        ("Lukasz Nowakowski", False),
        ("Gone Away", False),
        ("The import has failed since Monday.", False),
        ("", False),
    ],
)
def test_pupils_name_is_known_in_any_spelling(pupils, text, is_named):
    from tenant_apps.students.selectors import names_a_pupil

    assert names_a_pupil(text) == is_named
