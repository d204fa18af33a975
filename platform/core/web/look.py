"""Template tags of the page frame and the components, built in: no template has to load them."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.web.icons import icon_markup
from core.web.rows import draw

register = template.Library()

MENU_ICONS = {
    "Dashboard": "house",
    "Reporting": "chart-column",
    "Planner": "calendar-days",
    "Library": "library",
    "Admin": "settings",
    "Account Settings": "user-round-cog",
}


@register.simple_tag
def icon(name: str, css_class: str = "") -> SafeString:
    """`{% icon "plus" %}`: decoration; words beside it, seen or for screen readers, carry the meaning."""
    # `+ ""` turns the tag's safe literal into a plain string, so that both spellings share one cache entry.
    return icon_markup(name + "", css_class + "")


@register.filter
def menu_icon(label: str) -> SafeString:
    """The icon of a menu entry in the phone's tab bar."""
    return icon_markup(MENU_ICONS.get(str(label), "circle"))


@register.simple_tag(takes_context=True)
def entry_row(context: Context, entry: Any) -> SafeString:
    """One incident of a chronology: `{% entry_row entry %}` inside `<ol class="chronology">`.

    `readers` in the context stands beneath the highlighted one: who can read it.
    """
    values: dict[str, Any] = {str(name): value for name, value in context.flatten().items()}
    readers = partial(render_to_string, "incidents/readers_line.html", values)
    return draw(
        "entry.html",
        entry=entry,
        readers=readers if context.get("readers") else None,
        csrf_token=context.get("csrf_token"),
    )


@register.simple_tag
def marked_maps(maps: Iterable[Any]) -> SafeString:
    """Maps with the marks of one incident or action on them, and what the marks say."""
    return draw("maps.html", maps=maps)


@register.simple_tag
def student_rows(students: Iterable[Any]) -> SafeString:
    """The students of a list: `<ul class="rows">{% student_rows students %}</ul>`."""
    return draw("students.html", students=students)


@register.filter
def initials(name: str) -> str:
    """First letters of the first and the last word: `Łukasz van der Berg` gives `ŁB`."""
    words = str(name or "").split()
    if not words:
        return ""
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@register.simple_tag
def category_square(colour: str) -> SafeString:
    """The square of a category in colour `k1` to `k12`; the name must stand beside it."""
    return format_html('<span class="square {}"></span>', colour)


@register.filter
def error_target(field: object) -> str:
    """The id an error summary links to: the control's, or the box's where there are several controls."""
    return getattr(field, "id_for_label", "") or f"{getattr(field, 'auto_id', '')}-field"


@register.filter
def among(value: object, chosen: Iterable[object] | None) -> bool:
    """Whether a value stands in a list of ids, as text: forms hand back text and selectors UUIDs."""
    return str(value) in {str(one) for one in chosen or ()}
