"""What a pupil's pages and lists show, put together from the apps beneath."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from core.access import Access
from core.access.enums import OverviewBlock, SystemPermission
from shared_apps.people.selectors import names_of
from tenant_apps.agencies.selectors import AgencyView, enabled_agencies
from tenant_apps.attendance.selectors import AttendanceFigure, attendance_of
from tenant_apps.categories.selectors import CategoryMap, CategoryView, category_map
from tenant_apps.incidents.selectors import origins_among
from tenant_apps.monitoring.enums import MonitoringSource
from tenant_apps.monitoring.selectors import monitored_now, monitored_students, monitoring_history
from tenant_apps.school_settings.selectors import get_settings
from tenant_apps.students.enums import ETHNICITIES, SEN_NEEDS, EnrolmentStatus, SenStatus, Sex
from tenant_apps.students.selectors import (
    ContactView,
    LinkedStudent,
    OwnFacts,
    StudentHeader,
    StudentListItem,
    contacts_of,
    get_student,
    has_court_order,
    hide_names,
    keywords_found,
    linked_students,
    list_items,
    own_facts,
    register,
    same_name_note,
    search_students,
    student_header,
    students_visible_to,
)

PAGE = 25
# The timeline's width, and the least that a stretch of a day takes of it.
WIDTH = 1000
THINNEST = 4
NOT_KNOWN = "Not known"
COURT_ORDER_LINE = "Court order: ask the DSL before any contact or release"

WARNINGS = {
    "upn_invalid": "The UPN in the MIS is not valid: its letter and number do not belong together.",
    "name_incomplete": "The MIS gives only one part of the legal name.",
    "date_of_birth_missing": "The MIS gives no date of birth.",
    "date_of_birth_in_future": "The date of birth in the MIS lies in the future.",
    "unknown_code": "The MIS gives a code that is not known here.",
    "upn_shared": "The MIS gives this pupil the UPN of another one; it was left out here.",
    "former_upn_other_surname": "The former UPN is on a record under another surname; they were not joined.",
}
BLOCK_OF_WARNING = {
    "sen_status": OverviewBlock.SEN_AND_MEDICAL,
    "sen_needs": OverviewBlock.SEN_AND_MEDICAL,
    "ethnicity": OverviewBlock.SENSITIVE,
}
WARNING_FIELDS = {
    "sex": "sex",
    "year_group": "year group",
    "enrolment_status": "enrolment status",
    "sen_status": "SEN status",
    "sen_needs": "SEN needs",
    "ethnicity": "ethnicity",
}


@dataclass(frozen=True, slots=True)
class StudentRow:
    """A pupil in a list, with what may be done from there and what may be seen of their monitoring."""

    id: UUID
    name: str
    initials: str
    class_name: str
    url: str
    add_url: str
    note: str
    is_archived: bool
    monitored: Sequence[CategoryView]
    keywords: Sequence[str] = ()
    """Keywords by which the search found the pupil."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One page of the quick search; `after` continues it, None at its end."""

    rows: list[StudentRow]
    after: UUID | None


@dataclass(frozen=True, slots=True)
class Block:
    """A sheet of the overview: what the MIS says, in pairs of label and value."""

    heading: str
    pairs: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Overview:
    """The "Overview" tab."""

    header: StudentHeader
    facts: OwnFacts | None
    """Summary, keywords and agencies; None for those whose group does not see them."""
    blocks: list[Block]
    shows_contacts: bool
    contacts: list[ContactView]
    links: list[LinkedStudent]
    attendance: AttendanceFigure
    warnings: list[str]
    has_court_order: bool


@dataclass(frozen=True, slots=True)
class Editing:
    """What one person may change of a pupil, and how it stands now."""

    categories: Sequence[CategoryView]
    """Those whose monitoring is open to the person: enabled ones, and others that are on."""
    monitored: frozenset[UUID]
    has_own_facts: bool
    summary: str = ""
    summary_number: int = 0
    keywords: Sequence[str] = ()
    agencies: Sequence[AgencyView] = ()
    offered_agencies: Sequence[AgencyView] = ()


def student_rows(access: Access, students: Iterable[StudentListItem], *, term: str = "") -> list[StudentRow]:
    """List items as rows, with the categories under which each is monitored now as far as they are open.

    With the `term` of a search each row names the keywords that it found.
    """
    students = list(students)
    found = keywords_found(access, term, [student.id for student in students])
    monitored = monitored_now(access, [student.id for student in students])
    opens = access.can(SystemPermission.VIEW_STUDENT_DETAILS)
    adds = access.can(SystemPermission.ADD_ENTRIES)
    add_url = reverse("incidents:add")
    return [
        StudentRow(
            id=student.id,
            name=student.name,
            initials=student.initials,
            class_name=student.place,
            url=reverse("profile:overview", args=[student.id]) if opens else "",
            add_url=f"{add_url}?student={student.id}" if adds else "",
            note="starting" if student.is_starting else same_name_note(student.same_name_count),
            is_archived=student.is_archived,
            monitored=monitored[student.id],
            keywords=found.get(student.id, ()),
        )
        for student in students
    ]


def quick_search(
    access: Access, *, term: str, monitored: bool, include_archived: bool, after: UUID | None
) -> SearchResult:
    """ "Quick Student Search": by name or keyword, among the monitored, or both; a page at a time."""
    among = _monitored_ids(access, include_archived) if monitored else None
    found = search_students(
        access, term, include_archived=include_archived, among=among, after=after, limit=PAGE + 1
    )
    page = found[:PAGE]
    return SearchResult(student_rows(access, page, term=term), page[-1].id if len(found) > PAGE else None)


def _monitored_ids(access: Access, include_archived: bool) -> set[UUID]:
    ids = set(monitored_students(access))
    if include_archived:
        archived = students_visible_to(access).filter(archived_at__isnull=False)
        left = monitored_now(access, list(archived.values_list("pk", flat=True)))
        ids |= {student for student, categories in left.items() if categories}
    return ids


def group_register(access: Access, group_id: UUID) -> dict[str, Any]:
    """A group's register with the notes of monitoring; Http404 where the person sees nobody of it."""
    group = register(access, group_id)
    return {"group": group, "rows": student_rows(access, group.students)}


def monitored_register(access: Access, category_id: UUID) -> dict[str, Any]:
    """The students now monitored under a category; Http404 for one that is not open to the person."""
    category = category_map().get(category_id)
    if category is None or category_id not in access.view_students:
        raise Http404("no such category")
    ids = list(monitored_students(access, category_id))
    students = list_items(students_visible_to(access).filter(pk__in=ids))
    return {"category": category, "rows": student_rows(access, students)}


def may_update_categories(access: Access) -> bool:
    """Whether the person may start and end monitoring under some category: "Update Categories" is theirs."""
    return access.is_elevated and bool(access.view_students)


def bulk_categories(access: Access, student_ids: Collection[UUID]) -> list[CategoryView]:
    """What "Update Categories" offers for these students: see `editable_categories`."""
    on = monitored_now(access, student_ids)
    return editable_categories(access, {category.id for found in on.values() for category in found})


def editable_categories(access: Access, monitored: Collection[UUID]) -> list[CategoryView]:
    """Categories with "View Students", by their full names: enabled ones, and disabled ones that are on."""
    tree = category_map()
    return [
        replace(category, name=full_name(category, tree, access))
        for category in tree.values()
        if category.id in access.view_students and (category.is_enabled or category.id in monitored)
    ]


def full_name(category: CategoryView, tree: CategoryMap, access: Access) -> str:
    """ "Behaviour: Bullying"; a parent that is not open to the person is not named."""
    parent = category.parent_id
    if parent is None or parent not in access.view_students:
        return category.name
    return f"{tree[parent].name}: {category.name}"


def editing(access: Access, student: Any) -> Editing:
    """What the person may change of a pupil that get_student returned."""
    monitored = frozenset(category.id for category in monitored_now(access, [student.pk])[student.pk])
    categories = editable_categories(access, monitored)
    facts = own_facts(access, student)
    if facts is None:
        return Editing(categories, monitored, has_own_facts=False)
    return Editing(
        categories,
        monitored,
        has_own_facts=True,
        summary=facts.summary,
        summary_number=facts.summary_number,
        keywords=facts.keywords,
        agencies=facts.agencies,
        offered_agencies=enabled_agencies(),
    )


def person_name(person_id: UUID | None) -> str:
    """A colleague's name; empty for the system."""
    found = names_of([person_id])
    return found[person_id].full if person_id in found else ""


def may_edit(access: Access) -> bool:
    """Whether "Edit Information" has something in it for this person."""
    return may_update_categories(access) or OverviewBlock.SUMMARY in access.overview_blocks


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One stretch of monitoring as "Monitoring History" tells it."""

    category: CategoryView
    started_at: datetime
    ended_at: datetime | None
    started_by: str
    ended_by: str
    why: str
    url: str
    """The incident that began it, where the person may open it."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch on the timeline, in thousandths of its width."""

    start: int
    width: int
    words: str


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One category on the timeline."""

    category: CategoryView
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The student's school life, from `first` to `last`; `years` are its Septembers, in thousandths."""

    first: date
    last: date
    years: list[int]
    rows: list[TimelineRow]


def monitoring_lines(access: Access, student_id: UUID) -> list[HistoryLine]:
    """Every start and end that the person may see, with who and why, the latest first.

    An incident that the person may not open is not named, and neither is who wrote it. The caller has found
    the student visible to the person.
    """
    stretches = monitoring_history(access, student_id)
    by_kind: dict[MonitoringSource, set[UUID]] = defaultdict(set)
    for stretch in stretches:
        if stretch.source_id is not None:
            by_kind[stretch.source_kind].add(stretch.source_id)
    origins = origins_among(
        access,
        incident_ids=by_kind[MonitoringSource.INCIDENT],
        action_ids=by_kind[MonitoringSource.ACTION],
    )
    people = names_of(person for stretch in stretches for person in (stretch.started_by, stretch.ended_by))
    tree = category_map()

    def name(person: UUID | None) -> str:
        return people[person].full if person in people else ""

    lines = []
    for stretch in stretches:
        origin = origins.get(stretch.source_id) if stretch.source_id else None
        by_hand = stretch.source_kind == MonitoringSource.HAND
        what = stretch.source_kind.label
        if origin and stretch.source_kind == MonitoringSource.INCIDENT:
            what = f"Incident no. {origin.number}"
        elif origin:
            what = f"Action under incident no. {origin.number}"
        lines.append(
            HistoryLine(
                category=replace(stretch.category, name=full_name(stretch.category, tree, access)),
                started_at=stretch.started_at,
                ended_at=stretch.ended_at,
                started_by=name(stretch.started_by) if by_hand or origin else "",
                ended_by=name(stretch.ended_by),
                why=what,
                url=origin.url if origin else "",
            )
        )
    return lines


def timeline(lines: Sequence[HistoryLine], student: Any) -> Timeline | None:
    """The same as a timeline over the student's school life; None where there is nothing."""
    if not lines:
        return None
    begun = [timezone.localdate(line.started_at) for line in lines]
    ended = [timezone.localdate(line.ended_at) for line in lines if line.ended_at]
    today = timezone.localdate()
    first = min([*begun, *([student.start_date] if student.start_date else [])])
    is_over = student.archived_at is not None and all(line.ended_at for line in lines)
    last = max([*ended, student.leaving_date or today]) if is_over else max([*begun, today])
    days = (last - first).days + 1

    def place(day: date) -> int:
        return round(WIDTH * (day - first).days / days)

    bars: dict[UUID, TimelineRow] = {}
    for line in lines:
        start = place(timezone.localdate(line.started_at))
        day = timezone.localdate(line.ended_at) if line.ended_at else last
        end = place(day + timedelta(days=1))
        words = f"{line.started_at:%d/%m/%Y} to " + (f"{line.ended_at:%d/%m/%Y}" if line.ended_at else "now")
        row = bars.setdefault(line.category.id, TimelineRow(line.category, []))
        row.bars.append(Bar(start, max(end - start, THINNEST), words))
    years = [
        place(september)
        for year in range(first.year, last.year + 1)
        if first < (september := date(year, 9, 1)) <= last
    ]
    return Timeline(first, last, years, list(bars.values()))


def overview(access: Access, student_id: UUID) -> Overview:
    """What the MIS says of a pupil, in the blocks that this person's group sees; the others are not read.

    That there is a court order stands on the page for everybody. Http404 where the person may not see the
    pupil.
    """
    student = get_student(access, student_id)
    shown = access.overview_blocks
    contacts = contacts_of(student) if OverviewBlock.CONTACTS in shown else []
    return Overview(
        header=student_header(student),
        facts=own_facts(access, student),
        blocks=[build(student) for block, build in SHEETS if block in shown],
        shows_contacts=OverviewBlock.CONTACTS in shown,
        contacts=contacts,
        links=linked_students(access, student) if OverviewBlock.CONTACTS in shown else [],
        attendance=attendance_of(access, student_id, since=_year_start()),
        warnings=[
            _warning(warning)
            for warning in student.warnings
            if BLOCK_OF_WARNING.get(warning["field"], OverviewBlock.NAME_AND_CLASS) in shown
        ],
        has_court_order=any(contact.has_court_order for contact in contacts) or has_court_order(student),
    )


def _year_start() -> date:
    return get_settings().year_start


def _basics(student: Any) -> Block:
    header = student_header(student)
    legal = f"{student.legal_forename} {student.legal_surname}".strip()
    pairs = [
        (
            "Legal name",
            " ".join(filter(None, [student.legal_forename, student.middle_names, student.legal_surname])),
        ),
        ("Preferred name", _preferred(student) if _preferred(student) != legal else ""),
        ("D.O.B.", f"{_day(student.date_of_birth)}{_age(student.date_of_birth)}"),
        ("Sex", _choice(Sex, student.sex)),
        ("Gender", student.gender),
        ("UPN", student.upn or ""),
        ("Year group", header.year),
        ("Tutor group", header.tutor),
        ("House", student.house or ""),
        ("Enrolment status", _choice(EnrolmentStatus, student.enrolment_status)),
        ("Start date", _day(student.start_date)),
        ("Leaving date", _day(student.leaving_date)),
        ("Leaving destination", student.leaving_destination),
    ]
    always = {"Legal name", "D.O.B.", "Sex", "UPN", "Year group", "Tutor group", "Start date"}
    return _block(student, "Details", pairs, always)


def _needs(student: Any) -> Block:
    pairs = [
        ("SEN status", _choice(SenStatus, student.sen_status)),
        ("SEN needs", ", ".join(SEN_NEEDS.get(need, need) for need in student.sen_needs)),
        ("Medical conditions", ", ".join(student.medical_conditions)),
        ("Medical notes", student.medical_notes),
    ]
    return _block(student, "SEN and medical", pairs, {"SEN status", "Medical conditions"})


def _home(student: Any) -> Block:
    pairs = [("Address", ", ".join(filter(None, [student.address, student.postcode])))]
    return _block(student, "Home", pairs, {"Address"})


def _background(student: Any) -> Block:
    pairs = [
        ("Ethnicity", ETHNICITIES.get(student.ethnicity, student.ethnicity)),
        ("Religion", student.religion),
        ("First language", student.first_language),
        ("English as an additional language", _yes(student.eal)),
        ("Pupil premium", _yes(student.pupil_premium)),
        ("Free school meals", _yes(student.free_school_meals)),
        ("Looked after", _yes(student.looked_after)),
        ("Service child", _yes(student.service_child)),
    ]
    return _block(student, "Background", pairs, {label for label, _ in pairs})


SHEETS: tuple[tuple[OverviewBlock, Callable[[Any], Block]], ...] = (
    (OverviewBlock.NAME_AND_CLASS, _basics),
    (OverviewBlock.SEN_AND_MEDICAL, _needs),
    (OverviewBlock.CONTACTS, _home),
    (OverviewBlock.SENSITIVE, _background),
)


def _block(student: Any, heading: str, pairs: list[tuple[str, str]], always: set[str]) -> Block:
    """Empty facts read "Not known" where one expects them, and are left out elsewhere."""
    shown = [
        (label, hide_names(value, about=[student.pk]) or NOT_KNOWN)
        for label, value in pairs
        if value or label in always
    ]
    return Block(heading, shown)


def _preferred(student: Any) -> str:
    forename = student.preferred_forename or student.legal_forename
    return f"{forename} {student.preferred_surname or student.legal_surname}".strip()


def _choice(choices: Any, code: str) -> str:
    return choices(code).label if code in choices.values else code


def _yes(value: bool | None) -> str:
    return {True: "Yes", False: "No", None: ""}[value]


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""


def _age(born: date | None) -> str:
    today = timezone.localdate()
    if born is None or born > today:
        return ""
    years = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    return f" (aged {years})"


def _warning(warning: dict[str, str]) -> str:
    sentence = WARNINGS.get(warning["code"], "The MIS gives something odd.")
    if warning["code"] == "unknown_code":
        field = WARNING_FIELDS.get(warning["field"], warning["field"])
        return f"{sentence} ({field}: {warning['value']})"
    return sentence
