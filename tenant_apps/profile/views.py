"""Finding pupils, registers, and the pages of one pupil."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.access.decorators import requires
from core.access.enums import SystemPermission
from tenant_apps.monitoring.selectors import monitored_now
from tenant_apps.profile import selectors
from tenant_apps.profile.forms import SearchForm
from tenant_apps.students.services import note_listed, note_viewed


@requires(SystemPermission.VIEW_STUDENT_LIST)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """The quick search: a part of the dashboard by script, a page of its own without."""
    form = SearchForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    result = selectors.quick_search(
        request.access,
        term=asked.get("q", ""),
        monitored=asked.get("monitored", False),
        include_archived=asked.get("archived", False),
        after=asked.get("after"),
    )
    note_listed(student_ids=[row.id for row in result.rows], by=request.access)
    context = {"result": result, "asked": asked, "has_asked": bool(asked.get("q") or asked.get("monitored"))}
    template = "students/search_results.html" if request.htmx else "students/search.html"
    return render(request, template, context)


@requires(SystemPermission.VIEW_STUDENT_LIST)
@require_safe
def register(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """The full register of a group, each name with the categories under which the pupil is monitored."""
    context = selectors.group_register(request.access, group_id)
    note_listed(student_ids=[row.id for row in context["rows"]], by=request.access)
    return render(request, "students/register.html", context)


@requires(SystemPermission.VIEW_STUDENT_DETAILS)
@require_safe
def overview(request: HttpRequest, student_id: UUID) -> HttpResponse:
    """The "Overview" tab."""
    shown = selectors.overview(request.access, student_id)
    note_viewed(student_id=student_id, by=request.access)
    context = {
        "overview": shown,
        "student": shown.header,
        "tab": "overview",
        "monitored": monitored_now(request.access, [student_id])[student_id],
        "court_order_line": selectors.COURT_ORDER_LINE,
        "may_add": request.access.can(SystemPermission.ADD_ENTRIES),
    }
    return render(request, "profile/overview.html", context)
