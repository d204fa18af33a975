from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from core.access.decorators import requires, signed_in
from core.access.enums import SystemPermission
from tenant_apps.dashboard import selectors
from tenant_apps.dashboard.forms import AlertsForm
from tenant_apps.profile.selectors import may_update_categories, monitored_register
from tenant_apps.students.services import note_listed


@signed_in
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    form = AlertsForm(request.GET)
    before = form.cleaned_data["before"] if form.is_valid() else None
    context = selectors.everyones_parts(request.access, before=before)
    if request.access.is_elevated:
        return render(request, "dashboard/home.html", context | selectors.key_users_parts(request.access))
    return render(request, "dashboard/restricted.html", context | selectors.restricted_parts(request.access))


@requires(SystemPermission.VIEW_STUDENT_LIST)
@require_safe
def monitored(request: HttpRequest, category_id: UUID) -> HttpResponse:
    """Students now monitored under one category."""
    context = monitored_register(request.access, category_id)
    context["may_update"] = may_update_categories(request.access)
    note_listed(student_ids=[row.id for row in context["rows"]], by=request.access)
    return render(request, "dashboard/monitored.html", context)
