"""What stands in a form when it is shown: from the post that was refused, from a draft, or from the start."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.forms import Form
from django.http import Http404, QueryDict
from django.urls import reverse
from django.utils import timezone

from core.access import Access
from core.db.clock import now
from shared_apps.people.selectors import names_of
from tenant_apps.categories.selectors import followed
from tenant_apps.documents.selectors import documents_of
from tenant_apps.form_builder.adapters import is_answer_name
from tenant_apps.incidents.forms import PlannerForm, readable_ids
from tenant_apps.incidents.forms.marks import readable_marks
from tenant_apps.incidents.selectors import is_own_draft
from tenant_apps.incidents.selectors.marks import Marked
from tenant_apps.staff.selectors import active_among
from tenant_apps.students.selectors import StudentName, choosable_among, students_by_ids, year_label

KEPT = frozenset(
    {
        "about",
        "agencies",
        "alert_groups",
        "alert_staff",
        "assign_to",
        "categories",
        "copy_to_linked",
        "happened_on",
        "happened_time",
        "like_incident",
        "linked",
        "mark",
        "mark_place",
        "mark_remove",
        "mark_text",
        "monitor_linked",
        "planner-date",
        "planner-text",
        "planner-time",
        "planner-when",
        "share_documents",
        "status",
        "student",
        "text",
        "unlisted_class",
        "unlisted_name",
        "training",
    }
)


# What makes a form worth keeping; the rest is filled in or ticked before anybody has begun.
WORTH_KEEPING = ("text", "student", "unlisted_name", "mark")
MOST_KEPT = 300


@dataclass(frozen=True)
class Typed:
    """The values of a form in the shapes its template needs; people and students with their names."""

    draft_id: UUID
    text: str = ""
    happened_on: str = ""
    happened_time: str = ""
    status: str = "active"
    training: str = ""
    assign_to: str = ""
    about: str = ""
    unlisted_name: str = ""
    unlisted_class: str = ""
    student: list[dict[str, str]] = field(default_factory=list)
    linked: list[dict[str, str]] = field(default_factory=list)
    staff: list[dict[str, str]] = field(default_factory=list)
    categories: frozenset[str] = frozenset()
    alert_groups: frozenset[str] = frozenset()
    agencies: frozenset[str] = frozenset()
    ticked: frozenset[str] = frozenset()
    files: list[dict[str, str]] = field(default_factory=list)
    marks: list[Marked] = field(default_factory=list)
    planner: dict[str, list[str]] = field(default_factory=dict)
    content: Mapping[str, list[str]] = field(default_factory=dict)


def kept_content(post: QueryDict) -> dict[str, list[str]]:
    """The part of a post that a draft keeps; fields of other forms and the token of the page are dropped."""
    content = {
        # PostgreSQL stores no NUL; a form's own fields refuse it, and a draft keeps the rest of the words.
        name: [value.replace("\0", "") for value in post.getlist(name)[:200]]
        for name in [*KEPT, *(name for name in post if is_answer_name(name))][:MOST_KEPT]
        if name in post
    }
    worth = [*WORTH_KEEPING, *(name for name in content if is_answer_name(name))]
    typed = any(value.strip() for name in worth for value in content.get(name, []))
    return content if typed else {}


def typed_in(access: Access, content: Mapping[str, list[str]], draft_id: UUID) -> Typed:
    """The form as `content` has it: a draft's content or the lists of a post.

    Ids in a post prove nothing: only those are named whom the form would offer to this person, and files only
    of their own draft.
    """

    def first(name: str, default: str = "") -> str:
        return next(iter(content.get(name, [])), default)

    local = timezone.localtime(now())
    chosen = readable_ids([*content.get("student", []), *content.get("linked", [])])
    students = students_by_ids(choosable_among(access, chosen))
    people = names_of(active_among(readable_ids(content.get("alert_staff", []))))
    files = documents_of("draft", [draft_id]) if is_own_draft(access, draft_id) else {}
    categories = readable_ids(content.get("categories", []))
    return Typed(
        draft_id=draft_id,
        text=first("text"),
        happened_on=first("happened_on", f"{local:%Y-%m-%d}"),
        happened_time=first("happened_time", f"{local:%H:%M}"),
        status=first("status", "active"),
        training=first("training"),
        assign_to=first("assign_to"),
        about=first("about"),
        unlisted_name=first("unlisted_name"),
        unlisted_class=first("unlisted_class"),
        student=[
            _chip(students[pk]) for pk in readable_ids(content.get("student", []))[:1] if pk in students
        ],
        linked=[_chip(students[pk]) for pk in readable_ids(content.get("linked", [])) if pk in students],
        staff=[
            {"value": str(pk), "label": person.full, "note": "", "initials": ""}
            for pk, person in sorted(people.items(), key=lambda one: one[1].sort_key)
        ],
        # Draft and open form may name a category that was merged since.
        categories=frozenset(map(str, followed(categories, categories={}))),
        alert_groups=frozenset(content.get("alert_groups", [])),
        agencies=frozenset(content.get("agencies", [])),
        ticked=frozenset(
            name
            for name in ("monitor_linked", "share_documents", "copy_to_linked", "like_incident")
            if first(name)
        ),
        files=[
            {
                "id": str(document.id),
                "name": document.name,
                "url": document.url,
                "remove_url": reverse("documents:remove", args=[document.id]),
            }
            for document in files.get(draft_id, [])
        ],
        marks=readable_marks(content),
        planner={name: values for name, values in content.items() if name.startswith("planner-")},
        content=content,
    )


def students_chosen(access: Access, values: Iterable[str]) -> list[dict[str, str]]:
    """Of these ids the students whom the form would offer, as a picker shows them."""
    chosen = readable_ids(values)
    students = students_by_ids(choosable_among(access, chosen))
    return [_chip(students[pk]) for pk in chosen if pk in students]


# What the summary at the top calls each field, in the order in which the fields stand on the page.
FIELDS = {
    "about": "Student",
    "student": "Student",
    "unlisted_name": "Their name",
    "unlisted_class": "Their class",
    "text": "Incident",
    "categories": "Categories",
    "linked": "Linked student(s)",
    "marks": "Maps",
    "happened_on": "Date/Time",
    "happened_time": "Date/Time",
    "status": "Status",
    "assign_to": "Assign to",
    "alert_staff": "Alert Staff Members",
    "alert_groups": "Alert Staff Members",
    "agencies": "Agency Involved",
    "remove_files": "Files",
    "training": "Practice or real",
    "draft": "This form",
}


def faults_of(form: Form, names: Mapping[str, str] = FIELDS) -> list[dict[str, str]]:
    """Every fault for the summary at the top: which control it leads to, and the field with its sentence."""
    return [
        {"target": f"id_{field}", "message": f"{label}: {sentence}"}
        for field, label in names.items()
        for sentence in form.errors.get(field, [])
    ]


def planner_faults(planner: PlannerForm | None) -> list[dict[str, str]]:
    """The same of the reminder fields."""
    if planner is None:
        return []
    names = {name: f"Add to planner, {field.label}" for name, field in planner.fields.items()}
    return [
        fault | {"target": planner[name].auto_id}
        for name in names
        for fault in faults_of(planner, {name: names[name]})
    ]


def uuid_or_404(text: str) -> UUID:
    """The id in an address's query; one that is spoilt is not there."""
    try:
        return UUID(text)
    except ValueError:
        raise Http404("no such record") from None


def _chip(student: StudentName) -> dict[str, str]:
    note = " · ".join(part for part in (year_label(student.year_group), student.tutor) if part)
    return {"value": str(student.id), "label": student.name, "note": note, "initials": student.initials}
