"""Writes: asking from a school, handing over to the helpdesk, answering, forgetting."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.http import Http404

from core.access import SYSTEM, Access
from core.audit.services import record
from core.db.clock import now
from core.outbox.services import owe
from core.tenancy import current_school, in_public
from shared_apps.helpdesk.models import SupportRequest
from shared_apps.people.selectors import get_user

KEPT = timedelta(days=365)


@transaction.atomic
def ask(
    *, message: str, subject: str = "", phone: str = "", by: Access, at: datetime | None = None
) -> SupportRequest:
    """Write to the helpdesk, from the current school. It is handed over once this transaction stands."""
    assert by.user_id is not None
    person = get_user(by.user_id)
    request = SupportRequest.objects.create(
        school_id=current_school().id,
        user_id=by.user_id,
        from_name=person.full_name,
        from_email=person.email,
        is_key_user=by.is_elevated,
        subject=subject,
        phone=phone,
        message=message,
        received_at=at or now(),
    )
    record("support_request.sent", by=by, record=("support_request", request.pk), at=at)
    owe("helpdesk.hand_over", key=str(request.pk), payload={"request": str(request.pk)})
    return request


@transaction.atomic
def hand_over(*, request_id: UUID) -> bool:
    """Move a request from the current school to public, whole or not at all; False where it was moved before.

    For the outbox: rows of public are written by its handlers and by nothing else in a school.
    """
    waiting = SupportRequest.objects.select_for_update().filter(pk=request_id).first()
    if waiting is None:
        return False
    copy = {
        field.attname: getattr(waiting, field.attname)
        for field in SupportRequest._meta.concrete_fields  # noqa: SLF001 -- Django's documented model API
    }
    with in_public():
        SupportRequest.objects.bulk_create([SupportRequest(**copy)], ignore_conflicts=True)
    SupportRequest.objects.filter(pk=request_id).delete()
    record("support_request.handed_over", by=SYSTEM, record=("support_request", request_id))
    return True


@transaction.atomic
def mark_done(*, request_id: UUID, answer: str, operator_id: UUID, at: datetime | None = None) -> bool:
    """An operator has carried the request out: the person is mailed. False where it was done before.

    Raises Http404 for no such request.
    """
    with in_public():
        request = SupportRequest.objects.select_for_update().filter(pk=request_id).first()
        if request is None:
            raise Http404("no such request")
        if request.done_at is not None:
            return False
        request.done_at, request.done_by, request.answer = at or now(), operator_id, answer
        request.save(update_fields=["done_at", "done_by", "answer"])
        record(
            "support_request.done",
            by=None,
            record=("support_request", request_id),
            detail={"school": request.school_id},
            at=at,
        )
        owe("helpdesk.done", key=str(request_id), payload={"request": str(request_id)})
    return True


@transaction.atomic
def forget_old(*, at: datetime | None = None) -> int:
    """Delete what is older than twelve months, of all schools, done or not; how many."""
    with in_public():
        gone, _ = SupportRequest.objects.filter(received_at__lt=(at or now()) - KEPT).delete()
        if gone:
            record("support_request.forgotten", by=SYSTEM, detail={"count": gone}, at=at)
    return gone
