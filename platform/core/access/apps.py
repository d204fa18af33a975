"""The app that holds who may what: no tables, but checks."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "core.access"
    verbose_name = "Access"

    def ready(self) -> None:
        from core.access import checks  # noqa: F401 -- importing it registers the checks
