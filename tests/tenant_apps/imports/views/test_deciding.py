"""The page of a held extract: who sees which names, and the decision."""

from typing import Any

import pytest
from django.urls import reverse

from tests.data.extracts import on_a_full_roll, pupil, small_extract

LATER = "2026-11-21T22:05:00+00:00"


@pytest.fixture
def held(bring: Any, cast: Any) -> Any:
    """Twenty pupils would go, one would come, one would change."""
    bring(on_a_full_roll(small_extract()))
    book = small_extract(generated_at=LATER)
    book.files["pupils.csv"][2]["preferred_forename"] = "Olli"
    book.files["pupils.csv"].append(pupil(9, "Newly", "Come"))
    entry = bring(book)
    assert entry.state == "held"
    return entry


def page(client: Any, entry: Any) -> str:
    return client.get(reverse("imports:detail", args=[entry.pk])).content.decode()


def allow_list(cast: Any, part: str, *, allowed: bool) -> None:
    from core.access.enums import SystemPermission
    from tenant_apps.staff.models import StaffMember

    group = StaffMember.objects.get(user=getattr(cast, part).user).group
    held = set(group.system_permissions) - {SystemPermission.VIEW_STUDENT_LIST.value}
    group.system_permissions = sorted(
        held | ({SystemPermission.VIEW_STUDENT_LIST.value} if allowed else set())
    )
    group.sees_ungrouped = True
    group.save()


def test_page_names_whom_it_would_change_to_those_who_may_see_them(held, cast, client_for):
    from core.audit.models import AuditEvent

    allow_list(cast, "head", allowed=True)
    told = page(client_for(cast.head), held)
    assert "Pupils who would be archived: <strong>20</strong>" in told
    assert "Forename501 Surname501" in told
    assert "Pupils who would be new: <strong>1</strong>" in told
    assert "Newly Come" in told
    assert "Oliver Smith" in told or "Olli Smith" in told
    assert "20 of 23 pupils on roll would be archived." in told
    for words in ("Apply", "Apply joiners and changes only", "Reject"):
        assert f">{words}</button>" in told
    assert len(AuditEvent.objects.get(event="student.listed").student_ids) == 21


def test_page_tells_others_the_counts_and_nobody(held, cast, client_for):
    from core.audit.models import AuditEvent

    allow_list(cast, "data", allowed=False)
    told = page(client_for(cast.data), held)
    assert "Pupils who would be archived: <strong>20</strong>" in told
    assert "Names are shown to those who may see these students." in told
    for name in ("Surname501", "Newly", "Come", "Olli"):
        assert name not in told
    assert not AuditEvent.objects.filter(event="student.listed").exists()


@pytest.mark.attack("A11")
def test_a_blocked_pupil_is_counted_and_not_named(held, cast, client_for):
    from core.db.clock import now
    from tenant_apps.students.models import BlockedReader, Student

    allow_list(cast, "head", allowed=True)
    hidden = Student.objects.get(mis_id="P501")
    BlockedReader.objects.create(student=hidden, user=cast.head.user, set_at=now(), set_by=cast.lead.user)
    told = page(client_for(cast.head), held)
    assert "Surname501" not in told
    assert "Surname502" in told
    assert "And 1 more." in told


def test_apply_runs_in_a_worker_and_says_who_decided(held, cast, client_for, run_outbox):
    browser = client_for(cast.head)
    answer = browser.post(reverse("imports:decide", args=[held.pk]), {"decision": "apply"}, follow=True)
    assert "The extract is being applied." in answer.content.decode()
    run_outbox()
    held.refresh_from_db()
    assert held.state == "applied"
    told = page(browser, held)
    assert "“Apply”" in told
    assert cast.head.user.formal_name in told


def test_second_administrator_is_told(held, cast, client_for):
    first, second = client_for(cast.head), client_for(cast.data)
    address = reverse("imports:decide", args=[held.pk])
    first.post(address, {"decision": "reject"})
    answer = second.post(address, {"decision": "apply"}, follow=True)
    assert "Somebody has decided on this extract in the meantime." in answer.content.decode()
    held.refresh_from_db()
    assert held.state == "rejected"


def test_wrong_decision_is_asked_again(held, cast, client_for):
    answer = client_for(cast.head).post(reverse("imports:decide", args=[held.pk]), {"decision": "all"})
    assert answer.status_code == 422
    held.refresh_from_db()
    assert held.state == "held"


@pytest.mark.parametrize("part", ["lead", "teacher", "support"])
def test_nobody_else_decides_or_reads_it(held, cast, client_for, part):
    browser = client_for(getattr(cast, part))
    answer = browser.post(reverse("imports:decide", args=[held.pk]), {"decision": "apply"})
    assert answer.status_code == 403
    assert b"Surname501" not in browser.get(reverse("imports:detail", args=[held.pk])).content
    held.refresh_from_db()
    assert held.state == "held"


def test_queries_do_not_grow_with_the_names(held, cast, client_for, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    allow_list(cast, "head", allowed=True)
    browser = client_for(cast.head)
    page(browser, held)
    with CaptureQueriesContext(connection) as many:
        page(browser, held)
    held.differences = held.differences | {"archived": held.differences["archived"][:1], "changed": []}
    held.save()
    with django_assert_num_queries(len(many)):
        page(browser, held)
