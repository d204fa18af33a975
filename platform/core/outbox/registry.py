"""Who pays which debt, and what runs by the clock. Filled by the apps' `handlers.py` when they are ready."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.outbox.models import OutboxEntry

Payload = dict[str, Any]
HandlerFunction = Callable[[Payload, "OutboxEntry"], None]
PeriodicFunction = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Handler:
    """What is called for a topic, when its mail is refused for good, and when it is given up."""

    topic: str
    function: HandlerFunction
    given_up: HandlerFunction | None
    refused: HandlerFunction | None = None


@dataclass(frozen=True, slots=True)
class Periodic:
    """A function that every school runs by the clock. It must do no harm when run twice."""

    name: str
    minutes: int
    function: PeriodicFunction


_handlers: dict[str, Handler] = {}
_periodic: dict[str, Periodic] = {}


def handles(
    topic: str, *, given_up: HandlerFunction | None = None, refused: HandlerFunction | None = None
) -> Callable[[HandlerFunction], HandlerFunction]:
    """Make a function the handler of a topic.

    It is called with the payload and the entry, inside the school and a transaction that also marks the entry
    as done. It may be called again after a crash, so it must be harmless twice. Any exception means another
    try later; after the last one `given_up` is called the same way and administrators see the dead letter.
    `refused` is called after each try that a mail server refused for good: nobody should wait for the last
    try to learn of it, though a later one may succeed yet.
    """

    def register(function: HandlerFunction) -> HandlerFunction:
        if topic in _handlers:
            raise ValueError(f"The topic {topic!r} has a handler already.")
        _handlers[topic] = Handler(topic, function, given_up, refused)
        return function

    return register


def handler_of(topic: str) -> Handler:
    """The handler of a topic; LookupError if no app has registered one."""
    try:
        return _handlers[topic]
    except KeyError:
        raise LookupError(f"Nobody handles {topic!r}.") from None


def every(*, minutes: int) -> Callable[[PeriodicFunction], PeriodicFunction]:
    """Run a function in every school about every so many minutes, and once when the scheduler starts."""

    def register(function: PeriodicFunction) -> PeriodicFunction:
        name = f"{function.__module__}.{function.__qualname__}".replace(".<locals>", "")
        _periodic[name] = Periodic(name, minutes, function)
        return function

    return register


def periodic_functions() -> list[Periodic]:
    """All that runs by the clock, by name."""
    return sorted(_periodic.values(), key=lambda one: one.name)


def periodic_function(name: str) -> Periodic:
    """One of them; LookupError for a name that no app registered (a job cannot name any other function)."""
    try:
        return _periodic[name]
    except KeyError:
        raise LookupError("No periodic function has this name.") from None
