"""Drafts are read by their author alone."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from core.access import Access
from core.db.clock import now
from tenant_apps.incidents.models import Draft, Incident

DRAFT_STANDS_FOR = timedelta(days=30)
# What was typed under an incident that was removed as training went with it.
STANDS = Q(incident__isnull=True) | Exists(Incident.objects.filter(pk=OuterRef("incident")))


def waiting_drafts(at: datetime) -> QuerySet[Draft]:
    """Everybody's drafts of the last 30 days with something in them: for the scheduler, and for no page."""
    drafts = Draft.objects.filter(STANDS, sent_at=None, hidden_at=None, author__is_active=True)
    return drafts.filter(saved_at__gte=at - DRAFT_STANDS_FOR).exclude(content={})


def draft_to_mail(draft_id: UUID) -> Draft | None:
    """The draft of which somebody is to be told; None if it was added or put away meanwhile."""
    return Draft.objects.filter(STANDS, pk=draft_id, sent_at=None, hidden_at=None).first()


def open_drafts(access: Access) -> list[Draft]:
    """This person's drafts of the last 30 days with something in them, newest first."""
    drafts = Draft.objects.filter(
        STANDS,
        author=access.user_id,
        sent_at=None,
        hidden_at=None,
        saved_at__gte=now() - DRAFT_STANDS_FOR,
    ).exclude(content={})
    return list(drafts.order_by("-saved_at")[:25])


def get_draft(access: Access, draft_id: UUID) -> Draft:
    """This person's open draft; raises Http404 for anyone else's and for one that was added."""
    own = Draft.objects.filter(STANDS, pk=draft_id, author=access.user_id, sent_at=None, hidden_at=None)
    draft = own.first()
    if draft is None:
        raise Http404("no such draft")
    return draft


def is_own_draft(access: Access, draft_id: UUID) -> bool:
    """Whether the draft is this person's and still open."""
    return Draft.objects.filter(pk=draft_id, author=access.user_id, sent_at=None, hidden_at=None).exists()


def is_own_draft_under(access: Access, draft_id: UUID, incident_id: UUID) -> bool:
    """Whether the draft is this person's open draft of an action under the incident."""
    own = Draft.objects.filter(pk=draft_id, author=access.user_id, sent_at=None, hidden_at=None)
    return own.filter(incident=incident_id).exists()


def draft_label(access: Access, draft_id: UUID) -> str:
    """What a list of documents calls a draft."""
    return f"Draft begun {get_draft(access, draft_id).begun_at:%d %B %Y}"
