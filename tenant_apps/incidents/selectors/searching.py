"""Searching inside a student's chronology: by words, category, day and author.

Only what the person sees in this log is compared: a reference has a number and a day and nothing else, an
action that was not copied is not in a linked student's log, and what was deleted is found by nobody.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from functools import cache, reduce
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from core.access import Access
from core.db.folded import Folded, fold
from core.db.prepared import PreparedQuery
from shared_apps.people.selectors import names_of
from tenant_apps.categories.selectors import CategoryView, category_map, leaves
from tenant_apps.incidents.enums import Part
from tenant_apps.incidents.models import Action, ActionStudent, Incident, IncidentCategory, IncidentStudent
from tenant_apps.incidents.permissions import listed_for

# The index knows three letters in a row; anything shorter alone would read every text of the school.
LONG_ENOUGH = re.compile(r"[^\W_]{3}")


@dataclass(frozen=True)
class Search:
    """What somebody looks for in a log; all of it at once. Nothing set is the whole log.

    Every one of `words` stands in the same text; that text is by `author_id`, or by `source` where nobody
    wrote it. Of `category_ids` any one is enough; a parent stands for its sub-categories unless one of them
    is named as well. Days are the school's.
    """

    words: tuple[str, ...] = ()
    category_ids: tuple[UUID, ...] = ()
    author_id: UUID | None = None
    source: str = ""
    since: date | None = None
    until: date | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, field.name) for field in fields(self))


EVERYTHING = Search()


@dataclass(frozen=True)
class Searchable:
    """What a log can be searched by: categories the person may view, and who wrote what they see there."""

    categories: list[CategoryView]
    author_names: dict[UUID, str]
    sources: list[str]


def is_long_enough(words: Iterable[str]) -> bool:
    """Whether the index can help: one word has three letters or digits in a row."""
    return any(LONG_ENOUGH.search(fold(word)) for word in words)


def searchable(access: Access, student_id: UUID) -> Searchable:
    """The choices of the form. Nobody is among them who wrote only what this person does not see here."""
    incidents = Incident.objects.filter(listed_for(access), number__isnull=False)
    shown = incidents.filter(pk__in=_parts(student_id).values("incident"))
    written = [
        shown.values_list("author", "source"),
        *(
            actions.filter(incident__in=incidents.values("pk")).values_list("author", "source")
            for actions in _actions_in(student_id)
        ),
    ]
    authors: set[tuple[UUID | None, str]] = set(written[0].union(*written[1:]))
    names = names_of({author for author, _ in authors if author is not None})
    return Searchable(
        categories=[one for one in category_map().values() if one.id in access.view_incidents],
        author_names={
            author: name.formal
            for author, name in sorted(names.items(), key=lambda pair: pair[1].formal.casefold())
        },
        sources=sorted({source for author, source in authors if author is None}, key=str.casefold),
    )


@dataclass(frozen=True)
class Found:
    """What a search finds in a log, whoever may see it.

    The incidents under `condition` that are not deleted, and if `ids` is not None these alone.
    """

    condition: Q
    ids: list[UUID] | None


def found_in_log(access: Access, student_id: UUID, search: Search) -> Found:
    """What stands in this student's log and is looked for; besides who may see it there.

    By words and authors it is asked here: with the ids in its hands the database reads those rows and no
    others.
    """
    condition = Q()
    if search.since:
        condition &= Q(happened_at__gte=_midnight(search.since))
    if search.until:
        condition &= Q(happened_at__lt=_midnight(search.until + timedelta(days=1)))
    if search.category_ids:
        named = set(search.category_ids) & access.view_incidents
        carried = IncidentCategory.objects.filter(incident=OuterRef("pk"), category__in=_most_specific(named))
        condition &= Q(Exists(carried)) & Q(pk__in=_parts(student_id).values("incident"))
    by_text = search.words or search.author_id or search.source
    return Found(condition, _found_by_text(student_id, search) if by_text else None)


def _found_by_text(student_id: UUID, search: Search) -> list[UUID]:
    if search.author_id or search.source:
        return [incident for (incident,) in _with_text(student_id, search)]
    folded = {f"word{place}": fold(word) for place, word in enumerate(search.words)}
    return [incident for (incident,) in _with_words(len(folded)).rows(student=student_id, **folded)]


@cache
def _with_words(many: int) -> PreparedQuery:
    """The query for so many words. The form lets few of them through."""

    def build(student: UUID, **words: UUID) -> QuerySet[Any, Any]:
        return _with_text(student, Search(words=tuple(str(word) for word in words.values())))

    words = (f"word{place}" for place in range(many))
    return PreparedQuery(build, "student", *words, is_planned_once=True)


def _with_text(student_id: UUID, search: Search) -> QuerySet[Any, Any]:
    """Ids of the incidents of which this log shows a text that is looked for.

    One branch for each way in which a text comes into a log, so that the database may begin with the student
    or with the words, whichever is less.
    """
    incidents = _texts(Incident.objects.filter(pk__in=_parts(student_id).values("incident")), search)
    own, copied = (_texts(actions, search) for actions in _actions_in(student_id))
    return incidents.values_list("pk").union(own.values_list("incident"), copied.values_list("incident"))


def _texts(written: QuerySet[Any], search: Search) -> QuerySet[Any]:
    written = written.filter(deleted_at__isnull=True)
    if search.author_id:
        written = written.filter(author=search.author_id)
    if search.source:
        written = written.filter(author__isnull=True, source=search.source)
    if search.words:
        written = written.alias(folded=Folded("text"))
    return reduce(lambda rows, word: rows.filter(folded__contains=fold(word)), search.words, written)


def _parts(student_id: UUID) -> QuerySet[IncidentStudent]:
    """The student's parts in incidents whose text their log shows."""
    return IncidentStudent.objects.filter(student=student_id, shows_full=True)


def _actions_in(student_id: UUID) -> tuple[QuerySet[Action], QuerySet[Action]]:
    """Actions that the student's log shows: those of their own incidents, and those copied to them."""
    standing = Action.objects.filter(deleted_at__isnull=True)
    own = _parts(student_id).filter(part=Part.MAIN)
    linked = IncidentStudent.objects.filter(student=student_id, part=Part.LINKED)
    # A student whose incident was merged into another one has only that part of it in the log.
    showing = linked.filter(Q(shows_full=True) | Q(shows_own_part=True))
    copies = ActionStudent.objects.filter(student=student_id).values("action")
    return (
        standing.filter(incident__in=own.values("incident")),
        standing.filter(pk__in=copies, incident__in=showing.values("incident")),
    )


def _most_specific(category_ids: set[UUID]) -> set[UUID]:
    categories = category_map()
    return leaves(category_ids & categories.keys(), categories=categories)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
