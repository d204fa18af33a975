"""pdf_pages_per_second: the chronology of a pupil with 200 incidents, as it is printed."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from statistics import median
from types import SimpleNamespace

from ops.benchmarks.measuring import Figure, Stage, in_turns

FIGURES = ["pdf_pages_per_second"]
ENTRIES = 200
WORDS = (
    "Invented for measuring. During registration the pupil told the form tutor that they had not slept well. "
    "The tutor listened, asked open questions only and wrote down the words as they were said. "
    "They were given breakfast and went to the first lesson, where they settled."
)


def measure(stage: Stage) -> Iterable[Figure]:
    """Draw the PDF as often as the measuring rules ask; pages by the second of the median run."""
    import django

    django.setup()
    import pikepdf

    from core.web.pdf import render_pdf

    context = _context()
    drawn: list[bytes] = []
    taken = in_turns(
        {
            "pdf": lambda: drawn.append(
                render_pdf("incidents/print_chronology.html", context, title="Chronology")
            )
        }
    )
    with pikepdf.open(BytesIO(drawn[-1])) as pdf:
        pages = len(pdf.pages)
    seconds = median(taken["pdf"])
    yield Figure(
        "pdf_pages_per_second",
        pages / seconds,
        unit="pages/s",
        runs=taken,
        beside={"pages": pages, "entries": ENTRIES, "seconds": round(seconds, 2), "bytes": len(drawn[-1])},
    )


def _context() -> dict[str, object]:
    """What the page is given, in plain objects: the figure is the drawing's, without a query."""
    began = datetime(2026, 9, 1, 9, tzinfo=UTC)
    entries = [_entry(number, began + timedelta(hours=7 * number)) for number in range(ENTRIES, 0, -1)]
    made = {"made_by": "Invented Person", "made_at": began}
    return {
        "student": SimpleNamespace(name="Invented Pupil", date_of_birth=None, year="8", tutor="8B"),
        "entries": entries,
        "last": entries[-1],
        "print": {"school": "Invented School", "title": "Chronology", **made},
        **made,
    }


def _entry(number: int, moment: datetime) -> SimpleNamespace:
    return SimpleNamespace(
        number=number,
        colour=f"k{number % 12 + 1}",
        happened_at=moment,
        recorded_at=moment,
        author="Ms Invented",
        author_role="Teachers",
        status="Active",
        categories=[SimpleNamespace(colour=f"k{number % 12 + 1}", name="Cause for Concern", parent="")],
        linked=[],
        text=WORDS,
        agencies=["Invented Agency"] if number % 5 == 0 else [],
        files=[],
        actions=[
            SimpleNamespace(
                author="Mr Invented", author_role="DSL", happened_at=moment, text=WORDS, agencies=[], files=[]
            )
        ]
        * (number % 3),
    )
