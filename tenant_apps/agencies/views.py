""" "Admin" > "Agencies"."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access.decorators import requires
from core.access.enums import SystemPermission
from tenant_apps.agencies import services
from tenant_apps.agencies.forms import AgencyForm
from tenant_apps.agencies.selectors import AgencyRow, agency_rows, get_agency


@requires(SystemPermission.ADMINISTRATION)
@require_safe
def agencies(request: HttpRequest) -> HttpResponse:
    """Every agency with what can be done with it."""
    return render(request, "agencies/agencies.html", {"agencies": agency_rows()})


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def new_agency(request: HttpRequest) -> HttpResponse:
    """ "New agency"."""
    return _page(request, None)


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def agency(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """ "Edit"."""
    return _page(request, get_agency(agency_id))


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def delete_agency(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """ "Disable", or "Delete/Disable" of one that was never used: says first which of the two it will be."""
    shown = get_agency(agency_id)
    if request.method != "POST":
        return render(request, "agencies/agency_delete.html", {"agency": shown})
    is_gone = services.delete_or_disable(agency_id=agency_id, by=request.access)
    messages.success(request, f"“{shown.name}” is {'deleted' if is_gone else 'disabled'}.")
    return redirect("agencies:home")


@requires(SystemPermission.ADMINISTRATION)
@require_POST
def enable_agency(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """ "Enable"."""
    shown = get_agency(agency_id)
    services.enable(agency_id=agency_id, by=request.access)
    messages.success(request, f"“{shown.name}” is offered on forms again.")
    return redirect("agencies:home")


def _page(request: HttpRequest, shown: AgencyRow | None) -> HttpResponse:
    form = AgencyForm(
        request.POST if request.method == "POST" else None, initial={"name": shown.name if shown else ""}
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.save_agency(
                name=form.cleaned_data["name"], agency_id=shown.id if shown else None, by=request.access
            )
        except ValidationError as error:
            form.add_error("name", error.message_dict["name"])
        else:
            messages.success(request, f"The agency “{form.cleaned_data['name']}” is saved.")
            return redirect("agencies:home")
    context = {"form": form, "agency": shown}
    return render(request, "agencies/agency.html", context, status=422 if form.errors else 200)
