"""The app of the pages' frame: no tables."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "core.web"
    verbose_name = "Web"
