""" "Admin" > "Users" > "Alert Groups": the list, a new group, and one group's people."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from core.access.decorators import requires
from core.access.enums import SystemPermission
from tenant_apps.staff import selectors, services
from tenant_apps.staff.forms.groups import AlertGroupForm
from tenant_apps.staff.forms.users import sent
from tenant_apps.staff.selectors.registered import registered_staff


@requires(SystemPermission.ADMINISTRATION)
@require_safe
def alert_groups(request: HttpRequest) -> HttpResponse:
    """All groups, with a mark on those that reach nobody."""
    groups = selectors.alert_group_rows(request.access)
    return render(request, "staff/alert_groups.html", {"groups": groups})


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def new_alert_group(request: HttpRequest) -> HttpResponse:
    """ "New Alert Group"."""
    return _page(request, AlertGroupForm(sent(request), group=None, people=registered_staff()))


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def alert_group(request: HttpRequest, alert_group_id: UUID) -> HttpResponse:
    """One group, for change. Members whose account was closed stay in it until they are taken out."""
    group = selectors.get_alert_group(request.access, alert_group_id)
    people = registered_staff(besides=group.members)
    return _page(request, AlertGroupForm(sent(request), group=group, people=people), group)


def _page(
    request: HttpRequest, form: AlertGroupForm, group: selectors.AlertGroupDetails | None = None
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.save_alert_group(
                group_id=group.id if group else None,
                name=given["name"],
                member_ids=given["members"],
                # The default group is not asked: it stays the default until another one takes its place.
                is_default=given["is_default"] or (group is not None and group.is_default),
                on_incidents=given["on_incidents"],
                on_library=given["on_library"],
                insists=given["insists"],
                by=request.access,
            )
        except ValidationError as error:
            form.take(error)
        else:
            messages.success(request, f"The alert group “{given['name']}” is saved.")
            return redirect("staff:alert-groups")
    status = 422 if form.errors else 200
    return render(request, "staff/alert_group.html", {"form": form, "group": group}, status=status)
