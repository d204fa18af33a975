"""The one page that stands where there is nothing to see."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from core.access.decorators import public


@public
@require_safe
def neutral(request: HttpRequest) -> HttpResponse:
    """Says to use the school's own address, and names no school."""
    return HttpResponse(render_to_string("neutral.html"))
