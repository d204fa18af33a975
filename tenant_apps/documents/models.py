"""What is known of a document; its content lies encrypted in the store."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.db.models import Record
from tenant_apps.documents.enums import DocumentState


class Document(Record):
    """One file, stored once and never changed, hanging on one draft or record (`owner_kind`, `owner_id`).

    The object in the store is named by school and document id. `content_type` comes from the content, never
    from the browser. `wrapped_key` opens it together with the school's key; without this row nobody can read
    the object. `uploaded_by` is empty for what a command or an integration brought. Deleting hides.
    """

    name = models.TextField()
    content_type = models.TextField()
    opens_inline = models.BooleanField(default=False)
    size = models.PositiveBigIntegerField()
    sha256 = models.TextField()
    wrapped_key = models.BinaryField()
    owner_kind = models.TextField()
    owner_id = models.UUIDField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    uploaded_at = models.DateTimeField()
    state = models.TextField(choices=DocumentState, default=DocumentState.DRAFT)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    deletion_reason = models.TextField(blank=True, default="")
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0), name="document_not_empty"),
            models.CheckConstraint(
                condition=~Q(state=DocumentState.REMOVED) | Q(deleted_at__isnull=False),
                name="document_removed_when",
            ),
            # Only what never belonged to a record is erased from the store.
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(state=DocumentState.REMOVED),
                name="document_erased_only_removed",
            ),
        ]
        indexes = [
            models.Index(fields=["owner_kind", "owner_id", "id"], name="document_owner_idx"),
            models.Index(
                fields=["uploaded_at"],
                condition=Q(state=DocumentState.DRAFT),
                name="document_draft_idx",
            ),
            models.Index(
                fields=["deleted_at"],
                condition=Q(state=DocumentState.REMOVED, erased_at__isnull=True),
                name="document_to_erase_idx",
            ),
        ]


class DocumentStudent(Record):
    """A student in whose vault the document stands."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    student = models.ForeignKey("students.Student", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "student"], name="document_student_once"),
        ]
