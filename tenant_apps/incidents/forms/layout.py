"""Which fields stand on a form in which order, gathered under headings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.forms import BoundField

from tenant_apps.form_builder.adapters import answer_name
from tenant_apps.form_builder.selectors import StandingItem
from tenant_apps.incidents.forms.writing import EntryForm

TEMPLATES = "incidents/fields/"


@dataclass(frozen=True)
class Heading:
    """What stands above a field; beneath the one that it `goes_with` it has none of its own."""

    id: str
    words: str
    is_optional: bool = False
    goes_with: str = ""


@dataclass(frozen=True)
class Part:
    """One field in its place: a built-in one by its template, one of the school's own by its control.

    `brought_by` are the categories whose choice brings it; empty where it is always there.
    """

    template: str
    advice: str
    control: BoundField | None = None
    is_asked: bool = True
    brought_by: tuple[UUID, ...] = ()
    categories: str = ""


@dataclass
class Section:
    """Fields beneath one heading."""

    id: str
    number: str
    heading: str
    is_optional: bool
    parts: list[Part] = field(default_factory=list)


PLANNER = Heading("reminder", "A reminder", is_optional=True)
# What follows the last of the built-in fields.
LAST = Heading("more", "What else is asked")
ADDING_INCIDENT = {
    "student": Heading("who", "Who is it about?"),
    "text": Heading("what", "What happened?"),
    "categories": Heading("kind", "What kind of incident?"),
    "linked": Heading("linked", "Who else was involved?", is_optional=True),
    "maps": Heading("maps", "Maps", is_optional=True),
    "happened_at": Heading("when", "When, and what next?"),
    "status": Heading("status", "Status", goes_with="happened_at"),
    "assignee": Heading("assignee", "Assign to", is_optional=True, goes_with="happened_at"),
    "files": Heading("files", "Files", is_optional=True),
    "alerts": Heading("alert", "Who needs to know?"),
    "agencies": Heading("agencies", "Agencies", is_optional=True),
    "planner": PLANNER,
}
ADDING_ACTION = {
    "text": Heading("what", "What was done?"),
    "categories": Heading("kind", "Categories", is_optional=True),
    "linked": Heading("linked", "Linked students", is_optional=True),
    "agencies": Heading("agencies", "Agencies", is_optional=True),
    "happened_at": Heading("when", "When?"),
    "files": Heading("files", "Files", is_optional=True),
    "alerts": Heading("alert", "Who needs to know?", is_optional=True),
    "planner": PLANNER,
}
EDITING_INCIDENT = {
    "alerts": Heading("alert", "Who else needs to know?", is_optional=True),
    "linked": Heading("linked-students", "Who else was involved?", is_optional=True),
    "text": Heading("what", "What happened?"),
    "happened_at": Heading("when", "When?", goes_with="text"),
    "files": Heading("files", "Files", is_optional=True, goes_with="text"),
    "maps": Heading("maps", "Maps", is_optional=True),
    "categories": Heading("kind", "What kind of incident?"),
    "agencies": Heading("agencies", "Agencies", is_optional=True),
}
EDITING_ACTION = {
    "alerts": Heading("alert", "Who else needs to know?", is_optional=True),
    "text": Heading("what", "What was done?"),
    "happened_at": Heading("when", "When?", goes_with="text"),
    "files": Heading("files", "Files", is_optional=True, goes_with="text"),
    "agencies": Heading("agencies", "Agencies", is_optional=True),
}
# On the pages of editing these stand directly above the text, wherever the form has them.
ABOVE_TEXT = ("alerts", "linked")


def sections_of(
    form: EntryForm, headings: Mapping[str, Heading], *, without: Iterable[str] = (), **templates: str
) -> list[Section]:
    """The form's sections, in the school's order. `templates` are those not called as their field is.

    A field of the school's own stands beneath the heading of the one before it, and after the last built-in
    one beneath a heading of its own.
    """
    there = headings.keys() - set(without)
    items = [item for item in _ordered(form) if item.is_custom or item.key in there]
    last = max((place for place, item in enumerate(items) if not item.is_custom), default=0)
    sections: list[Section] = []
    stands = ""
    for place, item in enumerate(items):
        heading = headings.get(item.key, LAST)
        if item.is_custom:
            part = _own_part(form, item)
            begins = not sections or (place > last and sections[-1].id != LAST.id)
        else:
            part = Part(f"{TEMPLATES}{templates.get(item.key, item.key)}.html", item.advice)
            begins = not sections or not heading.goes_with or heading.goes_with != stands
            stands = item.key if begins else stands
        if part is None:
            continue
        if begins:
            sections.append(Section(heading.id, str(len(sections) + 1), heading.words, heading.is_optional))
        if item.is_enforced:
            sections[-1].is_optional = False
        sections[-1].parts.append(part)
    return sections


def field_labels(form: EntryForm, names: Mapping[str, str]) -> dict[str, str]:
    """What the summary of faults calls each control: `names`, and the school's own fields."""
    return {**names, **{name: str(control.label) for name, control in form.own.fields.items()}}


def _ordered(form: EntryForm) -> list[StandingItem]:
    items = list(form.own.standing.items)
    if form.is_new:
        return items
    above = [item for key in ABOVE_TEXT for item in items if item.key == key]
    rest = [item for item in items if item not in above]
    text = next(place for place, item in enumerate(rest) if item.key == "text")
    return [*rest[:text], *above, *rest[text:]]


def _own_part(form: EntryForm, item: StandingItem) -> Part | None:
    if item.key not in form.own.brought_by:
        return None
    brought_by = tuple(form.own.brought_by[item.key])
    named = (form.category_map[one].name for one in brought_by if one in item.category_ids)
    return Part(
        f"{TEMPLATES}own.html",
        item.advice,
        control=form[answer_name(item.key)],
        is_asked=form.own.is_asked(item.key),
        brought_by=brought_by,
        categories=", ".join(named),
    )
