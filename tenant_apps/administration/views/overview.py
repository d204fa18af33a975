"""The pages of "Admin" that belong to no single room."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import slugify
from django.views.decorators.http import require_safe

from core.access.decorators import requires
from core.access.enums import SystemPermission
from core.db.clock import now
from core.tenancy import current_school
from core.web.frame import Frame
from core.web.pdf import render_pdf

# What each tab is for, in a line.
WORDS = {
    "Settings": "How the product works for your school: messages, names, alerts, accounts, notices and logo.",
    "Imports": "Extracts from your MIS: the last one, its history, and uploading one by hand.",
    "Categories": "What incidents are filed under, in which colours, and who may see what.",
    "Agencies": "The outside agencies that can be named on incidents and actions.",
    "Calendar": "The academic year and the days on which the school is closed.",
    "Users": "Who has an account, their permissions, alerts and keys, user groups and alert groups.",
    "Transfers": "Records that leave with a pupil, and those that arrive.",
    "Groups": "Who may see the students of which class.",
    "Maps": "Plans and body maps to mark on an incident.",
    "Form Builder": "Your own fields, the order of all, and advice on the forms.",
    "Integrations": "Other systems that may add incidents.",
}


@requires(SystemPermission.ADMINISTRATION)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The first tab of "Admin": the agreement, and what stands behind each tab."""
    tabs = [
        {"label": tab.label, "url": tab.url, "words": WORDS.get(tab.label, "")}
        for tab in Frame(request).admin_tabs
        if not tab.current
    ]
    return render(request, "administration/overview.html", {"cards": tabs})


@requires(SystemPermission.ADMINISTRATION)
@require_safe
def agreement(request: HttpRequest) -> HttpResponse:
    """The provider's Service Level Agreement as a PDF, with the provider's own name and contacts."""
    title = f"{settings.BRAND} Service Level Agreement"
    context = {
        "print": {
            "school": current_school().name,
            "title": title,
            "made_by": Frame(request).user_name,
            "made_at": now(),
        },
        "brand": settings.BRAND,
        "telephone": settings.SUPPORT_TELEPHONE,
        "email": settings.SUPPORT_EMAIL,
        "hours": settings.SUPPORT_HOURS,
        "location": settings.DATA_LOCATION,
    }
    response = HttpResponse(
        render_pdf("administration/agreement.html", context, title=title), content_type="application/pdf"
    )
    name = slugify(title) or "service-level-agreement"
    response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
    return response
