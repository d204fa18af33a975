"""The console's pages: signing in, and which schools there are."""

from uuid import UUID

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
from shared_apps.helpdesk.selectors import get_support_request, support_requests
from shared_apps.helpdesk.services import mark_done
from shared_apps.operators import services
from shared_apps.operators.forms import DoneForm, PageForm, SignInForm
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


@operator_only
@never_cache
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """What schools wrote to the helpdesk: to do, or done."""
    page = PageForm(request.GET)
    after = page.cleaned_data["after"] if page.is_valid() else None
    is_done = request.GET.get("done") == "yes"
    lines, further = support_requests(is_done=is_done, after=after)
    context = {"lines": lines, "is_done": is_done, "after": further}
    return render(request, "operators/requests.html", context)


@operator_only
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def request_(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """One request; marked as done, the person who asked is mailed."""
    letter = get_support_request(request_id)
    form = DoneForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        mark_done(
            request_id=request_id, answer=form.cleaned_data["answer"], operator_id=UUID(str(request.user.pk))
        )
        return redirect("operators:requests")
    status = 422 if form.errors else 200
    return render(request, "operators/request.html", {"letter": letter, "form": form}, status=status)
