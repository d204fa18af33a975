from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from core.access.decorators import key_user, requires, signed_in
from core.access.enums import SystemPermission
from core.db.clock import now
from core.tenancy import current_school
from core.web.hiding import for_paper
from core.web.pdf import render_pdf
from shared_apps.people.selectors import names_of
from tenant_apps.dashboard import selectors, services
from tenant_apps.dashboard.forms import AlertsForm
from tenant_apps.documents.services import logo_for_print
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


@key_user
@require_safe
def morning(request: HttpRequest) -> HttpResponse:
    """ "Morning sheet": what was left over, and who was not there."""
    sheet = selectors.morning_sheet(request.access)
    services.note_morning_sheet(sheet, is_printed=False, by=request.access)
    return render(request, "dashboard/morning.html", {"sheet": sheet})


@key_user
@require_safe
def morning_pdf(request: HttpRequest) -> HttpResponse:
    """The same as a PDF."""
    with for_paper():
        sheet = selectors.morning_sheet(request.access)
    services.note_morning_sheet(sheet, is_printed=True, by=request.access)
    maker = names_of([request.access.user_id])[request.access.user_id]
    made = {
        "school": current_school().name,
        "logo": logo_for_print(),
        "title": "Morning sheet",
        "made_by": maker.full,
        "made_at": now(),
    }
    content = render_pdf("dashboard/print_morning.html", {"sheet": sheet, "print": made})
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="morning-sheet-{timezone.localdate():%Y-%m-%d}.pdf"'
    return response
