"""What every record has: a key made before it is stored."""

from django.db import models

from core.db.keys import uuid7


class Record(models.Model):
    """A row that a school keeps: its key is made in the application, before it is stored."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True
