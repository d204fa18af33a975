"""What came from the MIS, and what became of it."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from core.db.models import Record
from tenant_apps.imports.enums import (
    Decision,
    ExtractKind,
    HealthLevel,
    ImportForm,
    ImportSource,
    ImportState,
)


class Import(Record):
    """One extract handed in: whose it was, how far it got, what it changed or why it was refused.

    The extract itself is the document `document`, encrypted like any other, until `extract_removed_at`.
    `counts` is {"pupils.csv": {"added": 1, "changed": 0, ...}, ...}; `faults` holds the first 200 of
    `faults_total` as {"file", "line", "column", "value", "reason"}; `warnings` holds sentences about it.
    While it is held, `counts` and `differences` tell what it would change; the latter is emptied once the
    extract is applied or rejected. `mapping` tells which column of a single spreadsheet is which, as
    {"upn": [place in the row, heading], ...}. `answers` is what an administrator said to each question about
    a student, as {key of the question: "same" or "different"}.
    """

    form = models.TextField(choices=ImportForm, default=ImportForm.EXTRACT, db_default=ImportForm.EXTRACT)

    kind = models.TextField(choices=ExtractKind, blank=True, default="")
    file_name = models.TextField()
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.TextField(blank=True, default="")
    mis_name = models.TextField(blank=True, default="")
    generated_at = models.DateTimeField(null=True, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    uploaded_at = models.DateTimeField()
    source = models.TextField(choices=ImportSource)
    document = models.ForeignKey(
        "documents.Document", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    state = models.TextField(choices=ImportState, default=ImportState.WAITING)
    rows_total = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict, blank=True)
    faults = models.JSONField(default=list, blank=True)
    faults_total = models.PositiveIntegerField(default=0)
    warnings = ArrayField(models.TextField(), default=list, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    differences = models.JSONField(null=True, blank=True)
    decision = models.TextField(choices=Decision, blank=True, default="", db_default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    extract_removed_at = models.DateTimeField(null=True, blank=True)
    mapping = models.JSONField(null=True, blank=True)
    answers = models.JSONField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["-uploaded_at", "-id"], name="import_newest"),
        ]


class ExtractToken(Record):
    """What the school's MIS shows to hand extracts in. The token itself was shown once; this is its digest.

    One at a time is in force: the one without `ended_at`.
    """

    digest = models.TextField()
    ending = models.TextField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
    )
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest"], name="extract_token_digest_once")]


class HealthTurn(Record):
    """A moment at which the imports' health became another one; the newest says what it was last."""

    level = models.TextField(choices=HealthLevel)
    reason = models.TextField()
    turned_at = models.DateTimeField()
