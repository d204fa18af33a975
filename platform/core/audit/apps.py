"""The app of the audit."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "core.audit"
    verbose_name = "Audit"
