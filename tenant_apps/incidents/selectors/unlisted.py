"""Whom an incident is about that names no student of the list, in words. What was typed is a name."""

from collections.abc import Mapping
from typing import Any

from tenant_apps.incidents.enums import About, Tray
from tenant_apps.incidents.models import Incident
from tenant_apps.students.selectors import hidden_name, hide_names

IN_TRAY = (Tray.WAITING, Tray.KEPT)


def about_in_words(about: str, name: str, class_name: str) -> str:
    """ "Not in the list: Kyle Bennett, 3 Oak"; empty for an incident that was added about a student."""
    if not about:
        return ""
    label = About(about).label
    if about != About.NOT_LISTED:
        return label
    said = (hidden_name(name), hide_names(class_name, typed=name))
    return f"{label}: {', '.join(part for part in said if part)}"


def whom(incident: Incident) -> str:
    """The same of an incident while it has no student; empty once it was attached to one."""
    if incident.tray not in IN_TRAY:
        return ""
    return about_in_words(incident.about, incident.unlisted_name, incident.unlisted_class)


def whom_of(snapshot: Mapping[str, Any]) -> str:
    """The same of an incident as a version keeps it."""
    if snapshot.get("tray", "") not in IN_TRAY:
        return ""
    return about_in_words(snapshot["about"], *snapshot["unlisted"])
