"""The scale WEAK, FAIR, STRONG, VERY STRONG, and what is accepted."""

import pytest

from shared_apps.people.services import rate

ORDER = ["WEAK", "FAIR", "STRONG", "VERY STRONG"]


@pytest.mark.spec("ACC-15", "ACC-17")
@pytest.mark.parametrize(
    ("password", "rating", "is_accepted"),
    [
        ("", "WEAK", False),
        ("sunflower", "WEAK", False),
        ("sunflowerboat", "FAIR", False),
        ("kX9!vQ2z", "FAIR", False),  # hard to guess, but of 8 characters only
        ("Sunflowerboat7", "STRONG", True),
        ("Lantern-Orbit-42", "VERY STRONG", True),
        ("Ab1!" * 64, None, None),
    ],
)
def test_rate(password, rating, is_accepted):
    strength = rate(password)

    if rating is not None:
        assert (strength.rating.label, strength.is_accepted) == (rating, is_accepted)


@pytest.mark.spec("ACC-16")
def test_numbers_capitals_and_punctuation_raise_the_rating():
    plain = rate("sunflowerboat").rating.label
    mixed = rate("Sunflowerboat7!").rating.label

    assert ORDER.index(mixed) > ORDER.index(plain)


@pytest.mark.spec("ACC-17")
@pytest.mark.parametrize(
    "password", ["Lantern-Łukasz-42", "lantern LUKASZ orbit 42", "Orbit-lu.kasz-lantern9"]
)
def test_a_name_is_found_however_it_is_written(password):
    strength = rate(password, personal=["Łukasz"])

    assert strength.rating.label == "WEAK"
    assert strength.advice == ("Leave out your name, your email address and the school’s name.",)


def test_short_names_do_not_stand_in_the_way():
    assert rate("Lantern-Orbit-42", personal=["Bit", "Ann"]).is_accepted
