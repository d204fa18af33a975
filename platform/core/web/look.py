"""Template tags of the page frame and the components, built in: no template has to load them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from django import template
from django.template import Context
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide as draw_icon

register = template.Library()

MENU_ICONS = {
    "Dashboard": "house",
    "Reporting": "chart-column",
    "Planner": "calendar-days",
    "Library": "library",
    "Admin": "settings",
    "Account Settings": "user-round-cog",
}


@lru_cache(maxsize=512)
def icon_markup(name: str, css_class: str = "") -> SafeString:
    """The inline SVG of a lucide icon, drawn once per process: parsing it per row costs more than the row.

    Raises lucide.IconDoesNotExist for an unknown name.
    """
    attributes = {"class": f"i {css_class}".strip(), "aria_hidden": "true", "focusable": "false"}
    return SafeString(draw_icon(name, size=None, **attributes))


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
def menu(context: Context, options: Sequence[Mapping[str, Any]], *owner: object) -> SafeString:
    """ "Options": `{% menu entry.options "incident" entry.number %}`; nothing where there is none.

    Each option has a `label`, a `url`, and `post` where it is a form. A tag, because a loop in the template
    costs a chronology of 25 entries and their actions a sixth of its time.
    """
    if not options:
        return SafeString()
    rows = "".join(_menu_form(context, one) if one.get("post") else _menu_link(one) for one in options)
    words = escape(" ".join(str(word) for word in owner if word is not None))
    return SafeString(
        f'<details class="menu-box" data-menu><summary>Options<span class="vh"> for {words}</span></summary>'
        f'<div class="menu-list">{rows}</div></details>'
    )


def _menu_link(option: Mapping[str, Any]) -> str:
    return f'<a class="menu-item" href="{escape(option["url"])}">{escape(option["label"])}</a>'


def _menu_form(context: Context, option: Mapping[str, Any]) -> str:
    token = escape(context.get("csrf_token", ""))
    return (
        f'<form method="post" action="{escape(option["url"])}">'
        f'<input type="hidden" name="csrfmiddlewaretoken" value="{token}">'
        f'<button type="submit" class="menu-item">{escape(option["label"])}</button></form>'
    )


@register.filter(expects_localtime=True)
def moment(at: datetime | None, layout: str = "") -> str:
    """A moment in the school's time by a layout of `strftime`; without one for a `datetime` attribute.

    For pages with hundreds of moments: it takes a tenth of the time that `date` takes.
    """
    if at is None:
        return ""
    return at.strftime(layout) if layout else at.isoformat()


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
