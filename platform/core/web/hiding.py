"""Whether names are hidden on the pages of this session: "Hide Names" and "Show Names".

The state lies in the session, so it holds on every page until the same button is clicked again. Whoever
writes a name asks `shown_as` here; the core does not know what a name is. Jobs and mails have no session:
there names are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import Enum
from functools import wraps
from typing import Any, Final

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.views.decorators.http import require_POST

from core.access.decorators import signed_in
from core.web.redirects import safe_next

SESSION_KEY: Final = "hides_names"


class ShownAs(Enum):
    """How names stand on a page."""

    NAMES = "names"
    STARS = "stars"
    """On the screen: the first letter and stars."""
    BLOCK = "block"
    """In what is printed or exported: a block that says nothing, not even a letter."""


@dataclass(slots=True)
class _State:
    shown_as: ShownAs = ShownAs.NAMES
    kept: dict[str, Any] = field(default_factory=dict)


_state: ContextVar[_State | None] = ContextVar("hiding", default=None)


def shown_as() -> ShownAs:
    """How names are to be written now."""
    state = _state.get()
    return state.shown_as if state else ShownAs.NAMES


def keep(name: str, make: Callable[[], Any]) -> Any:
    """Something worked out at most once while names are hidden in this request."""
    state = _state.get()
    if state is None:
        return make()
    if name not in state.kept:
        state.kept[name] = make()
    return state.kept[name]


@contextmanager
def hiding(mode: ShownAs) -> Iterator[None]:
    """Names are written in this way inside."""
    with _standing(_State(mode)):
        yield


@contextmanager
def _standing(state: _State) -> Iterator[None]:
    token = _state.set(state)
    try:
        yield
    finally:
        _state.reset(token)


@contextmanager
def for_paper() -> Iterator[None]:
    """What is printed or exported inside hides names by a block, if the session hides them at all."""
    state = _state.get()
    if state is None or state.shown_as is ShownAs.NAMES:
        yield
        return
    before, state.shown_as = state.shown_as, ShownAs.BLOCK
    try:
        yield
    finally:
        state.shown_as = before


def hides_names(request: HttpRequest) -> bool:
    """Whether this session hides names. For the frame and for forms."""
    session = getattr(request, "session", None)
    return session is not None and bool(session.get(SESSION_KEY))


class HideNamesMiddleware:
    """Hides names for the length of a request whose session says so. Comes after the sessions."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not hides_names(request):
            return self.get_response(request)
        state = _State(ShownAs.STARS)
        with _standing(state):
            response = self.get_response(request)
        if isinstance(response, StreamingHttpResponse) and not response.is_async:
            # What is streamed is made after this: an export, so names give way to a block.
            response.streaming_content = _streamed(iter(response), _State(ShownAs.BLOCK, state.kept))
        return response


def _streamed(chunks: Iterator[bytes], state: _State) -> Iterator[bytes]:
    while True:
        with _standing(state):
            chunk = next(chunks, None)
        if chunk is None:
            return
        yield chunk


@signed_in
@require_POST
def toggle(request: HttpRequest) -> HttpResponse:
    """ "Hide Names" / "Show Names": the one button, back to the page it was clicked on."""
    if request.POST.get("names") == "show":
        request.session.pop(SESSION_KEY, None)
    else:
        request.session[SESSION_KEY] = True
    return HttpResponseRedirect(safe_next(request, "/"))


def asks_to_show_names(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A form in which names are chosen or stand in the text asks to show names before it opens.

    Values of a form are never starred: they would be saved as stars, and a child chosen by stars may be the
    wrong one. What was typed and sent is taken all the same.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method in ("GET", "HEAD") and hides_names(request):
            # The view decides first: a form that is not theirs is refused as ever.
            response = view(request, *args, **kwargs)
            if response.status_code != 200:
                return response
            return render(request, "names_hidden.html", {"next": request.get_full_path()})
        return view(request, *args, **kwargs)

    return wrapped
