"""Writes of maps, and their pictures on the way out."""

import base64
import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max

from core.access import Access
from core.audit.services import record
from core.crypto import KeyUnavailable
from core.db.keys import uuid7
from tenant_apps.documents.adapters.content import HEAD_BYTES, sniff
from tenant_apps.documents.adapters.pictures import NotAPictureError
from tenant_apps.documents.adapters.storage import StoreUnavailable
from tenant_apps.documents.services import DocumentUnavailable, read_document, receive
from tenant_apps.maps.adapters.pictures import as_map
from tenant_apps.maps.models import Map
from tenant_apps.maps.selectors import OUTLINE, OUTLINE_SIZE

logger = logging.getLogger(__name__)

# The kind of owner of a map's picture. Nobody opens such a document as one: `maps:picture` serves it.
MAP_OWNER = "map"
TAKEN = "There is a map of this title already."


@transaction.atomic
def add_outline(*, by: Access, at: datetime | None = None) -> Map:
    """The "Body Map" that a new school begins with."""
    _assert_may(by)
    width, height = OUTLINE_SIZE
    return _add(Map(title=OUTLINE, width=width, height=height), by, at)


@transaction.atomic
def add_map(*, title: str, picture: bytes, by: Access, at: datetime | None = None) -> Map:
    """A map that the incident form offers from now on. Administrators only.

    The picture is made anew from its pixels. Raises ValidationError with a sentence for `title` or `file`,
    and UploadRefused while it cannot be stored.
    """
    _assert_may(by)
    title = " ".join(title.split())
    if not title:
        raise ValidationError({"title": "Give the map a title."})
    try:
        content, (width, height) = as_map(picture)
    except NotAPictureError as fault:
        raise ValidationError({"file": str(fault)}) from None
    if Map.objects.filter(title__iexact=title).exists():
        raise ValidationError({"title": TAKEN})
    made = Map(id=uuid7(), title=title, width=width, height=height)
    document = receive([content], name="map", owner=(MAP_OWNER, made.id), by=by, at=at)
    made.document_id = document.id
    return _add(made, by, at)


@transaction.atomic
def set_enabled(*, map_id: UUID, enabled: bool, by: Access, at: datetime | None = None) -> Map:
    """Offer a map on the form, or take it off; it stays on incidents with marks on it. Administrators only.

    Raises Map.DoesNotExist.
    """
    _assert_may(by)
    changed = Map.objects.select_for_update().get(pk=map_id)
    if changed.is_enabled != enabled:
        changed.is_enabled = enabled
        changed.save(update_fields=["is_enabled"])
        record("map.enabled" if enabled else "map.disabled", by=by, record=("map", map_id), at=at)
    return changed


@dataclass(frozen=True, slots=True)
class Picture:
    """A map's picture: a few hundred KB at most."""

    content: bytes
    content_type: str


def read_picture(document_id: UUID) -> Picture | None:
    """A map's picture; None while it cannot be read."""
    try:
        content = b"".join(read_document(document_id))
    except (DocumentUnavailable, StoreUnavailable, KeyUnavailable) as fault:
        logger.error("The picture of a map cannot be read: %s", type(fault).__name__)
        return None
    return Picture(content, sniff(content[:HEAD_BYTES]).content_type)


def picture_for_print(document_id: UUID) -> str:
    """The picture as the `data:` address that a PDF takes; empty while it cannot be read."""
    picture = read_picture(document_id)
    if picture is None:
        return ""
    return f"data:{picture.content_type};base64,{base64.b64encode(picture.content).decode()}"


def _assert_may(by: Access) -> None:
    if not (by.is_administrator or by.is_system):
        raise PermissionDenied


def _add(made: Map, by: Access, at: datetime | None) -> Map:
    last = Map.objects.aggregate(last=Max("position"))["last"]
    made.position = 0 if last is None else last + 1
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise ValidationError({"title": TAKEN}) from None
    record("map.added", by=by, record=("map", made.id), at=at)
    return made
