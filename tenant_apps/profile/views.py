"""Finding pupils, registers, and the pages of one pupil."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core.access.decorators import key_user, requires
from core.access.enums import SystemPermission
from core.web.hiding import asks_to_show_names
from tenant_apps.monitoring.selectors import monitored_now
from tenant_apps.monitoring.services import EndsBeforeItBeganError, InFutureError, end, end_all, start
from tenant_apps.profile import selectors
from tenant_apps.profile.forms import CategoriesForm, SearchForm, StudentForm, TickedForm
from tenant_apps.profile.selectors import StudentRow
from tenant_apps.profile.services import update_student
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
    MOST_KEYWORDS,
    AgencyNotOfferedError,
    NobodyLeftError,
    SummaryChangedError,
    TooManyKeywordsError,
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
    context["may_update"] = selectors.may_update_categories(request.access)
    return render(request, "students/register.html", context)


@requires(SystemPermission.VIEW_STUDENT_LIST)
@require_http_methods(["GET", "HEAD", "POST"])
@asks_to_show_names
def update_register(request: HttpRequest, group_id: UUID) -> HttpResponse:
    """ "Update Categories" of a class list."""
    found = selectors.group_register(request.access, group_id)
    back = reverse("profile:register", args=[group_id])
    return _update_categories(request, rows=found["rows"], heading=found["group"].name, back=back)


@requires(SystemPermission.VIEW_STUDENT_LIST)
@require_http_methods(["GET", "HEAD", "POST"])
@asks_to_show_names
def update_monitored(request: HttpRequest, category_id: UUID) -> HttpResponse:
    """ "Update Categories" of a category's list."""
    found = selectors.monitored_register(request.access, category_id)
    back = reverse("dashboard:monitored", args=[category_id])
    return _update_categories(request, rows=found["rows"], heading=found["category"].name, back=back)


def _update_categories(
    request: HttpRequest, *, rows: list[StudentRow], heading: str, back: str
) -> HttpResponse:
    """First the ticks, then what to do with the ticked ones; students not ticked stay as they were."""
    if not selectors.may_update_categories(request.access):
        raise PermissionDenied
    context: dict[str, Any] = {"rows": rows, "heading": heading, "back": back}
    if request.method != "POST":
        note_listed(student_ids=[row.id for row in rows], by=request.access)
        return render(request, "profile/tick_students.html", context)
    ticked = TickedForm(request.POST, among=[row.id for row in rows])
    if not ticked.is_valid():
        context["errors"] = ticked.errors["students"]
        return render(request, "profile/tick_students.html", context, status=422)
    chosen = [row for row in rows if row.id in ticked.cleaned_data["students"]]
    categories = selectors.bulk_categories(request.access, [row.id for row in chosen])
    is_sent = "do" in request.POST
    form = CategoriesForm(request.POST if is_sent else None, categories=categories)
    if is_sent and form.is_valid() and _carried_out(request, form, chosen):
        return redirect(back)
    context |= {"form": form, "chosen": chosen}
    return render(request, "profile/update_categories.html", context, status=422 if form.errors else 200)


def _carried_out(request: HttpRequest, form: CategoriesForm, chosen: list[StudentRow]) -> bool:
    """Starts or ends monitoring of the chosen ones; False with the form's faults where it cannot."""
    asked, ids, by = form.cleaned_data, [row.id for row in chosen], request.access
    try:
        if asked["do"] == "wipe":
            number, did = end_all(student_ids=ids, by=by, until=form.moment), "ended"
        elif asked["do"] == "remove":
            number = end(student_ids=ids, category_ids=[asked["category"]], by=by, until=form.moment)
            did = "ended"
        else:
            begun = start(
                student_ids=ids,
                category_ids=[asked["category"]],
                by=by,
                source=("hand", None),
                since=form.moment,
            )
            number, did = len(begun), "started"
    except EndsBeforeItBeganError as error:
        names = ", ".join(row.name for row in chosen if row.id in error.student_ids)
        form.add_error("day", f"Monitoring began after this date for: {names}.")
    except InFutureError:
        form.add_error("day", "The date is in the future.")
    else:
        what = "monitoring" if number == 1 else "monitorings"
        messages.success(request, f"Updated {len(ids)} of the list: {number} {what} {did}.")
        return True
    return False


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
        "student": student_header(student),
        "tab": "monitoring",
        "monitored": monitored_now(request.access, [student_id])[student_id],
        "may_block": can_block_readers(request.access),
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
