import re
from pathlib import Path

import lucide
import pytest

from core.web.icons import icon_markup
from core.web.look import among, error_target, icon, initials, menu_icon

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
NAMED_ICON = re.compile(r'\{%\s*icon\s+"([a-z0-9-]+)"|\sicon="([a-z0-9-]+)"')


def test_icon_is_decoration_and_drawn_once():
    drawn = icon("plus")
    assert 'aria-hidden="true"' in drawn
    assert 'class="i"' in drawn
    assert icon_markup("plus") is icon_markup("plus")


def test_icon_of_unknown_name_fails():
    with pytest.raises(lucide.IconDoesNotExist):
        icon("no-such-icon")


def test_every_icon_named_in_a_template_exists():
    named = {
        one or other
        for path in TEMPLATES.rglob("*.html")
        for one, other in NAMED_ICON.findall(path.read_text())
    }
    assert "plus" in named
    for name in named:
        icon_markup(name)


def test_menu_icon_of_an_unknown_label_is_a_circle():
    assert menu_icon("Dashboard") != menu_icon("Something else") == icon_markup("circle")


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Amelia Okafor", "AO"), ("Łukasz van der Berg", "ŁB"), ("Cher", "C"), ("", ""), (None, "")],
)
def test_initials(name, letters):
    assert initials(name) == letters


def test_among_compares_as_text():
    assert among(3, ["3"])
    assert not among("31", ["3"])
    assert not among("3", None)


def test_error_target_of_a_group_of_boxes_is_its_fieldset():
    class Group:
        id_for_label = ""
        auto_id = "id_categories"

    assert error_target(Group()) == "id_categories-field"
