"""The colours keep their contrast in every theme, and the themes' copies stay equal."""

import re
from pathlib import Path

import pytest

TOKENS = (Path(__file__).resolve().parents[2] / "static/css/tokens.css").read_text()
TEXT_CONTRAST = 4.5
SHAPE_CONTRAST = 3.0
TEXT_PAIRS = [
    (ink, ground)
    for ink in ("ink", "ink-2", "link", "danger")
    for ground in ("canvas", "surface", "raised", "sunken", "brand-soft")
] + [
    ("on-brand", "brand"),
    ("on-brand", "brand-hover"),
    ("on-bar", "bar"),
    ("on-bar-2", "bar"),
    ("on-bar", "bar-2"),
    ("ink", "mark"),
    ("ink-2", "mark"),
    ("link", "mark"),
    *((kind, f"{kind}-soft") for kind in ("danger", "warn", "ok", "info")),
]


def declarations(block):
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", block))


def blocks(selector):
    return [declarations(found) for found in re.findall(re.escape(selector) + r"\s*\{([^}]*)\}", TOKENS)]


LIGHT = blocks(":root")[0]
SYSTEM = ':root:not([data-theme="light"], [data-theme="dark"], [data-theme="contrast"])'
DARK = blocks('[data-theme="dark"]')[0]
CONTRAST = blocks('[data-theme="contrast"]')[0]
THEMES = {"light": LIGHT, "dark": LIGHT | DARK, "contrast": LIGHT | CONTRAST}


def luminance(colour):
    digits = colour.removeprefix("#")
    digits = digits if len(digits) == 6 else "".join(digit * 2 for digit in digits)
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_system_themes_equal_the_chosen_ones():
    assert blocks(SYSTEM) == [DARK, CONTRAST]


@pytest.mark.parametrize("theme", THEMES)
def test_text_can_be_read(theme):
    tokens = THEMES[theme]
    pale = {
        pair: round(ratio(tokens[pair[0]], tokens[pair[1]]), 2)
        for pair in TEXT_PAIRS
        if ratio(tokens[pair[0]], tokens[pair[1]]) < TEXT_CONTRAST
    }
    assert pale == {}


@pytest.mark.parametrize("theme", THEMES)
def test_twelve_category_colours_stand_out_and_differ(theme):
    tokens = THEMES[theme]
    colours = [tokens[f"k{number}"] for number in range(1, 13)]
    assert len(set(colours)) == 12
    grounds = [tokens[ground] for ground in ("canvas", "surface", "sunken", "brand-soft", "mark")]
    assert min(ratio(colour, ground) for colour in colours for ground in grounds) >= SHAPE_CONTRAST
