""" "Enable Training Mode", "Manage Training Mode" and "Disable Training Mode"."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from core.access.decorators import requires
from core.access.enums import SystemPermission
from core.tenancy import current_school
from tenant_apps.incidents.services import SomethingStaysError
from tenant_apps.training import selectors, services
from tenant_apps.training.forms import EndForm


@requires(SystemPermission.ADMINISTRATION)
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """ "Enable Training Mode"."""
    if services.begin_training(by=request.access):
        messages.success(request, "Training mode is on. Every page says so to everybody.")
    return redirect("training:manage")


@requires(SystemPermission.ADMINISTRATION)
@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest) -> HttpResponse:
    """The entries made in training mode, each ticked for deletion that may go; and the end of it."""
    is_sent = request.method == "POST"
    form = EndForm(request.POST if is_sent else None, school_name=current_school().name)
    if is_sent and form.is_valid() and (answer := _end(request, form)):
        return answer
    mode = selectors.mode()
    lines = selectors.lines_of(request.access, since=mode.since) if mode else []
    unticked = form.ids("shown") - form.ids("gone") if is_sent else set()
    context = {
        "form": form,
        "mode": mode,
        "rows": [(line, line.may_go and line.entry.id not in unticked) for line in lines],
        "practice": sum(line.entry.is_practice for line in lines),
        "returns": selectors.returns(),
    }
    services.note_listed(entries=[line.entry.id for line in lines], by=request.access)
    return render(request, "training/manage.html", context, status=422 if form.errors else 200)


def _end(request: HttpRequest, form: EndForm) -> HttpResponse | None:
    """The way on once training mode has ended; None with the reason in the form where it has not."""
    try:
        removed = services.end_training(ticked=form.ids("gone"), shown=form.ids("shown"), by=request.access)
    except services.NotOnError:
        messages.info(request, "Training mode was ended already.")
        return redirect("school_settings:settings")
    except services.ListChangedError:
        form.add_error(None, "Entries were added after this list was shown. Nothing was changed; look again.")
        return None
    except SomethingStaysError as fault:
        numbers = ", ".join(f"no. {number}" for number in fault.numbers)
        form.add_error(
            None, f"What stands beneath {numbers} would go as well. Untick the incident, or tick its actions."
        )
        return None
    went = "1 entry was" if removed == 1 else f"{removed} entries were"
    messages.success(request, f"Training mode is off. {went} removed.")
    return redirect("school_settings:settings")
