"""Which alerts the audit may name to somebody: those to records that the person may read."""

from collections.abc import Collection, Mapping
from uuid import UUID

from core.access import Access
from core.audit.reading import readable_records
from tenant_apps.alerts.models import Alert


def audited_alerts(access: Access, ids: Collection[UUID]) -> Mapping[UUID, tuple[str, str]]:
    """Of these alerts, those to records this person may read: address and name. One query of its own."""
    subjects = {
        pk: (str(kind), record_id)
        for pk, kind, record_id in Alert.objects.filter(pk__in=ids).values_list("pk", "kind", "record_id")
    }
    readable = readable_records(access, set(subjects.values()))
    return {pk: readable[subject] for pk, subject in subjects.items() if subject in readable}
