import base64
import secrets

from django.db import models

from core.db.models import Record
from tenants.enums import Phase

SCHEMA_NAME = r"^s_[a-z2-7]{16}$"


def new_schema_name() -> str:
    """An opaque name that never changes: a school may change its name and its address, not where it lives."""
    return "s_" + base64.b32encode(secrets.token_bytes(10)).decode().lower()


class School(Record):
    """A school that the provider serves, and the schema in which everything of it lies.

    Its document key is wrapped by the root key: without that key no document of the school can be read.
    """

    schema_name = models.CharField(max_length=63, unique=True, default=new_schema_name, editable=False)
    name = models.CharField(max_length=200)
    subdomain = models.CharField(max_length=63, unique=True)
    urn = models.CharField("URN", max_length=6, unique=True)
    la_number = models.CharField("LA number", max_length=3)
    establishment_number = models.CharField(max_length=4)
    phase = models.CharField(max_length=20, choices=Phase, blank=True)
    post_code = models.CharField(max_length=10)
    main_contact_name = models.CharField(max_length=200)
    main_contact_email = models.EmailField()
    time_zone = models.CharField(max_length=64, default="Europe/London")
    is_suspended = models.BooleanField(default=False)
    wrapped_key = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                name="tenants_school_schema_name_is_opaque",
                condition=models.Q(schema_name__regex=SCHEMA_NAME),
            ),
            models.CheckConstraint(
                name="tenants_school_phase_is_known",
                condition=models.Q(phase__in=Phase.values) | models.Q(phase=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Domain(models.Model):
    """An address at which a school is found. A school that moves keeps no old address: it could be given
    away.
    """

    domain = models.CharField(max_length=253, unique=True)
    tenant = models.ForeignKey(School, on_delete=models.PROTECT, related_name="domains")
    is_primary = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="tenants_domain_one_primary", fields=["tenant"], condition=models.Q(is_primary=True)
            ),
        ]

    def __str__(self) -> str:
        return self.domain
