"""Finding pupils, registers, and the pages of one pupil."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.access.decorators import key_user, requires
from core.access.enums import SystemPermission
from tenant_apps.monitoring.selectors import monitored_now
from tenant_apps.profile import selectors
from tenant_apps.profile.forms import SearchForm
from tenant_apps.staff.permissions import can_block_readers
from tenant_apps.staff.selectors import blockable_colleagues
from tenant_apps.students.forms import NOBODY_LEFT, BlockForm
from tenant_apps.students.selectors import (
    blocked_readers_of,
    get_student,
    student_header,
    students_blocked_among,
    suggested_blocks,
)
from tenant_apps.students.services import (
    NobodyLeftError,
    block_student_reader,
    lift_student_block,
    note_listed,
    note_viewed,
)


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
        "may_block": can_block_readers(request.access),
    }
    return render(request, "profile/overview.html", context)


@key_user
@require_http_methods(["GET", "HEAD", "POST"])
def blocked(request: HttpRequest, student_id: UUID) -> HttpResponse:
    """ "Staff who may not see this record", of one student."""
    if not can_block_readers(request.access):
        raise PermissionDenied
    student = get_student(request.access, student_id)
    form = BlockForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        change = lift_student_block if form.lifts else block_student_reader
        try:
            change(student_id=student_id, user_id=form.user_id, by=request.access)
        except NobodyLeftError:
            form.add_error("block", NOBODY_LEFT)
        else:
            messages.success(
                request, "The block was lifted." if form.lifts else "The block stands from now on."
            )
            if students_blocked_among(request.access, [student_id]):
                return redirect("dashboard:home")
            return redirect("profile:blocked", student_id=student_id)
    lines = blocked_readers_of(student_id)
    context = {
        "student": student_header(student),
        "tab": "blocked",
        "monitored": monitored_now(request.access, [student_id])[student_id],
        "may_add": request.access.can(SystemPermission.ADD_ENTRIES),
        "may_block": True,
        "form": form,
        "lines": lines,
        "people": blockable_colleagues(but=[line.user_id for line in lines]),
        "suggested": suggested_blocks(student_id),
    }
    return render(request, "profile/blocked.html", context, status=422 if form.errors else 200)
