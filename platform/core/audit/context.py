"""From where and by whom a request comes, for the audit, without handing it through every service."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Context:
    """The request being answered."""

    request: HttpRequest
    address: str | None
    request_id: str

    @property
    def user_id(self) -> UUID | None:
        """Who is signed in now; None before the middleware of sign-in and for visitors."""
        user = getattr(self.request, "user", None)
        if user is None or not user.is_authenticated:
            return None
        return user.pk if isinstance(user.pk, UUID) else None

    @property
    def is_elevated(self) -> bool:
        """Whether a key was used in this session."""
        verified = getattr(getattr(self.request, "user", None), "is_verified", None)
        return bool(verified and verified())


_current: ContextVar[Context | None] = ContextVar("audit_context", default=None)


def current() -> Context | None:
    """The context of the request being answered; None in jobs and commands."""
    return _current.get()


@contextmanager
def answering(request: HttpRequest, *, request_id: str) -> Iterator[Context]:
    """Make a request the current one for as long as it is answered."""
    context = Context(request=request, address=address_of(request), request_id=request_id)
    token = _current.set(context)
    try:
        yield context
    finally:
        _current.reset(token)


def address_of(request: HttpRequest) -> str | None:
    """The address of the person's machine.

    A forwarded header is believed only for as many proxies as `settings.TRUSTED_PROXY_COUNT` says stand in
    front (none unless set): anybody can send one.
    """
    proxies: int = getattr(settings, "TRUSTED_PROXY_COUNT", 0)
    if proxies > 0:
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        if len(hops) >= proxies:
            return _bare(hops[-proxies])
    return _bare(request.META.get("REMOTE_ADDR", ""))


def _bare(text: str) -> str | None:
    from ipaddress import ip_address

    try:
        return str(ip_address(text.partition("%")[0]))
    except ValueError:
        return None
