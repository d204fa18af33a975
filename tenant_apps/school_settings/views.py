""" "Admin" > "Settings" and "Calendar"."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from core.access.decorators import requires
from core.access.enums import SystemPermission
from tenant_apps.school_settings import selectors, services
from tenant_apps.school_settings.forms import ClosureForm, SettingsForm, YearForm


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """Every setting of the school on one page; "Update Settings" writes what differs."""
    form = SettingsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_settings(by=request.access, **form.changes())
        except ValidationError as fault:
            form.take(fault)
        else:
            messages.success(request, "The settings are saved. They count from the next page on.")
            return redirect("school_settings:settings")
    context = {
        "form": form,
        "missing": selectors.missing_notice_fields(),
        "logo": selectors.get_settings().logo_document,
    }
    return render(request, "school_settings/settings.html", context, status=422 if form.errors else 200)


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    """The academic year and the days on which the school is closed."""
    form = YearForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.update_settings(by=request.access, **form.cleaned_data)
        except ValidationError as fault:
            form.take(fault)
        else:
            messages.success(request, "The academic year is saved.")
            return redirect("school_settings:calendar")
    return _calendar(request, form, ClosureForm())


@requires(SystemPermission.ADMINISTRATION)
@require_POST
def close(request: HttpRequest) -> HttpResponse:
    """Close the school on a day or several."""
    form = ClosureForm(request.POST)
    if form.is_valid():
        try:
            added = services.add_closure(by=request.access, **form.cleaned_data)
        except ValidationError as fault:
            form.take(fault)
        else:
            days = "1 day is" if len(added) == 1 else f"{len(added)} days are"
            messages.success(request, f"{days} marked as closed.")
            return redirect("school_settings:calendar")
    return _calendar(request, YearForm(), form)


@requires(SystemPermission.ADMINISTRATION)
@require_POST
def reopen(request: HttpRequest, closure_id: UUID) -> HttpResponse:
    """Take a closure off again."""
    services.remove_closure(closure_id=closure_id, by=request.access)
    messages.success(request, "The day is a school day again.")
    return redirect("school_settings:calendar")


def _calendar(request: HttpRequest, year: YearForm, closure: ClosureForm) -> HttpResponse:
    context = {"year_form": year, "closure_form": closure, "closures": selectors.closures()}
    status = 422 if year.errors or closure.errors else 200
    return render(request, "school_settings/calendar.html", context, status=status)
