"""Pages about colleagues."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.access.decorators import signed_in
from tenant_apps.staff.selectors import suggest_staff


@require_safe
@signed_in
@never_cache
def suggest(request: HttpRequest) -> HttpResponse:
    """Registered, active staff by part of a name, as options of the picker. Never their addresses."""
    options = [
        {
            "value": person.id,
            "label": person.full_name,
            "note": person.note,
            "initials": person.initials,
        }
        for person in suggest_staff(request.GET.get("q", "")[:100])
    ]
    return render(request, "components/picker_options.html", {"options": options})
