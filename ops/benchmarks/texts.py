"""text_search_vs_like: the search in a log of 50,000 texts beside reading them all.

All texts stand in one student's log, so that neither side is helped by the student. The search is the
selector's own: it asks what the reader may see listed and reads the first page of incidents. The floor is one
statement that looks for the same letters in every text, in any case, and asks for nobody's permission.
"""

import random
import re
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from itertools import islice
from statistics import median
from typing import TYPE_CHECKING
from uuid import UUID

from ops.benchmarks.measuring import Figure, Stage, in_turns, ratio
from ops.benchmarks.preparing import close_connections, ready_school, take_statistics
from ops.supervisor.servers import ROOT

if TYPE_CHECKING:
    from core.access import Access

FIGURES = ["text_search_vs_like"]
AT_LEAST = 50.0
INCIDENTS = 5_000
ACTIONS_EACH = 9
WORDS = 180
TERMS = 20
MOST_HITS = 20
LEAD = "d.okafor@stgeorges.sch.example"

WORD = re.compile("[a-z]{2,}")

_FLOOR = """
    SELECT id FROM incidents_incident WHERE text ILIKE %(part)s
    UNION ALL SELECT id FROM incidents_action WHERE text ILIKE %(part)s
"""


def measure(stage: Stage) -> Iterable[Figure]:
    """Write 50,000 texts, choose twenty parts of words that stand in few of them, and look for each."""
    school = ready_school()
    from core.tenancy import in_school

    with in_school(school):
        yield _measured(stage)
    close_connections()


def _measured(stage: Stage) -> Figure:
    from django.db import connection

    from tenant_apps.incidents.selectors import Search, chronology_rows

    draw = random.Random(50_000)
    texts = _texts(draw)
    access, student_id = _write(texts, draw)
    take_statistics(stage)
    terms = _terms(texts, draw)

    def search() -> list[int]:
        return [len(chronology_rows(access, student_id, search=Search(words=(term,)))) for term in terms]

    def read_all() -> list[int]:
        found = []
        with connection.cursor() as cursor:
            for term in terms:
                cursor.execute(_FLOOR, {"part": f"%{term}%"})
                found.append(len(cursor.fetchall()))
        return found

    hits = read_all()
    if not all(1 <= many <= MOST_HITS for many in hits):
        raise AssertionError(f"Terms with other than 1 to {MOST_HITS} hits: {hits}.")
    # Two hits may be one incident and its action.
    if not all(1 <= found <= many for found, many in zip(search(), hits, strict=True)):
        raise AssertionError(f"The search finds {search()}, reading all of it {hits}.")
    taken = in_turns({"search": search, "like": read_all})
    return Figure(
        "text_search_vs_like",
        ratio(taken, "like", "search"),
        at_least=AT_LEAST,
        runs=taken,
        beside={
            "texts": len(texts),
            "megabytes": round(sum(map(len, texts)) / 1e6),
            "hits": f"{min(hits)} to {max(hits)}",
            "search_ms": round(1000 * median(taken["search"]) / TERMS, 2),
            "like_ms": round(1000 * median(taken["like"]) / TERMS, 1),
        },
    )


def _texts(draw: random.Random) -> list[str]:
    """Texts of English words as often as the specification uses them, with names of pupils among them."""
    written = (ROOT / "docs" / "specification").glob("*.md")
    usual = Counter(WORD.findall(" ".join(path.read_text().lower() for path in written)))
    words, weights = list(usual), list(usual.values())
    texts = []
    for number in range(INCIDENTS * (1 + ACTIONS_EACH)):
        text = draw.choices(words, weights, k=WORDS)
        # Some forty thousand words that stand in one text or a few: names, places, slips of the pen.
        text[draw.randrange(WORDS)] = _rare(draw, words)
        texts.append(" ".join(text) + f", {number}.")
    return texts


def _rare(draw: random.Random, words: list[str]) -> str:
    """A word as English makes them: the head of one and the tail of another."""
    head, tail = draw.choice(words), draw.choice(words)
    return (head[: 2 + len(head) // 2] + tail[len(tail) // 2 :]).capitalize()


def _terms(texts: list[str], draw: random.Random) -> list[str]:
    """Parts of words, of 4 to 8 letters, that stand in 1 to 20 of the texts."""
    lowered = [text.lower() for text in texts]
    terms: list[str] = []
    while len(terms) < TERMS:
        length = 4 + len(terms) % 5
        word = (
            draw.choice([word for word in draw.choice(texts).split() if word[0].isupper()]).strip(".").lower()
        )
        if len(word) < length:
            continue
        begins = draw.randrange(len(word) - length + 1)
        term = word[begins : begins + length]
        if (
            term not in terms
            and len(list(islice((text for text in lowered if term in text), MOST_HITS + 1))) <= MOST_HITS
        ):
            terms.append(term)
    return terms


def _write(texts: list[str], draw: random.Random) -> tuple["Access", UUID]:
    """One student's incidents with their actions, all open to the lead; returns the lead's access."""
    from core.db.clock import now
    from core.db.keys import uuid7
    from shared_apps.people.models import User
    from tenant_apps.categories.models import Category
    from tenant_apps.classes.selectors import load_access
    from tenant_apps.incidents.models import Action, Incident, IncidentCategory, IncidentStudent
    from tenant_apps.students.models import Student

    lead = User.objects.get(email=LEAD)
    category = Category.objects.get(name="Bullying")
    student = Student.objects.create(
        id=uuid7(), legal_forename="Ann", legal_surname="Bee", sort_key="bee  ann", search_key="ann bee"
    )
    moment, remaining = now(), iter(texts)
    incidents = [
        Incident(
            id=uuid7(),
            number=number + 1,
            text=next(remaining),
            happened_at=moment - timedelta(hours=number),
            recorded_at=moment - timedelta(hours=number),
            author=lead,
        )
        for number in range(INCIDENTS)
    ]
    Incident.objects.bulk_create(incidents, batch_size=1000)
    IncidentStudent.objects.bulk_create(
        IncidentStudent(incident=incident, student=student, part="main") for incident in incidents
    )
    IncidentCategory.objects.bulk_create(
        IncidentCategory(incident=incident, category=carried, is_leaf=carried == category)
        for incident in incidents
        for carried in filter(None, (category, category.parent))
    )
    Action.objects.bulk_create(
        (
            Action(
                id=uuid7(),
                incident=incident,
                text=next(remaining),
                happened_at=incident.happened_at,
                recorded_at=incident.recorded_at,
                author=lead,
            )
            for incident in incidents
            for _ in range(ACTIONS_EACH)
        ),
        batch_size=1000,
    )
    return load_access(lead, is_elevated=True), student.pk
