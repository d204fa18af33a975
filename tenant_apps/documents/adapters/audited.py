"""Which documents the audit may name to somebody: those on records that the person may read."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.urls import reverse

from core.access import Access
from core.audit.reading import readable_records
from tenant_apps.documents.models import Document


def audited_documents(access: Access, ids: Collection[UUID]) -> Mapping[UUID, tuple[str, str]]:
    """Of these documents, those on records this person may read: address and name. One query of its own."""
    owners = {
        pk: (kind, owner)
        for pk, kind, owner in Document.objects.filter(pk__in=ids).values_list("pk", "owner_kind", "owner_id")
    }
    readable = readable_records(access, set(owners.values()))
    return {
        pk: (reverse("documents:open", args=[pk]), f"File of {readable[owner][1].lower()}")
        for pk, owner in owners.items()
        if owner in readable
    }
