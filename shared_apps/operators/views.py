"""The console's pages: signing in, and which schools there are."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import NOBODY
from core.access.decorators import public
from core.audit.context import address_of
from core.web.errors import answer
from core.web.ratelimit import is_over
from shared_apps.operators import services
from shared_apps.operators.forms import SignInForm
from shared_apps.operators.permissions import may_use_console, operator_only
from shared_apps.people.services import close_session
from tenants.selectors import school_rows

NOT_RIGHT = "The email address, the password or the number is not right, or there were too many wrong tries."
NETWORK_SECONDS = 15 * 60
NETWORK_LOGINS = 30


@public
@never_cache
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Email, password and code; then the schools."""
    if may_use_console(request):
        return redirect("operators:schools")
    form = SignInForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "operators/sign_in.html", {"form": form})
    if is_over("console", str(address_of(request)), times=NETWORK_LOGINS, seconds=NETWORK_SECONDS):
        return answer(429, retry_after=NETWORK_SECONDS)
    if form.is_valid():
        if services.sign_in(request=request, **form.cleaned_data):
            return redirect("operators:schools")
        form.add_error(None, NOT_RIGHT)
    return render(request, "operators/sign_in.html", {"form": form}, status=422)


@operator_only
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session on the server."""
    close_session(request=request, by=NOBODY)
    return redirect("operators:sign-in")


@operator_only
@never_cache
@require_safe
def schools(request: HttpRequest) -> HttpResponse:
    """Which schools there are, and whether each is open. Nothing of what lies in them."""
    return render(request, "operators/schools.html", {"schools": school_rows()})
