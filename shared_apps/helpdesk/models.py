from django.db import models

from core.db.models import Record


class SupportRequest(Record):
    """What somebody at a school wrote to the provider's helpdesk.

    A row in a school has been written and not yet handed over; handing over moves it to public, where the
    operators work on it. Nothing stays in the school. `school_id` is the school's UUID: no foreign key leads
    out of a school. It is about the product and never about a child, and is gone after twelve months.
    """

    school_id = models.UUIDField()
    user_id = models.UUIDField()
    from_name = models.TextField()
    from_email = models.TextField()
    is_key_user = models.BooleanField()
    subject = models.TextField(blank=True, default="")
    phone = models.TextField(blank=True, default="")
    message = models.TextField()
    received_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)
    # The operator, a public user; empty until it is done.
    done_by = models.UUIDField(null=True, blank=True)
    answer = models.TextField(blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["received_at", "id"], name="support_request_order")]

    def __str__(self) -> str:
        return f"support request {self.pk}"
