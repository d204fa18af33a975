"""Who may use the console."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from core.access.decorators import AccessRule, declare
from shared_apps.operators.models import Operator

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

OPERATOR = AccessRule("operator")


def may_use_console(request: HttpRequest) -> bool:
    """Whether an operator is signed in who gave a code in this session."""
    user = request.user
    return bool(
        user.is_authenticated and user.is_verified() and Operator.objects.filter(user_id=user.pk).exists()
    )


def operator_only(view: View[P]) -> View[P]:
    """A view for operators; everybody else is sent to sign in and told nothing."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not may_use_console(request):
            return redirect("operators:sign-in")
        return view(request, *args, **kwargs)

    declare(guarded, OPERATOR)
    return guarded
