"""The catalogue: every component in all its states, with made-up people, for whoever builds or checks a page.

Reads nothing from the database but what the page frame itself reads.
"""

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from core.access.decorators import signed_in

LONDON: Final = ZoneInfo("Europe/London")
COLOURS: Final = (
    ("Bullying", "k1"),
    ("Attendance", "k2"),
    ("Home Issues", "k3"),
    ("Online Safety", "k4"),
    ("Cause for Concern", "k5"),
    ("Physical Intervention", "k6"),
    ("Child in Need", "k7"),
    ("SEND", "k8"),
    ("Behaviour", "k9"),
    ("Medical", "k10"),
    ("Looked After", "k11"),
    ("Parental Contact", "k12"),
)
PEOPLE: Final = (
    {"value": "1", "label": "Amelia Okafor", "note": "Year 9 · 9M", "initials": "AO"},
    {"value": "2", "label": "Noah Patel", "note": "Year 7 · 7B", "initials": "NP"},
    {"value": "3", "label": "Rosie Smith", "note": "Year 7 · 7A · there are 2", "initials": "RS"},
    {"value": "4", "label": "Rosie Smith", "note": "Year 7 · 7C · there are 2", "initials": "RS"},
)
STAFF: Final = (
    {"id": "s1", "name": "Tom Ashby", "note": "Teacher of History", "group": "Teachers"},
    {"id": "s2", "name": "Grace Bello", "note": "", "group": "Non-key staff"},
    {"id": "s3", "name": "Martin Coleman", "note": "Designated safeguarding lead", "group": "DSL/SLT"},
    {"id": "s4", "name": "Priya Shah", "note": "Head of Year 9", "group": "Pastoral leads"},
)


class SampleForm(forms.Form):
    """One field of each kind; bound empty, it shows each kind's fault."""

    text = forms.CharField(
        label="Incident",
        widget=forms.Textarea,
        help_text="Be accurate and specific. Facts, in the student’s own words.",
    )
    happened_at = forms.DateTimeField(
        label="Date/Time", widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    status = forms.ChoiceField(label="Status", choices=[("active", "Active"), ("closed", "Closed")])
    email = forms.EmailField(label="Email")
    kinds = forms.MultipleChoiceField(
        label="Show",
        choices=[("a", "Archived"), ("l", "Linked")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    share = forms.BooleanField(label="Share documents with linked students", required=False)


@signed_in
def catalogue(request: HttpRequest) -> HttpResponse:
    """Everything on one page. `?faults` shows the forms refused."""
    return render(request, "catalogue.html", _context(has_faults="faults" in request.GET))


@signed_in
def catalogue_people(request: HttpRequest) -> HttpResponse:
    """The suggestions behind the catalogue's pickers."""
    term = request.GET.get("q", "").casefold()
    options = [person for person in PEOPLE if term in person["label"].casefold()]
    return render(request, "components/picker_options.html", {"options": options})


@signed_in
def catalogue_draft(request: HttpRequest) -> JsonResponse:
    """Answers as a draft does and keeps nothing."""
    return JsonResponse({"saved_at": datetime.now(LONDON).strftime("%H:%M")})


def _context(*, has_faults: bool) -> dict[str, Any]:
    categories = [{"id": colour, "name": name, "colour": colour} for name, colour in COLOURS]
    tree: list[dict[str, Any]] = [{**category, "children": []} for category in categories]
    tree[2]["children"] = [
        {"id": f"sub-{name}", "name": name, "colour": "k3"}
        for name in ("Neglect", "Left unsupervised", "Housing")
    ]
    return {
        "form": SampleForm({}) if has_faults else SampleForm(),
        "faults": ["Choose a student."] if has_faults else [],
        "categories": categories,
        "tree": tree,
        "chosen": ["k3", "sub-Neglect"],
        "groups": [{"id": "g1", "name": "DSL/SLT"}, {"id": "g2", "name": "Heads of year"}],
        "groups_chosen": ["g1"],
        "staff": STAFF,
        "staff_chosen": [] if has_faults else ["s3"],
        "staff_faults": ["Choose at least one active member of staff."] if has_faults else [],
        "one_person": [] if has_faults else [PEOPLE[0]],
        "two_people": PEOPLE[1:3],
        "files": [{"id": "f1", "name": "note-from-form-tutor.pdf", "url": "#files", "remove_url": ""}],
        "stats": [
            {"number": 6, "label": "Unread alerts", "url": "#rows", "urgent": ""},
            {"number": 24, "label": "My Assigned", "url": "#rows", "urgent": ""},
            {"number": 3, "label": "Unfinished drafts", "url": "#forms", "urgent": "1 from yesterday"},
            {"number": 41, "label": "Monitored students", "url": "", "urgent": ""},
        ],
        "tabs": [
            {"label": label, "url": "#tabs", "current": label == "Incidents"}
            for label in ("Overview", "Incidents", "Contact Details", "Document Vault", "Attendance")
        ],
        "alerts": _alerts(categories),
        "students": _students(categories),
        "entries": _entries(categories),
    }


def _alerts(categories: list[dict[str, str]]) -> list[dict[str, Any]]:
    amelia = {"name": "Amelia Okafor", "initials": "AO", "class_name": "Year 9 · 9M"}
    base = {
        "kind": "Incident",
        "url": "#rows",
        "raised_by": "Mr Barnes",
        "student": amelia,
        "created_at": datetime(2026, 11, 19, 13, 5, tzinfo=LONDON),
        "is_unread": True,
        "mark_read_url": "",
        "categories": categories[2:3],
    }
    return [
        {**base, "id": "1", "categories": categories[2:5:2]},
        {**base, "id": "2", "kind": "Action", "is_unread": False},
        {**base, "id": "3", "kind": "File", "student": None, "raised_by": "Mrs Haynes", "categories": []},
    ]


def _students(categories: list[dict[str, str]]) -> list[dict[str, Any]]:
    base = {"url": "#rows", "add_url": "#rows", "note": "", "is_archived": False, "monitored": []}
    return [
        {
            **base,
            "id": "1",
            "name": "Amelia Okafor",
            "initials": "AO",
            "class_name": "9M",
            "monitored": categories[2:7:4],
        },
        {
            **base,
            "id": "2",
            "name": "Rosie Smith",
            "initials": "RS",
            "class_name": "Year 7 · 7A",
            "note": "there are 2",
        },
        {
            **base,
            "id": "3",
            "name": "Łucja Nováková",
            "initials": "ŁN",
            "class_name": "",
            "is_archived": True,
        },
    ]


def _entries(categories: list[dict[str, str]]) -> list[dict[str, Any]]:
    happened = datetime(2026, 11, 19, 13, 40, tzinfo=LONDON)
    told = [
        {
            "name": "Mrs Haynes",
            "created_at": happened,
            "mail_state": "sent",
            "first_opened_at": happened,
            "read_at": happened,
        },
        {
            "name": "Mr Okafor",
            "created_at": happened,
            "mail_state": "failed",
            "first_opened_at": None,
            "read_at": None,
        },
    ]
    options = [
        {"label": label, "url": "#entries", "post": False} for label in ("Edit", "History", "Print view")
    ]
    action = {
        "id": "a1",
        "author": "Mrs Haynes",
        "author_role": "Designated Safeguarding Lead",
        "happened_at": happened,
        "recorded_at": None,
        "edited_at": None,
        "text": "Rang mum at 14.10, because the coat was the second time this week.",
        "files": [],
        "agencies": ["Children’s Social Care"],
        "categories": [],
        "told": told,
        "options": options,
        "mark_read_url": "",
        "removed": None,
    }
    entry = {
        "number": 4412,
        "colour": "k3",
        "happened_at": happened,
        "recorded_at": None,
        "edited_at": None,
        "status": "Active",
        "assignee": "",
        "categories": [{"name": "Neglect", "parent": "Home Issues", "colour": "k3"}],
        "author": "Mr Barnes",
        "author_role": "",
        "about": None,
        "linked": [],
        "text": "Came to registration without a coat.\n\nI sat with her in the library until lunch.",
        "files": [],
        "agencies": [],
        "actions": [],
        "told": [],
        "options": options,
        "mark_read_url": "",
        "add_action_url": "#entries",
        "is_highlighted": False,
        "is_pinned": False,
        "is_reference": False,
        "actions_open": False,
        "removed": None,
    }
    removed = {
        "reason": "wrong pupil",
        "by": "Mrs Haynes",
        "at": happened,
        "history_url": "#entries",
        "restore_url": "#entries",
    }
    return [
        {
            **entry,
            "id": "e1",
            "is_highlighted": True,
            "recorded_at": happened,
            "edited_at": happened,
            "assignee": "Mrs Haynes",
            "linked": [{"student": {"name": "Noah Patel"}, "role": "witness"}],
            "files": [{"name": "note-from-mum.pdf", "url": "#entries"}],
            "actions": [action],
            "told": told,
            "mark_read_url": "#entries",
            "actions_open": True,
        },
        {
            **entry,
            "id": "e2",
            "number": 4398,
            "status": "Closed",
            "is_pinned": True,
            "colour": "k1",
            "actions": [action],
        },
        {
            **entry,
            "id": "e3",
            "number": 4381,
            "colour": "k5",
            "categories": categories[4:5],
            "removed": removed,
        },
    ]
