"""register, dashboard and chronology, each beside a bare view that does the same to the database.

The bare view stands behind the same middleware and asks for a key as well, runs the page's own SQL unchanged
through a cursor, writes the audit row, commits, and returns as many bytes. What remains between the two is
what the product spends on selecting, checking and drawing.
"""

import logging
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable
from statistics import median
from typing import TYPE_CHECKING, Any
from uuid import UUID

from ops.benchmarks.measuring import Figure, Stage, in_turns, ratio
from ops.benchmarks.preparing import DEMO_DATA, close_connections, manage, ready_school

if TYPE_CHECKING:
    from django.test import Client

    from tenants.models import School

FIGURES = ["register_vs_bare", "dashboard_vs_bare", "chronology_vs_bare"]
AT_MOST = 4.0
REQUESTS = 20
LEAD = "d.okafor@stgeorges.sch.example"
MONITORED = 120
INCIDENTS = 200
ALERTED = 10
# The audit's own key is the one value that cannot be written twice.
AUDIT_KEY = re.compile(
    r"^(INSERT INTO \"audit_auditevent\" .*? VALUES \(.*?')([0-9a-f-]{32,36})(')", re.DOTALL
)
TRANSACTION = re.compile(r"(BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b")


def measure(stage: Stage) -> Iterable[Figure]:
    """Bring a whole school in, then read the register of a tutor group, and of a year beside it."""
    os.environ["STATIC_ROOT"] = str(stage.folder / "static")
    manage("collectstatic", "--noinput", "--verbosity=0")
    school = ready_school()
    manage("import_extract", "--school", school.schema_name, DEMO_DATA / "extracts" / "stgeorges-full.zip")
    pages = Pages(school, LEAD)
    groups = pages.inside(prepare_monitoring)
    yield pages.figure(
        "register_vs_bare",
        f"/students/register/{groups['tutor']}/",
        most_queries=18,
        beside={"year_ms": pages.milliseconds(f"/students/register/{groups['year']}/")},
    )
    pupil = pages.inside(lambda: write_records(LEAD))
    yield pages.figure("dashboard_vs_bare", "/", most_queries=40)
    yield pages.figure("chronology_vs_bare", f"/students/{pupil}/incidents/", most_queries=32)
    close_connections()


class Pages:
    """One person's browser at a school, key in the session, and a bare view to measure pages against."""

    def __init__(self, school: "School", email: str) -> None:
        # A line in the log for each of some thousand requests would hide the figures.
        logging.getLogger("core.web.request").setLevel(logging.WARNING)
        self._school = school
        self.client = self.inside(lambda: _browser(school, email))
        self._replayed: list[str] = []
        self._answer = b""
        self._add_bare_view()

    def inside(self, work: Callable[[], Any]) -> Any:
        """Run something in the school."""
        from core.tenancy import in_school

        with in_school(self._school):
            return work()

    def figure(
        self, name: str, address: str, *, most_queries: int, beside: dict[str, float] | None = None
    ) -> Figure:
        """Measure a page in turns with its floor; AssertionError when it takes more queries than that."""
        taken, queries = self.beside_bare(address)
        if queries > most_queries:
            raise AssertionError(f"{name}: {queries} queries, {most_queries} at most.")
        return Figure(
            name,
            ratio(taken, "page", "bare"),
            at_most=AT_MOST,
            runs=taken,
            beside={
                "ms": round(1000 * median(taken["page"]) / REQUESTS, 1),
                "bare_ms": round(1000 * median(taken["bare"]) / REQUESTS, 1),
                "queries": queries,
                "replayed": len(self._replayed),
                "bytes": len(self._answer),
                **(beside or {}),
            },
        )

    def beside_bare(self, address: str) -> tuple[dict[str, list[float]], int]:
        """Return the runs of a page and of its floor, taken in turns, and how many queries the page takes."""
        page = self._queries(address)
        self._replayed, self._answer = [], b""
        frame = Counter(self._queries("/bench/bare/"))
        self._answer = self._get(address).content
        self._replayed = [statement for statement in page if not _taken(frame, statement)]
        taken = in_turns(
            {
                "page": lambda: [self._get(address) for _ in range(REQUESTS)],
                "bare": lambda: [self._get("/bench/bare/") for _ in range(REQUESTS)],
            }
        )
        return taken, len(page)

    def own_queries(self, address: str, *, frame_of: str = "/bench/bare/") -> int:
        """Return how many statements a page runs beyond those of its frame, that is of any page.

        A whole page as `frame_of` takes off what every page draws around itself, too.
        """
        page = self._queries(address)
        self._replayed, self._answer = [], b""
        frame = Counter(self._queries(frame_of))
        return len([statement for statement in page if not _taken(frame, statement)])

    def milliseconds(self, address: str) -> float:
        """Return the median time of one page by itself."""
        self._get(address)
        taken = []
        for _ in range(REQUESTS):
            began = time.perf_counter()
            self._get(address)
            taken.append(time.perf_counter() - began)
        return round(1000 * median(taken), 1)

    def _get(self, address: str) -> Any:
        answer = self.client.get(address)
        if answer.status_code != 200:
            raise AssertionError(f"{address} answered {answer.status_code}.")
        return answer

    def _queries(self, address: str) -> list[str]:
        """Return the statements of one request, those of the middleware included."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        self._get(address)
        with CaptureQueriesContext(connection) as captured:
            self._get(address)
        statements = [query["sql"] for query in captured.captured_queries]
        return [statement for statement in statements if not TRANSACTION.match(statement)]

    def _add_bare_view(self) -> None:
        from django.db import connection
        from django.http import HttpRequest, HttpResponse
        from django.urls import include, path

        from config import urls_school
        from core.access.decorators import key_user
        from core.db.keys import uuid7

        @key_user
        def bare(request: HttpRequest) -> HttpResponse:
            with connection.cursor() as cursor:
                for statement in self._replayed:
                    cursor.execute(AUDIT_KEY.sub(rf"\g<1>{uuid7()}\g<3>", statement))
                    if cursor.description:
                        cursor.fetchall()
            return HttpResponse(self._answer)

        urls_school.urlpatterns.append(path("", include([path("bench/bare/", bare)])))


def _taken(frame: Counter[str], statement: str) -> bool:
    """Take a statement out of the frame's; False when it is not one of them."""
    if frame[statement]:
        frame[statement] -= 1
        return True
    return False


def _browser(school: "School", email: str) -> "Client":
    """Return a test client signed in with a key, whose requests commit like anybody's."""
    from django.test import Client
    from django_otp import DEVICE_ID_SESSION_KEY
    from django_otp.plugins.otp_totp.models import TOTPDevice

    from core.tenancy.hosts import address_of
    from shared_apps.people.enums import ELEVATED_AT
    from shared_apps.people.models import User

    user = User.objects.get(email=email)
    device = TOTPDevice.objects.create(user=user, name="Phone", confirmed=True)
    client = Client(HTTP_HOST=address_of(school.subdomain), headers={"accept": "text/html"})
    client.force_login(user)
    session = client.session
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session[ELEVATED_AT] = time.time()
    session.save()
    return client


def prepare_monitoring() -> dict[str, UUID]:
    """Monitor some pupils under two categories; return the largest group of each kind."""
    from django.db.models import Count

    from core.db.clock import now
    from tenant_apps.categories.models import Category
    from tenant_apps.monitoring.models import Monitoring
    from tenant_apps.students.models import Membership, Student

    categories = list(Category.objects.filter(is_restricting=False).order_by("position", "name")[:2])
    pupils = list(Student.objects.filter(archived_at=None).order_by("sort_key"))[:: max(1, 1200 // MONITORED)]
    Monitoring.objects.bulk_create(
        Monitoring(student=pupil, category=category, started_at=now(), source_kind="person")
        for pupil in pupils
        for category in categories
    )
    groups = Membership.objects.filter(end_date=None).values("group_id", "group__kind")
    largest = groups.annotate(size=Count("id")).order_by("size")
    return {group["group__kind"]: group["group_id"] for group in largest}


def write_records(email: str, *, alerted: int = ALERTED) -> UUID:
    """Give one pupil 200 incidents with actions, the first alerted and assigned; return the pupil's id."""
    from datetime import timedelta

    from core.db.clock import now
    from core.db.keys import uuid7
    from shared_apps.people.models import User
    from tenant_apps.categories.models import Category
    from tenant_apps.classes.selectors import load_access
    from tenant_apps.incidents.services import LinkedStudent, add_action, add_incident
    from tenant_apps.students.models import Student

    lead = User.objects.get(email=email)
    access = load_access(lead, is_elevated=True)
    deputy = User.objects.get(email="l.haynes@stgeorges.sch.example")
    categories = list(Category.objects.filter(name__in=["Bullying", "Punctuality", "Neglect", "Disclosure"]))
    pupil, other = Student.objects.filter(archived_at=None).order_by("sort_key")[:2]
    for number in range(INCIDENTS):
        at = now() - timedelta(days=number, minutes=17)
        is_alerted = number < alerted
        incident = add_incident(
            incident_id=uuid7(),
            student_id=pupil.pk,
            text="Came to registration without a coat and said the bus had been late again. " * 3,
            category_ids=[categories[number % len(categories)].pk],
            linked=[LinkedStudent(other.pk, "sibling")] if number % 5 == 0 else [],
            happened_at=at - timedelta(minutes=30),
            assignee_id=lead.pk if is_alerted else None,
            alert_user_ids=[deputy.pk, lead.pk] if is_alerted else [deputy.pk],
            by=access,
            at=at,
        )
        for step in range(number % 3):
            add_action(
                action_id=uuid7(),
                incident_id=incident.pk,
                text="Rang home, no answer; spoke to the tutor. Will look again on Monday.",
                happened_at=at + timedelta(minutes=step),
                by=access,
                at=at + timedelta(minutes=step),
            )
    return pupil.pk
