"""Rows that a page draws by the hundred, by Jinja: an eighth of the time that Django's templates take.

They stand in `templates/rows/` and look like every other template, but for calls with brackets. A row knows
no request: what it shows is given to it.
"""

from datetime import datetime
from functools import cache
from html import escape
from typing import Any

from django.conf import settings
from django.template.defaultfilters import linebreaks_filter
from django.utils import timezone
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from jinja2 import Environment, FileSystemLoader

from core.web.addresses import path_to
from core.web.icons import icon_markup


def draw(name: str, *, csrf_token: object = None, **values: Any) -> SafeString:
    """A row of `templates/rows/`; every value is escaped. jinja2.TemplateNotFound for an unknown name."""
    token = format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', csrf_token or "")
    return SafeString(rows().get_template(name).render(csrf=token, **values))


@cache
def rows() -> Environment:
    """The templates of rows, compiled once per process."""
    made = Environment(
        loader=FileSystemLoader(settings.ROOT / "templates" / "rows"),
        autoescape=True,
        finalize=escaped,
        auto_reload=settings.DEBUG,
    )
    made.globals |= {"icon": icon_markup, "path_to": path_to}
    made.filters |= {"moment": moment, "linebreaks": linebreaks_filter, "if_any": if_any}
    return made


def escaped(value: Any) -> str:
    """The value as Django writes it, so that one page has one spelling of an apostrophe."""
    # What nearly all values are is not sent through Django's decorators.
    return SafeString(escape(value)) if type(value) is str else conditional_escape(value)


def moment(at: datetime, layout: str = "") -> str:
    """A moment in the school's time by a layout of `strftime`; without one for a `datetime` attribute."""
    local = timezone.localtime(at)
    return local.strftime(layout) if layout else local.isoformat()


def if_any(value: object) -> object:
    """The value, or nothing where there is none."""
    return "" if value is None else value
