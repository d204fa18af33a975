"""Who may call a view. Every view of every URL conf carries exactly one of these; a check holds it.

Not signed in: the way to the sign-in page. Signed in but not allowed: 403. That a record is not one's own
(404) is for the selectors.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlencode

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from core.access.access import Access
from core.access.enums import KEPT_WITHOUT_KEY, SystemPermission
from core.access.loading import access_of

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

LOGIN_ROUTE = "people:login"


@dataclass(frozen=True, slots=True)
class AccessRule:
    """Who a view is for, readable by checks and by the matrix of permissions."""

    kind: str
    permission: SystemPermission | None = None


PUBLIC = AccessRule("public")
SIGNED_IN = AccessRule("signed in")
KEY_USER = AccessRule("key user")


def declare(view: Callable[..., Any], rule: AccessRule) -> None:
    """Note on a view whom it is for. For decorators of other rooms, such as the operators' console."""
    view.access_rule = rule  # type: ignore[attr-defined] # functions carry attributes


def rule_of(view: Callable[..., Any]) -> AccessRule | None:
    """The rule a view declares, or None. Looks through wrappers that keep `__wrapped__` or `__dict__`."""
    candidate: Any = getattr(view, "view_class", None) or view
    while candidate is not None:
        rule = getattr(candidate, "access_rule", None)
        if isinstance(rule, AccessRule):
            return rule
        candidate = getattr(candidate, "__wrapped__", None)
    return None


def public(view: View[P]) -> View[P]:
    """A view that anybody may call, on purpose: signing in, health, the neutral page."""
    declare(view, PUBLIC)
    return view


def signed_in(view: View[P]) -> View[P]:
    """A view for everyone with an account in the school, key or not."""
    return _guard(view, SIGNED_IN, lambda access: True)


def key_user(view: View[P]) -> View[P]:
    """A view for those who used a key in this session."""
    return _guard(view, KEY_USER, lambda access: access.is_elevated)


def requires(permission: SystemPermission) -> Callable[[View[P]], View[P]]:
    """A view for those with a system permission; with a key in the session, but for what needs none."""
    needs_key = permission not in KEPT_WITHOUT_KEY

    def allowed(access: Access) -> bool:
        return access.can(permission) and (access.is_elevated or not needs_key)

    def decorate(view: View[P]) -> View[P]:
        return _guard(view, AccessRule("permission", permission), allowed)

    return decorate


def _guard(view: View[P], rule: AccessRule, allowed: Callable[[Access], bool]) -> View[P]:
    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        access = access_of(request)
        if access.user_id is None:
            return _to_login(request)
        request.access = access
        if not allowed(access):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    declare(guarded, rule)
    return guarded


def _to_login(request: HttpRequest) -> HttpResponse:
    """The sign-in page, coming back here afterwards if that is a page one can come back to."""
    address = reverse(LOGIN_ROUTE)
    if request.headers.get("HX-Request") == "true":
        return HttpResponseClientRedirect(address)
    if request.method in ("GET", "HEAD") and request.path != "/":
        address = f"{address}?{urlencode({'next': request.get_full_path()})}"
    return HttpResponseRedirect(address)
