from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from core.access.decorators import requires
from core.access.enums import SystemPermission
from core.web.redirects import safe_next
from tenant_apps.planner import services
from tenant_apps.planner.forms import AgainForm, ReminderForm
from tenant_apps.planner.selectors import get_own_reminder

HOME = "/"
INVALID = 422


@requires(SystemPermission.PLANNER)
@require_http_methods(["GET", "HEAD", "POST"])
def remind(request: HttpRequest) -> HttpResponse:
    """ "Remind Me": a dialog over the page one is on, or a page of its own where there is no script."""
    onward = safe_next(request, HOME)
    form = ReminderForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, _template(request), {"form": form, "next": onward})
    if not form.is_valid():
        return render(request, _template(request), {"form": form, "next": onward}, status=INVALID)
    given = form.cleaned_data
    reminder = services.set_reminder(
        text=given["text"], kind=given["kind"], due_at=given["due_at"], by=request.access
    )
    if _is_dialog(request):
        return render(request, "planner/reminder_set.html", {"words": _due(reminder.due_at)})
    messages.success(request, f"You will be reminded {_due(reminder.due_at)}.")
    return redirect(onward)


@requires(SystemPermission.PLANNER)
@require_POST
def done(request: HttpRequest, reminder_id: UUID) -> HttpResponse:
    """ "Done": the reminder goes from the dashboard."""
    services.finish_reminder(reminder_id=reminder_id, by=request.access)
    return redirect(f"{HOME}#alerts")


@requires(SystemPermission.PLANNER)
@require_POST
def again(request: HttpRequest, reminder_id: UUID) -> HttpResponse:
    """ "Remind me again in…": the reminder comes back later."""
    get_own_reminder(request.access, reminder_id)
    form = AgainForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=INVALID)
    reminder = services.put_off_reminder(
        reminder_id=reminder_id, minutes=int(form.cleaned_data["minutes"]), by=request.access
    )
    messages.success(request, f"You will be reminded again {_due(reminder.due_at)}.")
    return redirect(HOME)


def _is_dialog(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def _template(request: HttpRequest) -> str:
    return "planner/remind_dialog.html" if _is_dialog(request) else "planner/remind.html"


def _due(moment: datetime) -> str:
    """As in "today at 14:05" or "on Monday 23 November at 08:30"."""
    local = timezone.localtime(moment)
    day = "today" if local.date() == timezone.localdate() else f"on {local:%A} {local.day} {local:%B}"
    return f"{day} at {local:%H:%M}"
