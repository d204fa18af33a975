"""Every template extends a base or is a part of one, and none needs a hole in the policy of the page."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
EXTENDS = re.compile(r'\{%\s*extends\s+"([^"]+)"')
WHOLE = re.compile(r"\{%\s*extends|<(html|head|body|title|main)\b", re.IGNORECASE)
COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment.*?endcomment\s*%\}", re.DOTALL)
DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
POSTING = re.compile(r"<form\b[^>]*method=\"post\".*?</form>", re.DOTALL | re.IGNORECASE)
EXEMPT = {
    "tenant_apps/documents/views.py": "an upload is checked by its header before the first byte is read",
    "tenant_apps/imports/views/api.py": "a MIS has no session: its token in a header is checked before all",
    "tenant_apps/imports/views/pages.py": "an upload is checked by its header before the first byte is read",
    "tenant_apps/imports/views/sheets.py": "an upload is checked by its header before the first byte is read",
    "tenant_apps/maps/views.py": "a picture is read only once it is known who sends it",
    "tenant_apps/profile/views/contacts.py": "an upload is checked by its header before a byte is read",
}
WITHOUT_TOKEN = {
    "catalogue.html": "its samples post nowhere that stores anything",
    "imports/home.html": "an upload carries the token as a header, checked before anything is read",
}
INLINE = {
    "style attribute": re.compile(r"<[a-z][^>]*\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "script text": re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE),
    "event handler": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "script address": re.compile(r"(?:href|src|action)\s*=\s*[\"']\s*javascript:", re.IGNORECASE),
    "hx-on": re.compile(r"\shx-on[:=]", re.IGNORECASE),
    "value marked as safe": re.compile(r"\|\s*safe\b|\{%\s*autoescape\s+off"),
}


def templates():
    return sorted(path for path in TEMPLATES.rglob("*.html"))


def name(path):
    return path.relative_to(TEMPLATES).as_posix()


def is_part(path):
    """Components, mails, the bases themselves, and what holds nothing that only a whole page has."""
    parts = path.relative_to(TEMPLATES).parts
    is_named_so = parts[0] == "components" or "mail" in parts or path.name.startswith("base")
    # A drawing has titles of its own.
    return is_named_so or not WHOLE.search(DRAWING.sub("", COMMENT.sub("", path.read_text())))


def ends_in_a_base(path):
    parent = EXTENDS.search(path.read_text())
    while parent and not Path(parent[1]).name.startswith("base"):
        parent = EXTENDS.search((TEMPLATES / parent[1]).read_text())
    return parent is not None


def test_templates_extend_a_base_or_are_parts():
    assert [name(path) for path in templates() if not is_part(path) and not ends_in_a_base(path)] == []


@pytest.mark.parametrize("what", INLINE)
def test_templates_need_no_inline_style_or_script(what):
    pages = [path for path in templates() if "mail" not in path.parts]
    assert pages
    assert [name(path) for path in pages if INLINE[what].search(COMMENT.sub("", path.read_text()))] == []


def test_forms_that_post_carry_the_token():
    """A49: a POST form without the token would be refused, or tempt somebody to exempt its view."""
    found = {
        path: POSTING.findall(path.read_text()) for path in templates() if name(path) not in WITHOUT_TOKEN
    }
    assert any(found.values())
    for path, forms in found.items():
        # Rows are given the field itself.
        token = "{{ csrf }}" if path.parent.name == "rows" else "csrf_token"
        assert [name(path) for form in forms if token not in form] == []


def test_no_view_is_exempt_from_the_token():
    """A49."""
    rooms = ("platform", "tenants", "shared_apps", "sso", "tenant_apps")
    found = {
        path.relative_to(ROOT).as_posix()
        for room in rooms
        for path in (ROOT / room).rglob("*.py")
        if "import csrf_exempt" in path.read_text()
    }
    assert found <= set(EXEMPT)
