"""The pages of one pupil: "Overview", "Edit Information", "Monitoring History", and who may not see it."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.access.decorators import key_user, requires
from core.access.enums import SystemPermission
from core.web.hiding import asks_to_show_names
from tenant_apps.incidents.selectors import combined_maps
from tenant_apps.profile import selectors
from tenant_apps.profile.forms import StudentForm
from tenant_apps.profile.services import update_student
from tenant_apps.profile.views.frame import tab_context
from tenant_apps.staff.permissions import can_block_readers
from tenant_apps.staff.selectors import blockable_colleagues
from tenant_apps.students.forms import NOBODY_LEFT, BlockForm
from tenant_apps.students.permissions import sees_contacts
from tenant_apps.students.selectors import (
    blocked_readers_of,
    get_student,
    student_header,
    students_blocked_among,
    suggested_blocks,
)
from tenant_apps.students.services import (
    MOST_KEYWORDS,
    AgencyNotOfferedError,
    AnswerChangedError,
    NobodyLeftError,
    SummaryChangedError,
    TooManyKeywordsError,
    block_student_reader,
    lift_student_block,
    note_viewed,
)


@requires(SystemPermission.VIEW_STUDENT_DETAILS)
@require_safe
def overview(request: HttpRequest, student_id: UUID) -> HttpResponse:
    """The "Overview" tab."""
    shown = selectors.overview(request.access, student_id)
    note_viewed(student_id=student_id, by=request.access)
    context = {
        **tab_context(request, shown.header, "overview"),
        "overview": shown,
        "charts": selectors.charts(request.access, student_id),
        "combined_maps": combined_maps(request.access, student_id),
        "may_edit": selectors.may_edit(request.access),
    }
    return render(request, "profile/overview.html", context)


@requires(SystemPermission.VIEW_STUDENT_DETAILS)
@require_http_methods(["GET", "HEAD", "POST"])
@asks_to_show_names
def edit(request: HttpRequest, student_id: UUID) -> HttpResponse:
    """ "Edit Information": monitoring by hand, and the pupil's summary, keywords and agencies."""
    if not selectors.may_edit(request.access):
        raise PermissionDenied
    student = get_student(request.access, student_id)
    is_sent = request.method == "POST"
    form = StudentForm(request.POST if is_sent else None, editing=selectors.editing(request.access, student))
    other: SummaryChangedError | None = None
    if is_sent and not form.only_rearranges and form.is_valid():
        try:
            update_student(student_id=student_id, change=form.change(), by=request.access)
        except SummaryChangedError as error:
            other = error
        except TooManyKeywordsError:
            form.add_error("keywords", f"A student has at most {MOST_KEYWORDS} keywords.")
        except AnswerChangedError as error:
            form.say_changed(error)
        except AgencyNotOfferedError:
            form.add_error("agency", "This agency is not offered any more.")
        else:
            messages.success(request, "The student was updated.")
            return redirect("profile:overview", student_id=student_id)
    if not is_sent:
        note_viewed(student_id=student_id, by=request.access)
    agencies = form.shown_agencies()
    if form.only_rearranges:
        form.keep_open()
    context = {
        "student": student_header(student),
        "form": form,
        "agencies": agencies,
        "other": other,
        "sees_contacts": sees_contacts(request.access),
        "other_by": selectors.person_name(other.written_by) if other else "",
    }
    has_faults = is_sent and not form.only_rearranges
    return render(request, "profile/edit.html", context, status=422 if has_faults else 200)


@requires(SystemPermission.VIEW_STUDENT_DETAILS)
@require_safe
def monitoring(request: HttpRequest, student_id: UUID) -> HttpResponse:
    """The "Monitoring History" tab."""
    student = get_student(request.access, student_id)
    lines = selectors.monitoring_lines(request.access, student_id)
    note_viewed(student_id=student_id, by=request.access)
    context = {
        **tab_context(request, student_header(student), "monitoring"),
        "lines": lines,
        "timeline": selectors.timeline(lines, student),
    }
    return render(request, "profile/monitoring.html", context)


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
        **tab_context(request, student_header(student), "blocked"),
        "form": form,
        "lines": lines,
        "people": blockable_colleagues(but=[line.user_id for line in lines]),
        "suggested": suggested_blocks(student_id),
    }
    return render(request, "profile/blocked.html", context, status=422 if form.errors else 200)
