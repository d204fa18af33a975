"""The search inside a student's log.

What somebody looks for is often a name. It is posted, and kept in the session under a code: the code stands
in the addresses of pages and prints, the words in no address, history or log of the web server.
"""

import secrets
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from core.access.decorators import requires
from core.access.enums import SystemPermission
from core.web.hiding import hides_names
from shared_apps.people.selectors import names_of
from tenant_apps.categories.selectors import CategoryView, category_map
from tenant_apps.incidents import selectors
from tenant_apps.incidents.forms import SearchForm
from tenant_apps.incidents.selectors.searching import EVERYTHING, Search
from tenant_apps.monitoring.selectors import monitored_now
from tenant_apps.staff.permissions import can_block_readers
from tenant_apps.students.permissions import sees_contacts
from tenant_apps.students.selectors import get_student, student_header

CODE = "find"
SESSION_KEY = "log_searches"
KEPT = 10
UNPROCESSABLE = 422


class LapsedSearchError(Exception):
    """The code of the address names no search of this session in this log, or one no longer allowed."""


@requires(SystemPermission.VIEW_STUDENT_DETAILS)
@require_http_methods(["GET", "HEAD", "POST"])
def search_log(request: HttpRequest, student_id: UUID) -> HttpResponse:
    """Words, categories, days and author in one form; it leads to the log with what was found."""
    student = get_student(request.access, student_id)
    offered = selectors.searchable(request.access, student_id)
    if request.method == "POST":
        form = SearchForm(request.POST, offered=offered)
        if form.is_valid():
            return redirect(_address(student_id, _keep(request, student_id, form.search())))
    else:
        try:
            begun = kept_search(request, student_id)
        except LapsedSearchError:
            begun = EVERYTHING
        # A form's values cannot be starred, so under "Hide Names" the words are typed again.
        filled = SearchForm.filled_with(begun, with_words=not hides_names(request))
        form = SearchForm(initial=filled, offered=offered)
    context = {
        "student": student_header(student),
        "tab": "incidents",
        "monitored": monitored_now(request.access, [student_id])[student_id],
        "may_block": can_block_readers(request.access),
        "sees_contacts": sees_contacts(request.access),
        "form": form,
        "tree": _tree(offered.categories),
        "chosen": form["categories"].value() or [],
    }
    return render(request, "incidents/search_log.html", context, status=UNPROCESSABLE if form.errors else 200)


def kept_search(request: HttpRequest, student_id: UUID) -> Search:
    """The search that the address names; the whole log where it names none. Raises LapsedSearchError."""
    code = request.GET.get(CODE)
    if code is None:
        return EVERYTHING
    kept = request.session.get(SESSION_KEY, {}).get(code)
    if kept is None or kept["student"] != str(student_id):
        raise LapsedSearchError
    search = Search(
        words=tuple(kept["words"]),
        category_ids=tuple(UUID(category) for category in kept["categories"]),
        author_id=UUID(kept["author"]) if kept["author"] else None,
        source=kept["source"],
        since=date.fromisoformat(kept["since"]) if kept["since"] else None,
        until=date.fromisoformat(kept["until"]) if kept["until"] else None,
    )
    if not request.access.view_incidents.issuperset(search.category_ids):
        raise LapsedSearchError
    return search


def say_lapsed(request: HttpRequest, student_id: UUID) -> HttpResponse:
    """The whole log instead, and why."""
    messages.info(request, "That search is no longer kept. This is the whole log.")
    return redirect("incidents:chronology", student_id=student_id)


def searched(request: HttpRequest, search: Search) -> dict[str, Any]:
    """What templates say of a search: its code and, in words, what it asks; nothing for the whole log."""
    if not search:
        return {"find": "", "asked": []}
    categories = category_map() if search.category_ids else {}
    asked = []
    if search.words:
        hidden = "words that are not shown while names are hidden"
        asked.append(("Words", hidden if hides_names(request) else " ".join(search.words)))
    if search.category_ids:
        named = [one.name for one in categories.values() if one.id in search.category_ids]
        asked.append(("Category", " or ".join(named)))
    if search.author_id:
        asked.append(("Written by", names_of([search.author_id])[search.author_id].formal))
    if search.source:
        asked.append(("Written by", search.source))
    asked += [
        (label, f"{day.day} {day:%B %Y}")
        for label, day in (("From", search.since), ("To", search.until))
        if day is not None
    ]
    return {"find": request.GET[CODE], "asked": asked}


def _keep(request: HttpRequest, student_id: UUID, search: Search) -> str:
    """Keeps a search in the session beside the last few; returns its code, nothing for the whole log."""
    if not search:
        return ""
    code = secrets.token_hex(4)
    kept = {
        "student": str(student_id),
        "words": list(search.words),
        "categories": [str(category) for category in search.category_ids],
        "author": str(search.author_id or ""),
        "source": search.source,
        "since": search.since.isoformat() if search.since else "",
        "until": search.until.isoformat() if search.until else "",
    }
    searches = [*request.session.get(SESSION_KEY, {}).items(), (code, kept)]
    request.session[SESSION_KEY] = dict(searches[-KEPT:])
    return code


def _address(student_id: UUID, code: str) -> str:
    log = reverse("incidents:chronology", args=[student_id])
    return f"{log}?{CODE}={code}" if code else log


def _tree(categories: list[CategoryView]) -> list[dict[str, Any]]:
    """Categories, sub-categories beneath; one whose parent is not open to the person stands alone."""
    open_ids = {category.id for category in categories}

    def beneath(category_id: UUID) -> list[dict[str, Any]]:
        found = []
        for child in categories:
            if child.parent_id == category_id:
                found += [_node(child), *beneath(child.id)]
        return found

    return [
        _node(category) | {"children": beneath(category.id)}
        for category in categories
        if category.parent_id not in open_ids
    ]


def _node(category: CategoryView) -> dict[str, Any]:
    return {"id": category.id, "name": category.name, "colour": category.colour}
