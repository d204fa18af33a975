"""The app of the outbox."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "core.outbox"
    verbose_name = "Outbox"
