""" "Contact Support", for everyone who is signed in at a school."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from core.access.decorators import signed_in
from core.web.errors import answer
from core.web.ratelimit import is_over
from shared_apps.helpdesk import services
from shared_apps.helpdesk.adapters import school_side
from shared_apps.helpdesk.forms import ContactForm, KeyContactForm

HOUR_SECONDS = 60 * 60
MOST_AN_HOUR = 20


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: HttpRequest) -> HttpResponse:
    """Write to the helpdesk; a text that seems to name a pupil is asked about before it is sent."""
    kind = KeyContactForm if request.access.is_elevated else ContactForm
    if request.method != "POST":
        return _page(request, kind())
    # Before the text is looked at: whoever tries names one by one is stopped.
    if is_over("contact-support", str(request.access.user_id), times=MOST_AN_HOUR, seconds=HOUR_SECONDS):
        return answer(429, retry_after=HOUR_SECONDS)
    form = kind(request.POST)
    if not form.is_valid():
        return _page(request, form)
    if not form.cleaned_data["confirm"] and school_side.names_a_pupil(form.typed):
        return _page(request, form, seems_named=True)
    written = {name: value for name, value in form.cleaned_data.items() if name != "confirm"}
    services.ask(by=request.access, **written)
    messages.success(request, "Your message is on its way to the helpdesk. You get a mail when it is done.")
    return redirect("helpdesk:contact")


def _page(request: HttpRequest, form: ContactForm, *, seems_named: bool = False) -> HttpResponse:
    context = {
        "form": form,
        "seems_named": seems_named,
        "asked": [form[name] for name in form.fields if name != "confirm"],
        "support_email": settings.SUPPORT_EMAIL,
        "support_telephone": settings.SUPPORT_TELEPHONE,
    }
    status = 422 if form.errors or seems_named else 200
    return render(request, "helpdesk/contact.html", context, status=status)
