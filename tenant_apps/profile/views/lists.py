"""Finding pupils, registers, and "Update Categories" of a list."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from core.access.decorators import requires
from core.access.enums import SystemPermission
from core.web.hiding import asks_to_show_names
from tenant_apps.monitoring.services import EndsBeforeItBeganError, InFutureError, end, end_all, start
from tenant_apps.profile import selectors
from tenant_apps.profile.forms import CategoriesForm, SearchForm, TickedForm
from tenant_apps.profile.selectors import StudentRow
from tenant_apps.students.services import note_listed


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
