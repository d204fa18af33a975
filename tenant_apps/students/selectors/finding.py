"""Finding pupils by typing, for key users and for the incident form."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from core.access import Access
from core.access.enums import OverviewBlock, SystemPermission
from core.db.prepared import PreparedQuery
from core.db.text import search_key
from tenant_apps.students.models import Keyword, Student
from tenant_apps.students.permissions import sees_whole_overview
from tenant_apps.students.selectors.limits import (
    found_in_all_classes,
    sees_everybody,
    students_found_by,
    students_visible_to,
)
from tenant_apps.students.selectors.names import (
    NAME_FIELDS,
    NameStyle,
    StudentName,
    current_group,
    display_name,
    initials_of,
    name_style,
)

COLUMNS = ("id", "year_group", "tutor", "archived_at", "start_date", "same_name_count", *NAME_FIELDS)


@dataclass(frozen=True, slots=True)
class StudentListItem(StudentName):
    """A pupil in a list."""

    is_archived: bool
    is_starting: bool
    same_name_count: int
    """How many current pupils share the name; 1 where nobody else does."""


@dataclass(frozen=True, slots=True)
class StudentSuggestion(StudentName):
    """A pupil offered by the incident form."""

    same_name_count: int

    @property
    def note(self) -> str:
        """Year and tutor group, and how many share the name where it is more than one."""
        return " · ".join(part for part in (self.place, same_name_note(self.same_name_count)) if part)


def same_name_note(count: int) -> str:
    """ "there are 2" behind the name of a pupil who has a namesake."""
    return f"there are {count}" if count > 1 else ""


def search_students(
    access: Access,
    term: str,
    *,
    include_archived: bool = False,
    among: Collection[UUID] | None = None,
    after: UUID | None = None,
    limit: int | None = None,
) -> list[StudentListItem]:
    """Pupils this person may see with each typed word in some part of a name, sorted.

    Who sees the whole overview finds them by every name they have or had, everybody else by the name in use
    alone: a former name must not be found out by typing it. A sealed record is found by nobody. A word may
    stand in a keyword instead, for those who see keywords. `among` keeps to some pupils, and then an empty
    term finds all of them but those who have died; `after` continues a list behind the pupil it ended with.
    """
    style, words = name_style(), search_key(term).split()
    shape = _Shape(
        words=len(words),
        key="search_key" if sees_whole_overview(access) else style.sort_field,
        with_keywords=OverviewBlock.SUMMARY in access.overview_blocks,
        include_archived=include_archived,
    )
    is_usual = bool(words) and among is None and after is None
    if is_usual and access.is_elevated and access.user_id and sees_everybody(access):
        rows = _prepared(shape, style, limit, timezone.localdate()).rows(
            **{f"word{place}": word for place, word in enumerate(words)}, reader=access.user_id
        )
        return _items(rows, style)
    students = students_found_by(access)
    if not term:
        students = students.filter(died_on__isnull=True)
    if among is not None:
        students = students.filter(pk__in=among)
    if among is None or term:
        students = shape.keep(students, words)
    elif not include_archived:
        students = students.filter(archived_at__isnull=True)
    return list_items(students, after=after, limit=limit)


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a search is like but for the letters that are typed."""

    words: int
    key: str
    with_keywords: bool
    include_archived: bool

    def keep(self, students: QuerySet[Student], words: Sequence[str]) -> QuerySet[Student]:
        if not self.include_archived:
            students = students.filter(archived_at__isnull=True)
        return _containing(students, words, self.key, with_keywords=self.with_keywords)


@lru_cache(maxsize=64)
def _prepared(shape: _Shape, style: NameStyle, limit: int | None, today: date) -> PreparedQuery:
    """The search of those whom no class limits, which is asked at every pause of somebody who types.

    `today` stands in the query.
    """

    def build(reader: UUID, **words: UUID) -> QuerySet[Any, Any]:
        return _rows(
            shape.keep(found_in_all_classes(reader), [str(word) for word in words.values()]), style, limit
        )

    words = (f"word{place}" for place in range(shape.words))
    # All students of the school are looked through, whatever is typed.
    return PreparedQuery(build, "reader", *words, is_planned_once=True)


def suggest_students(access: Access, term: str, *, limit: int = 20) -> list[StudentSuggestion]:
    """Current and starting pupils for the form's student field, of all classes, to everyone who may add.

    Only the name in use is searched: a former or legal name must not be found out by typing it here. Those of
    whom a name begins with what was typed come first: "siân" means Siân before Osian.
    """
    if not access.can(SystemPermission.ADD_ENTRIES):
        return []
    style = name_style()
    words = search_key(term).split()
    students = _containing(Student.objects.filter(archived_at__isnull=True), words, style.sort_field)
    return _suggestions(_rows(students, style, limit, begun_with=words[:1]), style)


def suggestions(students: QuerySet[Student]) -> list[StudentSuggestion]:
    """The pupils of a query as a form offers them, in the order of names. For this app's own selectors."""
    style = name_style()
    return _suggestions(_rows(students, style, None), style)


def names_a_pupil(text: str) -> bool:
    """Whether forename and surname of a current or starting pupil stand together in a text, in either order.

    By the preferred name and by the legal one. It says neither whose nor where: for forms that warn anybody
    who types a child's name where none belongs.
    """
    words = f" {search_key(text)} "
    names = Student.objects.filter(archived_at__isnull=True).values_list(*NAME_FIELDS)
    for legal_forename, legal_surname, preferred_forename, preferred_surname in names.iterator():
        for forename in {legal_forename, preferred_forename} - {""}:
            for surname in {legal_surname, preferred_surname} - {""}:
                first, last = search_key(forename), search_key(surname)
                # "Amelia Smith's" reads "amelia smiths" here.
                said = (f" {first} {last} ", f" {first} {last}s ", f" {last} {first} ", f" {last} {first}s ")
                if first and last and any(one in words for one in said):
                    return True
    return False


def may_be_chosen(access: Access, student_ids: Collection[UUID]) -> bool:
    """Whether a form may name all these pupils: current and starting ones, and archived ones one may see."""
    return choosable_among(access, student_ids) == set(student_ids)


def choosable_among(access: Access, student_ids: Collection[UUID]) -> set[UUID]:
    """Those of these pupils whom a form of this person may name."""
    offered = Q(archived_at__isnull=True) | Q(pk__in=students_visible_to(access).values("pk"))
    return set(Student.objects.filter(offered, pk__in=student_ids).values_list("pk", flat=True))


def list_items(
    students: QuerySet[Student], *, after: UUID | None = None, limit: int | None = None
) -> list[StudentListItem]:
    """The pupils of a query as a list in the order of names; two queries, however many they are."""
    style = name_style()
    if after is not None:
        last = Student.objects.filter(pk=after).values_list(style.sort_field, flat=True).first() or ""
        students = students.filter(
            Q(**{f"{style.sort_field}__gt": last}) | Q(**{style.sort_field: last, "pk__gt": after})
        )
    return _items(_rows(students, style, limit), style)


def _items(rows: Iterable[Sequence[Any]], style: NameStyle) -> list[StudentListItem]:
    today = timezone.localdate()
    return [
        StudentListItem(
            **_name(row, style),
            is_archived=row["archived_at"] is not None,
            is_starting=row["start_date"] is not None and row["start_date"] > today,
            same_name_count=row["same_name_count"],
        )
        for row in map(_by_name, rows)
    ]


def _suggestions(rows: Iterable[Sequence[Any]], style: NameStyle) -> list[StudentSuggestion]:
    return [
        StudentSuggestion(**_name(row, style), same_name_count=row["same_name_count"])
        for row in map(_by_name, rows)
    ]


def _containing(
    students: QuerySet[Student], words: Sequence[str], key: str, *, with_keywords: bool = False
) -> QuerySet[Student]:
    if not words:
        return students.none()
    if not with_keywords:
        return students.filter(*(Q(**{f"{key}__contains": word}) for word in words))
    standing = Keyword.objects.filter(removed_at=None)
    return students.filter(
        *(
            Q(**{f"{key}__contains": word}) | Q(pk__in=standing.filter(key__contains=word).values("student"))
            for word in words
        )
    )


def _rows(
    students: QuerySet[Student], style: NameStyle, limit: int | None, *, begun_with: Sequence[str] = ()
) -> QuerySet[Any, Any]:
    """What a list shows of each, by COLUMNS."""
    begins = [
        Q(**{f"{style.sort_field}__startswith": word}) | Q(**{f"{style.sort_field}__contains": f" {word}"})
        for word in begun_with
    ]
    first = [Case(When(begin, then=0), default=1) for begin in begins]
    namesakes = (
        Student.objects.filter(archived_at__isnull=True, **{style.sort_field: OuterRef(style.sort_field)})
        .order_by()
        .values(style.sort_field)
        .annotate(count=Count("*"))
        .values("count")
    )
    return (
        students.annotate(tutor=current_group("tutor"), same_name_count=Coalesce(Subquery(namesakes), 1))
        .order_by(*first, style.sort_field, "id")
        .values_list(*COLUMNS)[:limit]
    )


def _by_name(row: Sequence[Any]) -> dict[str, Any]:
    return dict(zip(COLUMNS, row, strict=True))


def _name(row: dict[str, Any], style: NameStyle) -> dict[str, Any]:
    identifier: UUID = row["id"]
    return {
        "id": identifier,
        "name": display_name(row, style),
        "initials": initials_of(row, style),
        "year_group": row["year_group"],
        "tutor": row["tutor"] or "",
    }
