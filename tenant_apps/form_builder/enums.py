"""The forms a school can shape, what stands on them from the start, and the kinds of fields of its own."""

from collections.abc import Mapping

from django.db import models


class Form(models.TextChoices):
    """The forms that "Form Builder" lists."""

    INCIDENT = "incident", "Incident form"
    ACTION = "action", "Action form"
    STUDENT = "student", "Student form"


class Kind(models.TextChoices):
    """What is entered into a custom field."""

    DROPDOWN = "dropdown", "Dropdown"
    TEXT = "text", "Text"
    MULTILINE = "multiline", "Multiline text"
    DATE = "date", "Date"
    DATETIME = "datetime", "Date/Time"


# The built-in fields of each form in their starting order: key, and the label by which they are named here.
BUILT_IN: Mapping[Form, Mapping[str, str]] = {
    Form.INCIDENT: {
        "student": "Student",
        "text": "Incident",
        "categories": "Categories",
        "linked": "Linked student(s)",
        "maps": "Maps",
        "happened_at": "Date/Time",
        "status": "Status",
        "assignee": "Assign to",
        "files": "Files",
        "alerts": "Alert Staff Members",
        "agencies": "Agency Involved",
        "planner": "Add to planner",
    },
    Form.ACTION: {
        "text": "Action Taken",
        "categories": "Add Categories",
        "planner": "Add to planner",
        "linked": "Add action to linked students",
        "agencies": "Agency Involved",
        "happened_at": "Date/ Time",
        "files": "Files",
        "alerts": "Alert Staff Members",
    },
    Form.STUDENT: {
        "summary": "Summary",
        "monitoring": "Monitoring Options",
        "keywords": "Keywords",
        "agencies": "Agencies",
    },
}

# Stands first, whatever else is moved: who it is about decides what the rest of the form offers.
FIRST = "student"

# A form whose record carries categories: its fields can be limited to some of them.
WITH_CATEGORIES = frozenset({Form.INCIDENT, Form.ACTION})
