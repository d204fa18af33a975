"""The people app: who may sign in, and by what."""

from importlib import import_module

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Users, passwords and keys; its tables stand in public and in every school."""

    name = "shared_apps.people"
    label = "people"
    verbose_name = "People"

    def ready(self) -> None:
        """Let the outbox know who sends the mails, sessions when they began, and pages when they lock."""
        import_module("shared_apps.people.adapters")
        import_module("shared_apps.people.handlers")
        from core.web import frame
        from shared_apps.people.adapters import idle_minutes

        frame.register("idle_minutes", idle_minutes)
