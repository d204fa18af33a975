"""Icons, drawn once per process."""

from functools import lru_cache

from django.utils.safestring import SafeString
from lucide.templatetags.lucide import lucide as draw_icon


@lru_cache(maxsize=512)
def icon_markup(name: str, css_class: str = "") -> SafeString:
    """The inline SVG of a lucide icon: parsing it per row would cost more than the row.

    Raises lucide.IconDoesNotExist for an unknown name.
    """
    attributes = {"class": f"i {css_class}".strip(), "aria_hidden": "true", "focusable": "false"}
    return SafeString(draw_icon(name, size=None, **attributes))
