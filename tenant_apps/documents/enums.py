"""Where a document stands."""

from django.db import models


class DocumentState(models.TextChoices):
    """A document's way: with a draft, then with a record; or removed; or found missing."""

    DRAFT = "draft", "With a draft"
    KEPT = "kept", "Kept"
    MISSING = "missing", "Missing or changed in storage"
    REMOVED = "removed", "Removed before it belonged to a record"


# The kind of owner that drafts of incidents and actions are; every other kind is a record.
DRAFT_OWNER = "draft"
# The picture on the login page and in the head of PDFs; its owner is the school.
LOGO_OWNER = "logo"
# The photograph of a student; its owner is the student.
PHOTO_OWNER = "photo"
