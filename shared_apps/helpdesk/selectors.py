"""Reads of the operators: what schools wrote to the helpdesk."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.http import Http404

from core.tenancy import in_public
from shared_apps.helpdesk.models import SupportRequest
from tenants.selectors import school_names

PAGE = 25


@dataclass(frozen=True, slots=True)
class SupportLine:
    """A request in the operators' list: whose it is and since when, not what it says."""

    id: UUID
    school: str
    from_name: str
    is_key_user: bool
    received_at: datetime
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class SupportLetter:
    """A request as an operator reads it."""

    id: UUID
    school: str
    from_name: str
    from_email: str
    is_key_user: bool
    subject: str
    phone: str
    message: str
    received_at: datetime
    done_at: datetime | None
    answer: str


def support_requests(*, is_done: bool, after: UUID | None = None) -> tuple[list[SupportLine], UUID | None]:
    """A page of requests and the id behind which the next one begins (None at the end). Two queries or three.

    Those to do come oldest first, those done latest first. For the console, whose role alone can read them.
    """
    with in_public():
        found = SupportRequest.objects.filter(done_at__isnull=not is_done)
        if after is not None:
            found = found.filter(Q(pk__lt=after) if is_done else Q(pk__gt=after))
        # Keys rise with time, so that they are the order of arrival as well.
        rows = list(found.order_by("-pk" if is_done else "pk")[: PAGE + 1])
        names = school_names({row.school_id for row in rows})
    lines = [
        SupportLine(
            id=row.pk,
            school=names.get(row.school_id, ""),
            from_name=row.from_name,
            is_key_user=row.is_key_user,
            received_at=row.received_at,
            done_at=row.done_at,
        )
        for row in rows[:PAGE]
    ]
    return lines, lines[-1].id if len(rows) > PAGE else None


def get_support_request(request_id: UUID) -> SupportLetter:
    """One request as an operator reads it; raises Http404."""
    with in_public():
        row = SupportRequest.objects.filter(pk=request_id).first()
        if row is None:
            raise Http404("no such request")
        names = school_names({row.school_id})
    return SupportLetter(
        id=row.pk,
        school=names.get(row.school_id, ""),
        from_name=row.from_name,
        from_email=row.from_email,
        is_key_user=row.is_key_user,
        subject=row.subject,
        phone=row.phone,
        message=row.message,
        received_at=row.received_at,
        done_at=row.done_at,
        answer=row.answer,
    )
