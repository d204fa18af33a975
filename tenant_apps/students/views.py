"""The suggestions of the student field; pages about pupils stand in `profile` and `dashboard`."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.access.decorators import requires
from core.access.enums import SystemPermission
from tenant_apps.students.adapters import two_lists
from tenant_apps.students.selectors import suggest_students


@requires(SystemPermission.ADD_ENTRIES)
@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """Pupils whose name contains what was typed, with year and tutor group, namesakes told apart."""
    suggestions = suggest_students(request.access, request.GET.get("q", "")[:100])
    options = [
        {
            "value": suggestion.id,
            "label": suggestion.name,
            "note": suggestion.note,
            "initials": suggestion.initials,
        }
        for suggestion in suggestions
    ]
    return render(request, "components/picker_options.html", {"options": options})


@requires(SystemPermission.ADD_ENTRIES)
@require_safe
def names(request: HttpRequest) -> HttpResponse:
    """The field of two lists again, with the names of the group that was chosen."""
    return render(request, "students/two_lists.html", {"lists": two_lists(request.access, request.GET)})
