from django.conf import settings
from django.db import models

from core.db.models import Record


class Operator(Record):
    """A person of the provider who may sign in at the console. Its table stands in public only.

    An operator sees which schools there are and nothing that lies in one: the console's database role cannot
    read a school's tables.
    """

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"operator {self.pk}"
