"""Events in words, for people who read the audit.

Every app says its own events, as `audit_words = {"incident.added": "Added an incident"}` on its AppConfig; a
test looks for events without words. Words name no person and no record.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from django.apps import apps

CORE: Final[Mapping[str, str]] = {
    "access.refused": "Was refused",
    "outbox.given_up": "A delivery was given up",
    "outbox.revived": "Tried a delivery again",
}


@cache
def event_words() -> Mapping[str, str]:
    """Each event that any app tells of, with its words, in the order of the words."""
    found = dict(CORE)
    for config in apps.get_app_configs():
        found.update(getattr(config, "audit_words", {}))
    return dict(sorted(found.items(), key=lambda item: item[1]))


def words_of(event: str) -> str:
    """An event in words; one of an earlier release that nobody tells of any more is spelled out."""
    return event_words().get(event) or event.replace("_", " ").replace(".", ": ").capitalize()
