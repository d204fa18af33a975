"""Drafts: what is typed is kept on the server until it is added, and belongs to its author alone."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404

from core.access import Access
from core.access.enums import SystemPermission
from core.audit.services import record
from core.db.clock import now
from tenant_apps.documents.services import abandon_draft
from tenant_apps.incidents.enums import DraftKind
from tenant_apps.incidents.models import Action, Draft, Incident


@transaction.atomic
def save_draft(
    *,
    draft_id: UUID,
    content: Mapping[str, Any],
    by: Access,
    incident_id: UUID | None = None,
    at: datetime | None = None,
) -> Draft:
    """Keeps the form as it stands. Raises Http404 for another's draft or one that was added already."""
    draft = _own_draft(draft_id, by, incident_id, at or now())
    draft.content = dict(content)
    draft.saved_at = at or now()
    draft.save(update_fields=["content", "saved_at"])
    return draft


@transaction.atomic
def claim_draft(by: Access, draft_id: UUID) -> bool:
    """Whether this person may add files to the draft; a free id becomes their empty draft."""
    try:
        _own_draft(draft_id, by, None, now())
    except (Http404, PermissionDenied):
        return False
    return True


def hold_draft(draft_id: UUID, by: Access) -> None:
    """Makes files that arrive just now wait until the form is stored; comes before its first write."""
    Draft.objects.select_for_update().filter(pk=draft_id, author=by.user_id).first()


@transaction.atomic
def discard_draft(*, draft_id: UUID, by: Access, at: datetime | None = None) -> None:
    """Hides a draft from its author's dashboard; the row stays."""
    hidden = Draft.objects.filter(pk=draft_id, author=by.user_id, sent_at=None, hidden_at=None).update(
        hidden_at=at or now()
    )
    if not hidden:
        raise Http404("no such draft")
    abandon_draft(draft_id)
    record("draft.discarded", by=by, record=("draft", draft_id), at=at)


def _own_draft(draft_id: UUID, by: Access, incident_id: UUID | None, at: datetime) -> Draft:
    if by.user_id is None or not by.can(SystemPermission.ADD_ENTRIES):
        raise PermissionDenied(
            "Adding incidents and actions is not among the permissions of this user group."
        )
    if Incident.every.filter(pk=draft_id).exists() or Action.every.filter(pk=draft_id).exists():
        raise Http404("that draft was added already")
    # The first file and the first words can arrive at the same moment. The row is held until the end, so that
    # a file and the sending of its form wait for each other: else the file would stay behind with the draft.
    draft, is_new = Draft.objects.select_for_update().get_or_create(
        id=draft_id,
        defaults={
            "kind": DraftKind.ACTION if incident_id else DraftKind.INCIDENT,
            "author_id": by.user_id,
            "incident_id": incident_id,
            "begun_at": at,
            "saved_at": at,
        },
    )
    if is_new:
        record("draft.begun", by=by, record=("draft", draft_id), at=at)
    if draft.author_id != by.user_id or draft.sent_at or draft.hidden_at:
        raise Http404("no such draft")
    if incident_id and draft.incident_id is None:
        # A file was dropped before the first word was typed.
        draft.kind, draft.incident_id = DraftKind.ACTION, incident_id
        draft.save(update_fields=["kind", "incident"])
    return draft
