"""Which fields stand on a form in which order, gathered under headings."""

from collections.abc import Iterable
from dataclasses import dataclass, field

TEMPLATES = "incidents/fields/"
# What follows the last of the built-in fields.
MORE = "more"


@dataclass(frozen=True)
class Heading:
    """What stands above a field; a field that `goes_with` another has none of its own beneath that."""

    id: str
    words: str
    is_optional: bool = False
    goes_with: str = ""


@dataclass(frozen=True)
class Part:
    """One field in its place: a built-in one by its template."""

    template: str


@dataclass
class Section:
    """Fields beneath one heading; without `heading` its fields stand as they are."""

    id: str
    number: str
    heading: str
    is_optional: bool
    parts: list[Part] = field(default_factory=list)


ADDING_INCIDENT = {
    "student": Heading("who", "Who is it about?"),
    "text": Heading("what", "What happened?"),
    "categories": Heading("kind", "What kind of incident?"),
    "linked": Heading("linked", "Who else was involved?", is_optional=True),
    "happened_at": Heading("when", "When, and what next?"),
    "status": Heading("status", "Status", goes_with="happened_at"),
    "assignee": Heading("assignee", "Assign to", is_optional=True, goes_with="happened_at"),
    "files": Heading("files", "Files", is_optional=True),
    "alerts": Heading("alert", "Who needs to know?"),
    "agencies": Heading("agencies", "Agencies", is_optional=True),
    "planner": Heading("", ""),
}
ADDING_ACTION = {
    "text": Heading("what", "What was done?"),
    "categories": Heading("kind", "Categories", is_optional=True),
    "linked": Heading("linked", "Linked students", is_optional=True),
    "agencies": Heading("agencies", "Agencies", is_optional=True),
    "happened_at": Heading("when", "When?"),
    "files": Heading("files", "Files", is_optional=True),
    "alerts": Heading("alert", "Who needs to know?", is_optional=True),
    "planner": Heading("", ""),
}
EDITING_INCIDENT = {
    "alerts": Heading("alert", "Who else needs to know?", is_optional=True),
    "linked": Heading("linked-students", "Who else was involved?", is_optional=True),
    "text": Heading("what", "What happened?"),
    "happened_at": Heading("when", "When?", goes_with="text"),
    "files": Heading("files", "Files", is_optional=True, goes_with="text"),
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


def sections_of(
    headings: dict[str, Heading], *, without: Iterable[str] = (), **templates: str
) -> list[Section]:
    """The form's sections. `templates` are those that are not called as their field is."""
    sections: list[Section] = []
    left_out, stands = set(without), ""
    for key, heading in headings.items():
        if key in left_out:
            continue
        if not sections or heading.goes_with != stands or not heading.goes_with:
            stands = key
            number = str(sum(bool(one.number) for one in sections) + 1) if heading.words else ""
            sections.append(Section(heading.id, number, heading.words, heading.is_optional))
        sections[-1].parts.append(Part(f"{TEMPLATES}{templates.get(key, key)}.html"))
    return sections
