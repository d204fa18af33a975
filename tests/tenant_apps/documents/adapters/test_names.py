"""Attacks A33 and A40: names that lie to a header, a reader or a file system."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenant_apps.documents.adapters.names import MAX_BYTES, clean_name


@pytest.mark.attack("A33", "A40")
@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("letter.pdf", "letter.pdf"),
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\dsl\note.docx", "note.docx"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie_ x=1.pdf"),
        # A right-to-left override shows "photo_exe.png" for what ends in ".exe".
        ("photo_\u202egnp.exe", "photo_gnp.exe"),
        ("invisible\u200b.pdf", "invisible.pdf"),
        ("tab\tand\x00null.txt", "tabandnull.txt"),
        ("...", "document"),
        ("", "document"),
        (".htaccess", "htaccess"),
        ('a<b>"c".txt', "a_b__c_.txt"),
        ("Ruby’s drawing.png", "Ruby’s drawing.png"),
        ("Łukasz – ąę.docx", "Łukasz – ąę.docx"),
    ],
)
def test_name_is_made_safe(given_name, kept):
    assert clean_name(given_name) == kept


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("page.html", "page.html.png"),
        ("picture.PNG", "picture.PNG"),
        ("picture", "picture.png"),
        ("photo.jpg.exe", "photo.jpg.exe.png"),
    ],
)
def test_name_of_a_picture_ends_as_a_picture(given_name, kept):
    assert clean_name(given_name, extensions=(".png",)) == kept


def test_long_name_keeps_its_ending():
    assert clean_name("é" * 500 + ".docx").endswith("é.docx")


@pytest.mark.attack("A33", "A40")
@given(st.text(max_size=300), st.sampled_from([(), (".png",), (".jpg", ".jpeg")]))
def test_every_name_comes_out_safe(text, extensions):
    name = clean_name(text, extensions=extensions)
    assert name
    assert len(name.encode()) <= MAX_BYTES
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp", "Cs"} for c in name)
    assert not set(name) & set('/\\:"<>|?*')
    assert not name.startswith(".")
    if extensions:
        assert name.lower().endswith(extensions)
