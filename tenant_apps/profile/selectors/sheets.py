"""The "Overview": what the MIS says of a pupil, in the blocks that a person's group sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone

from core.access import Access
from core.access.enums import OverviewBlock
from tenant_apps.attendance.selectors import AttendanceFigure, attendance_of
from tenant_apps.school_settings.selectors import get_settings
from tenant_apps.students.enums import ETHNICITIES, SEN_NEEDS, EnrolmentStatus, SenStatus, Sex
from tenant_apps.students.permissions import sees_whole_overview
from tenant_apps.students.selectors import (
    Address,
    ContactView,
    LinkedStudent,
    OwnAnswer,
    OwnFacts,
    SchoolView,
    SiblingElsewhereView,
    StudentHeader,
    contacts_of,
    get_student,
    has_court_order,
    hide_names,
    home_of,
    linked_students,
    own_answers,
    own_facts,
    schools_attended_by,
    siblings_elsewhere_of,
    student_header,
)

NOT_KNOWN = "Not known"


COURT_ORDER_LINE = "Court order: ask the DSL before any contact or release"


WARNINGS = {
    "upn_invalid": "The UPN in the MIS is not valid: its letter and number do not belong together.",
    "name_incomplete": "The MIS gives only one part of the legal name.",
    "date_of_birth_missing": "The MIS gives no date of birth.",
    "date_of_birth_in_future": "The date of birth in the MIS lies in the future.",
    "date_of_birth_too_early": "The date of birth in the MIS lies before 1900.",
    "unknown_code": "The MIS gives a code that is not known here.",
    "upn_shared": "The MIS gives this pupil the UPN of another one; it was left out here.",
    "photo_missing": "The MIS names a photograph that it did not send.",
    "photo_unreadable": "The photograph from the MIS is damaged, too large, or not PNG, JPEG or WebP.",
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
    answers: list[OwnAnswer]
    """What was answered in the school's own fields, for the same people."""
    blocks: list[Block]
    shows_contacts: bool
    home: Address | None
    contacts: list[ContactView]
    links: list[LinkedStudent]
    elsewhere: list[SiblingElsewhereView]
    attendance: AttendanceFigure
    schools: list[SchoolView]
    """The school history, for those whose group sees the block with start and leaving dates."""
    warnings: list[str]
    has_court_order: bool


def overview(access: Access, student_id: UUID) -> Overview:
    """What the MIS says of a pupil, in the blocks that this person's group sees; the others are not read.

    That there is a court order stands on the page for everybody. Http404 where the person may not see the
    pupil.
    """
    student = get_student(access, student_id)
    shown = access.overview_blocks
    sees_contacts = OverviewBlock.CONTACTS in shown
    contacts = contacts_of(access, student) if sees_contacts else []
    return Overview(
        header=student_header(student),
        facts=own_facts(access, student),
        answers=own_answers(access, student),
        blocks=[build(access, student) for block, build in SHEETS if block in shown],
        shows_contacts=sees_contacts,
        home=home_of(access, student) if sees_contacts else None,
        contacts=contacts,
        links=linked_students(access, student) if sees_contacts else [],
        elsewhere=siblings_elsewhere_of(student) if sees_contacts else [],
        attendance=attendance_of(access, student_id, since=_year_start()),
        schools=schools_attended_by(student) if OverviewBlock.NAME_AND_CLASS in shown else [],
        warnings=[
            _warning(warning)
            for warning in student.warnings
            if BLOCK_OF_WARNING.get(warning["field"], OverviewBlock.NAME_AND_CLASS) in shown
        ],
        has_court_order=has_court_order(student),
    )


def _year_start() -> date:
    return get_settings().year_start


def _basics(access: Access, student: Any) -> Block:
    header = student_header(student)
    legal = f"{student.legal_forename} {student.legal_surname}".strip()
    pairs = [
        (
            "Legal name",
            " ".join(filter(None, [student.legal_forename, student.middle_names, student.legal_surname])),
        ),
        ("Preferred name", _preferred(student) if _preferred(student) != legal else ""),
        # Who may not search for it is not told it either.
        ("Former surname", student.former_surname if sees_whole_overview(access) else ""),
        ("D.O.B.", f"{_day(student.date_of_birth)}{_age(student.date_of_birth)}"),
        ("Sex", _choice(Sex, student.sex)),
        ("Gender", student.gender),
        ("UPN", student.upn or ""),
        ("Former UPN", student.former_upn),
        ("Email", student.email),
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


def _needs(access: Access, student: Any) -> Block:
    pairs = [
        ("SEN status", _choice(SenStatus, student.sen_status)),
        ("SEN needs", ", ".join(SEN_NEEDS.get(need, need) for need in student.sen_needs)),
        ("Medical conditions", ", ".join(student.medical_conditions)),
        ("Medical notes", student.medical_notes),
    ]
    return _block(student, "SEN and medical", pairs, {"SEN status", "Medical conditions"})


def _background(access: Access, student: Any) -> Block:
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


SHEETS: tuple[tuple[OverviewBlock, Callable[[Access, Any], Block]], ...] = (
    (OverviewBlock.NAME_AND_CLASS, _basics),
    (OverviewBlock.SEN_AND_MEDICAL, _needs),
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
